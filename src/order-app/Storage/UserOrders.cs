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

    /// <summary>Up to <paramref name="count"/> orders before position <paramref name="before"/> (null: the newest), newest first.</summary>
    /// <exception cref="DependencyUnavailableException">The list cannot be read.</exception>
    public Task<IReadOnlyList<ListedItem>> ListAsync(string userId, int? before, int count, CancellationToken cancellationToken) => _lists.ListAsync(userId, before, count, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _lists.DisposeAsync();
}
