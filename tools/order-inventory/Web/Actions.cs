using Microsoft.AspNetCore.Antiforgery;
using OrderInventory.Cli;

namespace OrderInventory.Web;

/// <summary>Maps what forms send: it does something, and leads to the page that shows what came of it.</summary>
internal static class Actions
{
    /// <summary>Maps a form's action. <paramref name="act"/> answers the address to go to, or throws <see cref="RefusedException"/> when it does nothing.</summary>
    public static void MapAction(this IEndpointRouteBuilder routes, string pattern, Func<PageRequest, IFormCollection, CancellationToken, Task<string>> act) =>
        routes.MapPost(pattern, async Task<IResult> (HttpContext context) =>
        {
            // Only pages of this console may ask for something.
            if (context.Features.Get<IAntiforgeryValidationFeature>() is not { IsValid: true })
                return LivePages.Message(context, "Not done", "Nothing was done: the form is not one of this console, or of before it was started. Open the page again and repeat it there.", StatusCodes.Status400BadRequest);
            if (!PageRequest.HasName(context)) return LivePages.Message(context, "Not done", "There is nothing of this name.", StatusCodes.Status404NotFound);
            var form = await context.Request.ReadFormAsync(context.RequestAborted);
            // What was begun is finished, and logged, even when nobody waits for the page any more.
            try
            {
                context.Response.Headers.Location = await act(PageRequest.Of(context), form, CancellationToken.None);
                return Results.StatusCode(StatusCodes.Status303SeeOther);
            }
            catch (RefusedException refused)
            {
                return LivePages.Message(context, "Not done", refused.Message, StatusCodes.Status400BadRequest);
            }
        }).WithMetadata(new RequireAntiforgeryTokenAttribute());
}
