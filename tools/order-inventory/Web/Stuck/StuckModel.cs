using System.Text.Json;
using OrderInventory.Web.Now;

namespace OrderInventory.Web.Stuck;

/// <summary>An order as <c>GET /api/orders/stuck</c> shows it.</summary>
public sealed record StuckOrder(string OrderId, DateTimeOffset Since, int Attempts, DateTimeOffset? LastAttempt, string? WaitsFor);

/// <summary>Orders that do not come to rest.</summary>
/// <param name="Orders">The first of them, oldest first.</param>
/// <param name="Count">How many the app lists.</param>
/// <param name="Doubt">Why it is not known whether it lists all; null when it does.</param>
public sealed record StuckModel(IReadOnlyList<StuckOrder> Orders, int Count, string? Doubt);

/// <summary>The page of stuck orders.</summary>
internal static class StuckPages
{
    private const int MaxShown = 200;

    public static void MapStuckPage(this IEndpointRouteBuilder routes)
    {
        var system = routes.ServiceProvider.GetRequiredService<SystemClient>();
        var time = routes.ServiceProvider.GetRequiredService<TimeProvider>();
        routes.MapLivePage<Pages.StuckPage, StuckModel>("/stuck", (_, _) => "Stuck orders", async (_, cancellationToken) =>
        {
            var health = SystemHealth.ReadAsync(system, time, cancellationToken);
            var orders = (await system.Orders.DataAsync("/api/orders/stuck", cancellationToken))?.Deserialize<StuckOrder[]>(JsonSerializerOptions.Web) ?? [];
            return new StuckModel([.. orders.Take(MaxShown)], orders.Length, (await health).Doubt);
        });
    }
}
