using System.Globalization;
using OrderApp.Domain;
using OrderApp.Earlier;
using OrderApp.Storage;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.Http;

namespace OrderApp.Orders;

/// <summary>What to list: the orders of one user, optionally with one key or in one status; or one order, of anybody when <c>UserId</c> is null.</summary>
internal sealed record OrderQuery(string? UserId, string? IdempotencyKey, Guid? OrderId, OrderStatus? Status, int Limit, string? Cursor);

/// <summary>What to list of the orders of everybody.</summary>
internal sealed record RecentQuery(OrderStatus? Status, int Limit, string? Cursor);

/// <summary>Lists orders, newest first.</summary>
internal sealed class OrderList(UserOrders userOrders, RecentOrders recent, OrderStore orders, EarlierClaims earlier)
{
    public const int DefaultLimit = 20;
    public const int MaxLimit = 100;

    /// <summary>Places that one request may look at while it searches for a status; the cursor goes on from there.</summary>
    private const int MaxSearched = 500;

    /// <summary>The query, or what is wrong by parameter name.</summary>
    public static (OrderQuery? Query, Dictionary<string, string[]> Errors) Parse(string? userId, string? idempotencyKey, string? orderNo, string? status, string? limit, string? cursor)
    {
        var errors = new Dictionary<string, string[]>();
        if (userId is not null || orderNo is null) PlaceOrderValidation.CheckId(errors, "userId", userId);
        var orderId = orderNo is null ? null : OrderNumber.IdOf(orderNo);
        if (orderNo is not null && orderId is null) errors["orderNo"] = [Texts.Of("orderNo must be ORD and 26 letters and digits.", "orderNo 必须是 ORD 加 26 位字母和数字。")];
        var (key, refusal) = idempotencyKey is null ? (null, null) : IdempotencyKey.ParseShown(idempotencyKey);
        if (refusal is not null) errors["idempotencyKey"] = [refusal];
        var (wanted, count) = ParsePage(status, limit, errors);
        if (cursor is not null && !UserOrders.IsCursor(cursor)) errors["cursor"] = [NoCursor()];
        return (errors.Count > 0 ? null : new OrderQuery(userId, key, orderId, wanted, count, cursor), errors);
    }

    /// <summary>The query about everybody's orders, or what is wrong by parameter name.</summary>
    public static (RecentQuery? Query, Dictionary<string, string[]> Errors) Parse(string? status, string? limit, string? cursor)
    {
        var errors = new Dictionary<string, string[]>();
        var (wanted, count) = ParsePage(status, limit, errors);
        if (cursor is not null && !RecentOrders.IsCursor(cursor)) errors["cursor"] = [NoCursor()];
        return (errors.Count > 0 ? null : new RecentQuery(wanted, count, cursor), errors);
    }

    /// <summary>One page of a user's orders.</summary>
    /// <exception cref="DependencyUnavailableException">The list cannot be read.</exception>
    public async Task<ApiList<OrderView>> ListAsync(OrderQuery query, CancellationToken cancellationToken)
    {
        if (query.OrderId is { } id) return new ApiList<OrderView>(Matching(query, await orders.FindAsync(id.ToString(), cancellationToken)), null);
        if (query.IdempotencyKey is { } key) return new ApiList<OrderView>(Matching(query, await orders.FindAsync((await earlier.OrderIdAsync(query.UserId!, key, cancellationToken)).ToString(), cancellationToken)), null);
        return await SearchAsync((cursor, count) => userOrders.ListAsync(query.UserId!, cursor, count, cancellationToken), query.Cursor, query.Status, query.Limit, cancellationToken);
    }

    /// <summary>One page of everybody's orders.</summary>
    /// <exception cref="DependencyUnavailableException">The list cannot be read.</exception>
    public async Task<ApiList<OrderView>> ListRecentAsync(RecentQuery query, CancellationToken cancellationToken)
    {
        var page = await SearchAsync((cursor, count) => recent.ListAsync(cursor, count, cancellationToken), query.Cursor, query.Status, query.Limit, cancellationToken);
        // Orders that were placed at the same time may be listed the other way round.
        return page with { Data = [.. page.Data.OrderByDescending(order => order.CreatedTime)] };
    }

    private async Task<ApiList<OrderView>> SearchAsync(Func<string?, int, Task<IReadOnlyList<ListedOrder>>> list, string? cursor, OrderStatus? status, int limit, CancellationToken cancellationToken)
    {
        var found = new List<OrderView>();
        for (var searched = 0; searched < MaxSearched;)
        {
            var places = await list(cursor, status is null ? limit - found.Count : MaxLimit);
            var documents = await orders.ReadManyAsync([.. places.Select(place => place.OrderId).Distinct()], cancellationToken);
            if (documents.Values.Any(stored => stored.Reading == OrderReading.Unreadable)) throw new DependencyUnavailableException("The orders of a list cannot be read.");
            foreach (var place in places)
            {
                cursor = place.After;
                // A place without a document belongs to a request that was not accepted, or not yet; a damaged one must not hide the others.
                if (documents[place.OrderId].Order is { } order && place.IsOf(order) && (status is null || order.Status == status)) found.Add(OrderView.Of(order));
                if (found.Count == limit) return new ApiList<OrderView>(found, cursor);
            }

            if (places.Count == 0 || cursor is null) return new ApiList<OrderView>(found, null);
            searched += places.Count;
        }

        return new ApiList<OrderView>(found, cursor);
    }

    private static (OrderStatus? Status, int Limit) ParsePage(string? status, string? limit, Dictionary<string, string[]> errors)
    {
        OrderStatus? wanted = null;
        if (status is not null)
        {
            wanted = Enum.GetValues<OrderStatus>().Cast<OrderStatus?>().FirstOrDefault(known => known!.Value.Word() == status);
            if (wanted is null) errors["status"] = [Texts.Of("status is unknown.", "status 未知。")];
        }

        var count = DefaultLimit;
        if (limit is not null && (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out count) || count is < 1 or > MaxLimit))
            errors["limit"] = [Texts.Of($"limit must be from 1 to {MaxLimit}.", $"limit 必须在 1 到 {MaxLimit} 之间。")];
        return (wanted, count);
    }

    private static string NoCursor() => Texts.Of("cursor must be a nextCursor of an earlier answer.", "cursor 必须是之前响应中的 nextCursor。");

    private static IReadOnlyList<OrderView> Matching(OrderQuery query, Order? order) =>
        order is not null
        && (query.UserId ?? order.UserId) == order.UserId
        && (query.IdempotencyKey ?? order.IdempotencyKey) == order.IdempotencyKey
        && (query.Status ?? order.Status) == order.Status ? [OrderView.Of(order)] : [];
}
