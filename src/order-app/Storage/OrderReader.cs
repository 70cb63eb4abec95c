using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Options;
using OrderApp.Domain;

namespace OrderApp.Storage;

/// <summary>
/// Orders for showing, never for deciding. With <see cref="OrderOptions.ReadCache"/> set they come from the memory of this
/// process and are at most that old; the ETag of the answer says which version it is.
/// </summary>
internal sealed class OrderReader(OrderStore orders, HybridCache cache, IOptions<OrderOptions> options)
{
    /// <summary>The order; null when there is none, or <paramref name="id"/> is no order id.</summary>
    /// <exception cref="OrderInventory.ServiceDefaults.DependencyUnavailableException">It cannot be read.</exception>
    public async Task<Order?> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (OrderIds.Parse(id) is not { } orderId) return null;
        if (options.Value.ReadCache == TimeSpan.Zero) return await orders.FindAsync(orderId, cancellationToken);
        var cached = new HybridCacheEntryOptions { Expiration = options.Value.ReadCache, LocalCacheExpiration = options.Value.ReadCache, Flags = HybridCacheEntryFlags.DisableDistributedCache };
        var order = await cache.GetOrCreateAsync(Key(orderId), token => new ValueTask<Order?>(orders.FindAsync(orderId, token)), cached, cancellationToken: cancellationToken);
        // That there is no order is not remembered: it may be placed at any moment.
        if (order is null) await cache.RemoveAsync(Key(orderId), cancellationToken);
        return order;
    }

    /// <summary>This process wrote the order, so what it remembers of it is old.</summary>
    public async Task ForgetAsync(string orderId)
    {
        if (options.Value.ReadCache > TimeSpan.Zero) await cache.RemoveAsync(Key(orderId));
    }

    private static string Key(string orderId) => "order:" + orderId;
}
