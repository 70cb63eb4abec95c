using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;
using OrderInventory.Contracts;
using OrderInventory.ServiceDefaults.Access;
using OrderInventory.ServiceDefaults.Description;
using OrderInventory.ServiceDefaults.Http;

namespace OrderInventory.ServiceDefaults.Repeats;

/// <summary>What the process that answers remembers of repeats about an order.</summary>
/// <param name="Since">Since when it has forgotten nothing, UTC: its start, or later when there was much to remember.</param>
/// <param name="Repeats">Requests and messages, latest last, at most 100.</param>
/// <param name="Earlier">How many earlier ones are remembered and not shown.</param>
public sealed record RepeatsView(DateTimeOffset Since, IReadOnlyList<Repeat> Repeats, int Earlier);

/// <summary>Shows operators what came more than once.</summary>
public static class RepeatsEndpoint
{
    /// <summary>Maps <c>/api/repeats/{orderId}</c>.</summary>
    public static void MapRepeats(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/repeats/{orderId}", Get)
            .WithTags("Operations").Allow(AccessRule.Operator).RequireRateLimiting(Shedding.Policy)
            .WithName("GetRepeats").WithSummary("What came more than once about an order")
            .WithDescription("Requests and messages that came again after they had been carried out, or failed, as the process that answers remembers them: since its start, and of the 10 000 seen last. For operators. It asks nobody, so it answers at once whatever is down, for an order that there is not with an empty list.")
            .With(DescribedParameters.Resource(ParameterLocation.Path, "orderId", "The order.", "57061e50-a4b3-8ffd-b03a-a783a1621207"));

    private static Results<Ok<ApiResponse<RepeatsView>>, ProblemHttpResult> Get(string orderId, RepeatMemory memory)
    {
        if (!ResourceName.IsValid(orderId)) return Problems.Validation(new Dictionary<string, string[]> { ["orderId"] = [Problems.NotAName("orderId")] });
        var (repeats, earlier, since) = memory.Read(orderId);
        return TypedResults.Ok(new ApiResponse<RepeatsView>("OK", new RepeatsView(since, repeats, earlier)));
    }
}
