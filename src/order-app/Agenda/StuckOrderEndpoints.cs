using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using OrderApp.Storage;
using OrderInventory.ServiceDefaults.Access;
using OrderInventory.ServiceDefaults.Http;

namespace OrderApp.Agenda;

/// <summary>An order that does not come to rest.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Since">Since when it is on its way to another status, UTC.</param>
/// <param name="Attempts">How often the agenda looked after it.</param>
/// <param name="LastAttempt">When that was last, UTC; null for never.</param>
/// <param name="WaitsFor">The command that inventory has not answered for: CONFIRM, CANCEL, SHIP or REFUND; null when that is not known.</param>
public sealed record StuckOrderView(Guid OrderId, DateTimeOffset Since, int Attempts, DateTimeOffset? LastAttempt, [property: AllowedValues(null, "CONFIRM", "CANCEL", "SHIP", "REFUND")] string? WaitsFor)
{
    internal static StuckOrderView Of(StuckOrder order) => new(Guid.Parse(order.OrderId), order.Since, order.Attempts, order.LastAttempt, order.WaitsFor?.ToString().ToUpperInvariant());
}

/// <summary>What operators may see of orders that got stuck.</summary>
internal static class StuckOrderEndpoints
{
    public static void MapStuckOrderEndpoints(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/orders/stuck", ListAsync).WithTags("Operations").Allow(AccessRule.Operator).RequireRateLimiting(Shedding.Policy)
            .WithName("ListStuckOrders").WithSummary("Orders that do not come to rest, oldest first").WithDescription("Those that the agenda looked after more than twice. For operators; all of them on one page.");

    private static async Task<Ok<ApiList<StuckOrderView>>> ListAsync(AgendaPages pages, CancellationToken cancellationToken)
    {
        var (progress, _) = await pages.ReadProgressAsync(cancellationToken);
        return TypedResults.Ok(new ApiList<StuckOrderView>(
            [.. (progress?.Stuck ?? []).OrderBy(order => order.Since).Select(StuckOrderView.Of)], null));
    }
}
