using OrderInventory.ServiceDefaults.Settings;

namespace InventoryApp;

/// <summary>Settings of inventory-app, configuration section <c>Inventory</c>.</summary>
[Settings("Inventory")]
internal sealed class InventoryOptions
{
    /// <summary>True refuses a PUT of a total, a restock and an adjust without an idempotency key.</summary>
    public bool RequireIdempotencyKey { get; set; }

    /// <summary>True publishes every recorded operation on stock to `stock-changes`. The component `pubsub` must allow that topic first: until it does, orders wait.</summary>
    public bool PublishStockChanges { get; set; }
}
