using System.Globalization;
using OrderApp.Domain;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.Rounds;
using OrderInventory.ServiceDefaults.State;

namespace OrderApp.Storage;

/// <summary>The orders of each user in the order in which they were accepted (<c>user-orders:{userId}</c>).</summary>
internal sealed class UserOrders(IStateStore state, Backoff backoff, TimeProvider time) : IAsyncDisposable
{
    private readonly PagedList _lists = new("user-orders", state, backoff, time);

    /// <summary>Adds an order unless it is in the list.</summary>
    /// <exception cref="DependencyUnavailableException">Unknown; adding it again is safe.</exception>
    public Task AddAsync(Order order) => _lists.AddAsync(order.UserId, order.Id, order.CreatedTime);

    /// <summary>True for a cursor of <see cref="ListAsync"/>.</summary>
    public static bool IsCursor(string cursor) => int.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    /// <summary>Up to <paramref name="count"/> orders behind <paramref name="cursor"/> (null: the newest), newest first.</summary>
    /// <exception cref="DependencyUnavailableException">The list cannot be read.</exception>
    public async Task<IReadOnlyList<ListedOrder>> ListAsync(string userId, string? cursor, int count, CancellationToken cancellationToken)
    {
        var places = await _lists.ListAsync(userId, cursor is null ? null : int.Parse(cursor, CultureInfo.InvariantCulture), count, cancellationToken);
        return [.. places.Select(place => new ListedOrder(place.Item, place.Position == 0 ? null : place.Position.ToString(CultureInfo.InvariantCulture)))];
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _lists.DisposeAsync();
}
