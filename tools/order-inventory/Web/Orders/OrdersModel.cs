using System.Text.Json;

namespace OrderInventory.Web.Orders;

/// <summary>A page of orders.</summary>
/// <param name="User">Whose; null for nobody.</param>
/// <param name="Key">With this key; null for any.</param>
/// <param name="Status">In this status; null for any.</param>
/// <param name="Order">Of this number or id; null for any.</param>
/// <param name="Orders">The orders, newest first; null when nothing says whose.</param>
/// <param name="Next">Address of the page with older ones; null at the end.</param>
public sealed record OrdersModel(string? User, string? Key, string? Status, string? Order, IReadOnlyList<ShownOrder>? Orders, string? Next)
{
    /// <summary>All statuses.</summary>
    public static IReadOnlyList<string> Statuses { get; } = ["PENDING", "CONFIRMED", "PAID", "SHIPPED", "DELIVERED", "CANCELLED", "REFUNDED"];
}

/// <summary>The pages of orders.</summary>
internal static class OrderPages
{
    private const int PageSize = 50;

    public static void MapOrderPages(this IEndpointRouteBuilder routes)
    {
        var (system, loader) = (routes.ServiceProvider.GetRequiredService<SystemClient>(), routes.ServiceProvider.GetRequiredService<OrderLoader>());
        routes.MapLivePage<Pages.OrdersPage, OrdersModel>("/orders", (_, _) => "Orders", (request, cancellationToken) => FindAsync(system.Orders, request, cancellationToken)!);
        routes.MapLivePage<Pages.OrderPage, OrderModel>("/orders/{id}", (request, order) => "Order " + (order?.Order.OrderNo ?? request["id"]), (request, cancellationToken) => loader.LoadAsync(request["id"]!, cancellationToken));
    }

    private static async Task<OrdersModel> FindAsync(AppClient orders, PageRequest request, CancellationToken cancellationToken)
    {
        var (user, key, status, order, cursor) = (request["user"], request["key"], request["status"], request["order"], request["cursor"]);
        if (order is not null)
        {
            // A number is asked for as one; whatever else it is, it may be an id.
            var found = Guid.TryParse(order, out var id) ? await orders.DataAsync("/api/orders/" + id, cancellationToken) is { } one ? [one.Deserialize<ShownOrder>(JsonSerializerOptions.Web)!] : []
                : (await ListAsync(orders, "orderNo=" + Uri.EscapeDataString(order), cancellationToken)).Orders;
            return new OrdersModel(user, key, status, order, found, null);
        }

        if (user is null) return new OrdersModel(user, key, status, order, null, null);
        var filter = $"userId={Uri.EscapeDataString(user)}" + (key is null ? "" : $"&idempotencyKey={Uri.EscapeDataString(key)}") + (status is null ? "" : "&status=" + Uri.EscapeDataString(status));
        var (page, next) = await ListAsync(orders, $"{filter}&limit={PageSize}" + (cursor is null ? "" : "&cursor=" + Uri.EscapeDataString(cursor)), cancellationToken);
        return new OrdersModel(user, key, status, order, page, next is null ? null : $"/orders?user={Uri.EscapeDataString(user)}&status={Uri.EscapeDataString(status ?? "")}&cursor={Uri.EscapeDataString(next)}");
    }

    private static async Task<(IReadOnlyList<ShownOrder> Orders, string? Next)> ListAsync(AppClient orders, string query, CancellationToken cancellationToken)
    {
        var page = await orders.GetAsync("/api/orders?" + query, cancellationToken);
        return (page?.GetProperty("data").Deserialize<ShownOrder[]>(JsonSerializerOptions.Web) ?? [], page?.GetProperty("nextCursor").GetString());
    }
}
