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

/// <summary>What operators may see of orders that wait.</summary>
internal static class StuckOrderEndpoints
{
    public static void MapStuckOrderEndpoints(this IEndpointRouteBuilder routes)
    {
        Map(routes.MapGet("/api/orders/stuck", ListStuckAsync)).WithName("ListStuckOrders").WithSummary("Orders that do not come to rest, oldest first").WithDescription("Those that the agenda looked after more than twice. For operators; all of them on one page.");
        Map(routes.MapGet("/api/orders/waiting", ListWaitingAsync)).WithName("ListWaitingOrders").WithSummary("Orders that are on their way for longer than most, oldest first").WithDescription("Those that the agenda has looked after, which is half a minute after they began to wait for inventory; the stuck ones are among them. For operators; the oldest 100.");

        static RouteHandlerBuilder Map(RouteHandlerBuilder route) => route.WithTags("Operations").Allow(AccessRule.Operator).RequireRateLimiting(Shedding.Policy);
    }

    private static async Task<Ok<ApiList<StuckOrderView>>> ListStuckAsync(AgendaPages pages, CancellationToken cancellationToken)
    {
        var (progress, _) = await pages.ReadProgressAsync(cancellationToken);
        return List(progress?.Stuck ?? []);
    }

    private static async Task<Ok<ApiList<StuckOrderView>>> ListWaitingAsync(AgendaPages pages, OrderStore orders, CancellationToken cancellationToken)
    {
        var (progress, _) = await pages.ReadProgressAsync(cancellationToken);
        var seen = (progress?.Waiting ?? []).UnionBy(progress?.Stuck ?? [], order => order.OrderId).OrderBy(order => order.Since).Take(AgendaRound.MaxWaiting).ToArray();
        var now = await orders.ReadManyAsync([.. seen.Select(order => order.OrderId)], cancellationToken);
        // They may have come to rest since the look. What cannot be read waits for somebody.
        return List(seen.Where(order => now[order.OrderId] is not { Reading: OrderReading.Found, Order.Step: null } and not { Reading: OrderReading.Missing }));
    }

    private static Ok<ApiList<StuckOrderView>> List(IEnumerable<StuckOrder> orders) => TypedResults.Ok(new ApiList<StuckOrderView>([.. orders.OrderBy(order => order.Since).Select(StuckOrderView.Of)], null));
}
