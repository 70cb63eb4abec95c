using Microsoft.AspNetCore.Http.HttpResults;
using OrderApp.Storage;
using OrderInventory.ServiceDefaults.Access;
using OrderInventory.ServiceDefaults.Http;

namespace OrderApp.Stuck;

/// <summary>An order that did not arrive in time.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Since">Since when it is on its way to another status, UTC.</param>
/// <param name="Attempts">How often it has been asked for once more.</param>
/// <param name="LastAttempt">When that was last, UTC; null for never.</param>
public sealed record StuckOrderView(string OrderId, DateTimeOffset Since, int Attempts, DateTimeOffset? LastAttempt);

/// <summary>What operators may see of orders that got stuck.</summary>
internal static class StuckOrderEndpoints
{
    public static void MapStuckOrderEndpoints(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/orders/stuck", ListAsync).WithTags("Operations").Allow(AccessRule.Operator).RequireRateLimiting(Shedding.Policy)
            .WithName("ListStuckOrders").WithSummary("Orders that are on their way for too long, oldest first. For operators")
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<Ok<ApiList<StuckOrderView>>> ListAsync(OpenOrderStore open, CancellationToken cancellationToken)
    {
        var (known, _) = await open.ReadStuckAsync(cancellationToken);
        return TypedResults.Ok(new ApiList<StuckOrderView>(
            [.. (known?.Orders ?? []).OrderBy(order => order.Since).Select(order => new StuckOrderView(order.OrderId, order.Since, order.Attempts, order.LastAttempt))], null));
    }
}
