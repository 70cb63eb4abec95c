using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using OrderApp.Domain;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.State;

namespace OrderApp.Storage;

/// <summary>The newest orders of a user, oldest first, and how many full pages there are before them.</summary>
internal sealed record UserOrdersHead(int Pages, DateTimeOffset LastSealed, ImmutableArray<string> Orders);

/// <summary>A full page. It never changes.</summary>
internal sealed record UserOrdersPage(DateTimeOffset PreviousSealed, ImmutableArray<string> Orders);

/// <summary>An order of a user and its place in the user's list, from 0.</summary>
internal readonly record struct UserOrder(int Position, string OrderId);

/// <summary>
/// The orders of each user in the order in which they were accepted: a head (<c>user-orders:{userId}</c>) under its ETag
/// that is cut into full pages (<c>user-orders:{userId}:{page}</c>). Nothing is ever moved or removed, so a position is
/// a stable cursor. An id without an order document belongs to a request that was never accepted.
/// </summary>
internal sealed class UserOrders
{
    /// <summary>Orders on a full page.</summary>
    public const int PageSize = 100;

    private const int MaxAttempts = 16;

    // Clocks of replicas differ; an order may have been appended this long before its page was closed by another one.
    private static readonly TimeSpan ClockDifference = TimeSpan.FromMinutes(5);

    private readonly IStateStore _state;
    private readonly TimeProvider _time;
    private readonly GroupCommit _appends;

    public UserOrders(IStateStore state, TimeProvider time)
    {
        _state = state;
        _time = time;
        _appends = new GroupCommit(AppendAsync);
    }

    /// <summary>Adds an order unless it is in the list. <paramref name="orderId"/> is a UUIDv7: nothing added before its time can be it.</summary>
    /// <exception cref="DependencyUnavailableException">Unknown; adding it again is safe.</exception>
    public Task AddAsync(string userId, string orderId) => _appends.AddAsync(userId, orderId);

    /// <summary>Up to <paramref name="count"/> orders before position <paramref name="before"/> (null: the newest), newest first.</summary>
    /// <exception cref="DependencyUnavailableException">The list cannot be read.</exception>
    public async Task<IReadOnlyList<UserOrder>> ListAsync(string userId, int? before, int count, CancellationToken cancellationToken)
    {
        var (head, _) = await ReadHeadAsync(userId, cancellationToken);
        var end = Math.Min(before ?? int.MaxValue, (head.Pages * PageSize) + head.Orders.Length);
        var start = Math.Max(0, end - count);
        var found = new List<UserOrder>();
        for (var number = Math.Min((end - 1) / PageSize, head.Pages); end > start; number--)
        {
            var first = number * PageSize;
            var orders = number == head.Pages ? head.Orders : (await ReadPageAsync(userId, number, cancellationToken)).Orders;
            for (; end > first && end > start; end--) found.Add(new UserOrder(end - 1, orders[end - 1 - first]));
        }

        return found;
    }

    private async Task AppendAsync(string userId, IReadOnlyList<string> orderIds)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var (head, etag) = await ReadHeadAsync(userId, CancellationToken.None);
            var added = head.Orders;
            foreach (var orderId in orderIds.Distinct())
                if (!await ContainsAsync(userId, head, orderId)) added = added.Add(orderId);
            if (added.Length == head.Orders.Length) return;
            var cut = await SealAsync(userId, head);
            var changed = cut with { Orders = cut.Orders.AddRange(added[head.Orders.Length..]) };
            if (await _state.SaveAsync(Save(HeadKey(userId), changed, OrderJson.Default.UserOrdersHead, etag is null ? SaveCondition.Absent : SaveCondition.Unchanged, etag), CancellationToken.None)) return;
        }

        throw new DependencyUnavailableException("The list of a user's orders could not be stored.");
    }

    /// <summary>An order that was retried after a crash may be on a page that was closed since it was first asked for.</summary>
    private async Task<bool> ContainsAsync(string userId, UserOrdersHead head, string orderId)
    {
        if (head.Orders.Contains(orderId)) return true;
        var asked = Guid.Parse(orderId, CultureInfo.InvariantCulture).CreatedTime() - ClockDifference;
        var closed = head.LastSealed;
        for (var number = head.Pages - 1; number >= 0 && closed >= asked; number--)
        {
            var page = await ReadPageAsync(userId, number, CancellationToken.None);
            if (page.Orders.Contains(orderId)) return true;
            closed = page.PreviousSealed;
        }

        return false;
    }

    /// <summary>
    /// Cuts full pages off the stored head. The page is written first; whoever repeats this, however late, writes the same
    /// orders, because what is stored in a head stays where it is until it is cut.
    /// </summary>
    private async Task<UserOrdersHead> SealAsync(string userId, UserOrdersHead head)
    {
        while (head.Orders.Length >= 2 * PageSize)
        {
            var page = new UserOrdersPage(head.LastSealed, head.Orders[..PageSize]);
            if (!await _state.SaveAsync(Save(PageKey(userId, head.Pages), page, OrderJson.Default.UserOrdersPage, SaveCondition.None, null), CancellationToken.None))
                throw new DependencyUnavailableException("A page of a user's orders could not be stored.");
            head = new UserOrdersHead(head.Pages + 1, _time.GetUtcNow(), head.Orders[PageSize..]);
        }

        return head;
    }

    private async Task<(UserOrdersHead Head, string? ETag)> ReadHeadAsync(string userId, CancellationToken cancellationToken)
    {
        var entry = await _state.GetAsync(HeadKey(userId), cancellationToken);
        return (Documents.Parse(entry, OrderJson.Default.UserOrdersHead) ?? new UserOrdersHead(0, DateTimeOffset.MinValue, []), entry.ETag);
    }

    private async Task<UserOrdersPage> ReadPageAsync(string userId, int number, CancellationToken cancellationToken) =>
        Documents.Parse(await _state.GetAsync(PageKey(userId, number), cancellationToken), OrderJson.Default.UserOrdersPage)
            ?? throw new DependencyUnavailableException("A page of a user's orders is missing.");

    private static StateSave Save<T>(string key, T value, JsonTypeInfo<T> json, SaveCondition condition, string? etag) =>
        new(key, Documents.Bytes(value, json), condition, etag);

    private static string HeadKey(string userId) => StateKey.Of("user-orders", userId);

    private static string PageKey(string userId, int number) => StateKey.Of("user-orders-page", userId, number.ToString(CultureInfo.InvariantCulture));
}
