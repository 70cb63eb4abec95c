using Microsoft.AspNetCore.Http;

namespace OrderInventory.ServiceDefaults.Http;

/// <summary>
/// Writes every problem, whatever <c>Accept</c> says, as RFC 9110 section 12.4.1 allows. The framework's own writer leaves a client that would rather have HTML
/// without one, and makes a defect with a stack trace in the log of each failure that nobody could be told of.
/// </summary>
internal sealed class ProblemWriter : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => true;

    public async ValueTask WriteAsync(ProblemDetailsContext context)
    {
        Problems.Customize(context);
        await context.HttpContext.Response.WriteAsJsonAsync(context.ProblemDetails, context.ProblemDetails.GetType(), options: null, "application/problem+json");
    }
}
