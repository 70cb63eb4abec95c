using System.Text.Json;
using OrderInventory.Cli;

namespace OrderInventory.Web.Orders;

/// <summary>A page of orders.</summary>
/// <param name="User">Whose; null for everybody's.</param>
/// <param name="Key">With this key; null for any.</param>
/// <param name="Status">In this status; null for any.</param>
/// <param name="Order">Of this number or id; null for any.</param>
/// <param name="Orders">The orders, newest first; null when a key does not say whose it is.</param>
/// <param name="Next">Address of the page with older ones; null at the end.</param>
public sealed record OrdersModel(string? User, string? Key, string? Status, string? Order, IReadOnlyList<ShownOrder>? Orders, string? Next) : IFormModel
{
    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Wrong { get; init; } = new Dictionary<string, string>();

    /// <summary>Address of the first page of this list.</summary>
    public string First => OrderPages.Address(User, Status, null);

    /// <summary>All statuses.</summary>
    public static IReadOnlyList<string> Statuses { get; } = ["PENDING", "CONFIRMED", "PAID", "SHIPPED", "DELIVERED", "CANCELLED", "REFUNDED"];
}

/// <summary>The pages of orders.</summary>
internal static class OrderPages
{
    private const int PageSize = 50;

    private static readonly Dictionary<string, string> Fields = new() { ["userId"] = "user", ["idempotencyKey"] = "key", ["status"] = "status", ["orderNo"] = "order", [FormModel.Cursor] = FormModel.Cursor };

    public static void MapOrderPages(this IEndpointRouteBuilder routes)
    {
        var (system, loader) = (routes.ServiceProvider.GetRequiredService<SystemClient>(), routes.ServiceProvider.GetRequiredService<OrderLoader>());
        routes.MapLivePage<Pages.OrdersPage, OrdersModel>("/orders", (_, _) => "Orders", (request, cancellationToken) => SearchAsync(system.Orders, request, cancellationToken)!);
        routes.MapLivePage<Pages.OrderPage, OrderModel>("/orders/{id}", (request, order) => "Order " + (order?.Order.OrderNo ?? request["id"]), (request, cancellationToken) => loader.LoadAsync(request["id"]!, cancellationToken));
    }

    /// <summary>Address of a page of orders.</summary>
    public static string Address(string? user, string? status, string? cursor) =>
        string.Join('&', new[] { Parameter("user", user), Parameter("status", status), Parameter(FormModel.Cursor, cursor) }.OfType<string>()) is { Length: > 0 } query ? "/orders?" + query : "/orders";

    private static async Task<OrdersModel> SearchAsync(AppClient orders, PageRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await FindAsync(orders, request, cancellationToken);
        }
        catch (RefusedException refused) when (refused.Wrong(Fields) is { } wrong)
        {
            return new OrdersModel(request["user"], request["key"], request["status"], request["order"], null, null) { Wrong = wrong };
        }
    }

    private static async Task<OrdersModel> FindAsync(AppClient orders, PageRequest request, CancellationToken cancellationToken)
    {
        var (user, key, status, order, cursor) = (request["user"], request["key"], request["status"], request["order"], request["cursor"]);
        if (order is not null)
        {
            // A number is asked for as one; whatever else it is, it may be an id.
            var found = Guid.TryParse(order, out var id) ? await orders.DataAsync("/api/orders/" + id, cancellationToken) is { } one ? [one.Deserialize<ShownOrder>(JsonSerializerOptions.Web)!] : []
                : (await ListAsync(orders, "/api/orders?orderNo=" + Uri.EscapeDataString(order), cancellationToken)).Orders;
            return new OrdersModel(user, key, status, order, found, null);
        }

        if (user is null && key is not null) return new OrdersModel(user, key, status, order, null, null);
        string?[] filters = [Parameter("userId", user), Parameter("idempotencyKey", key), Parameter("status", status), Parameter("cursor", cursor), $"limit={PageSize}"];
        var (page, next) = await ListAsync(orders, (user is null ? "/api/orders/recent?" : "/api/orders?") + string.Join('&', filters.OfType<string>()), cancellationToken);
        return new OrdersModel(user, key, status, order, page, next is null ? null : Address(user, status, next));
    }

    private static string? Parameter(string name, string? value) => value is null ? null : $"{name}={Uri.EscapeDataString(value)}";

    private static async Task<(IReadOnlyList<ShownOrder> Orders, string? Next)> ListAsync(AppClient orders, string path, CancellationToken cancellationToken)
    {
        var page = await orders.GetAsync(path, cancellationToken);
        return (page?.GetProperty("data").Deserialize<ShownOrder[]>(JsonSerializerOptions.Web) ?? [], page?.GetProperty("nextCursor").GetString());
    }
}
