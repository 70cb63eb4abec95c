using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace OrderInventory.ServiceDefaults.Http;

/// <summary>
/// Bodies whose sender goes away. A read of such a body fails, and so would the server's own: of the rest, or of another request on the connection.
/// Reads are not cancelled, for the same reason; they end with their connection.
/// </summary>
internal static class RequestBody
{
    /// <summary>Ends the connection of such a request; put it first, because it comes last.</summary>
    public static void UseBrokenBodies(this WebApplication app) => app.Use(async (context, next) =>
    {
        context.Response.OnStarting(() =>
        {
            if (context.Items.ContainsKey(typeof(RequestBody))) context.Response.Headers.Connection = "close";
            return Task.CompletedTask;
        });
        await next(context);
        // Whether anybody hears it or not: with its headers written the server reads no further.
        if (context.Items.ContainsKey(typeof(RequestBody)) && !context.Response.HasStarted) await context.Response.StartAsync(CancellationToken.None);
    });

    /// <summary>Copies the body.</summary>
    /// <exception cref="IOException">It did not come to its end; the connection is at its end, too.</exception>
    public static async Task CopyToAsync(HttpRequest request, Stream destination)
    {
        try
        {
            await request.Body.CopyToAsync(destination, CancellationToken.None);
        }
        catch (IOException error)
        {
            EndConnection(request.HttpContext, error);
            throw;
        }
    }

    /// <summary>After <paramref name="error"/> of a read: true when an answer has to be written, because it is what ends the connection; nobody may hear it.</summary>
    public static bool EndConnection(HttpContext context, IOException error)
    {
        if (error is BadHttpRequestException)
        {
            context.Items[typeof(RequestBody)] = error;
            return true;
        }

        context.Abort();
        return false;
    }
}
