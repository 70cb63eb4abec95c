using Microsoft.Extensions.Options;
using OrderApp.Domain;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.State;

namespace OrderApp.Storage;

/// <summary>What a read of an order's document showed.</summary>
internal enum OrderReading
{
    /// <summary>The document.</summary>
    Found = 1,

    /// <summary>There is none.</summary>
    Missing,

    /// <summary>There is one, and it is not what this version can read: an operator has to repair it, and nobody may overwrite it.</summary>
    Damaged,

    /// <summary>Nothing is known; it may be read again.</summary>
    Unreadable,
}

/// <summary>An order as it was read; <paramref name="Order"/> and <paramref name="ETag"/> are null unless it was found.</summary>
internal readonly record struct StoredOrder(OrderReading Reading, Order? Order, string? ETag);

/// <summary>Order documents (<c>order:{orderId}</c>), each written under its ETag.</summary>
internal sealed class OrderStore(IStateStore state, IOptions<OrderOptions> options, Telemetry telemetry, ILogger<OrderStore> logger)
{
    /// <summary>What a document weighs at most: 50 lines with the longest ids, a remark, and its history.</summary>
    private const int MaxBytes = 64 * 1024;

    /// <summary>The order; null when there is none.</summary>
    /// <exception cref="DependencyUnavailableException">It cannot be read, or is damaged.</exception>
    public async Task<Order?> FindAsync(string orderId, CancellationToken cancellationToken)
    {
        var stored = Read(orderId, await state.GetAsync(Key(orderId), cancellationToken));
        return stored.Reading is OrderReading.Found or OrderReading.Missing ? stored.Order : throw new DependencyUnavailableException($"The document of order {orderId} cannot be read.");
    }

    /// <summary>Reads many orders at once; the result has every id that was asked for.</summary>
    public async Task<IReadOnlyDictionary<string, StoredOrder>> ReadManyAsync(IReadOnlyCollection<string> orderIds, CancellationToken cancellationToken)
    {
        var entries = await state.GetManyAsync([.. orderIds.Select(Key)], MaxBytes, cancellationToken);
        return orderIds.Distinct().ToDictionary(id => id, id => Read(id, entries[Key(id)]));
    }

    /// <summary>Saves orders, each if its document is still the one that carried its ETag (null: none). True: all are stored. False: read again.</summary>
    public Task<bool> SaveManyAsync(IEnumerable<(Order Order, string? ETag)> orders, CancellationToken cancellationToken) => state.SaveManyAsync(
        [.. orders.Select(save => new StateSave(Key(save.Order.Id), Documents.Bytes(options.Value.BesideEarlierVersion ? EarlierOrders.ForBoth(save.Order) : save.Order, OrderJson.Default.Order), save.ETag is null ? SaveCondition.Absent : SaveCondition.Unchanged, save.ETag))],
        cancellationToken);

    private StoredOrder Read(string orderId, StateEntry entry)
    {
        if (entry.IsUnreadable) return new StoredOrder(OrderReading.Unreadable, null, null);
        if (Documents.TryParse(entry, OrderJson.Default.Order, out var order))
        {
            if (order is null) return new StoredOrder(OrderReading.Missing, null, null);
            if (order.Id == orderId && EarlierOrders.Upgrade(order) is { } upgraded) return new StoredOrder(OrderReading.Found, upgraded, entry.ETag);
        }

        telemetry.Damaged();
        Log.Damaged(logger, orderId);
        return new StoredOrder(OrderReading.Damaged, null, null);
    }

    private static string Key(string orderId) => StateKey.Of("order", orderId);
}
