namespace OrderInventory.Contracts;

/// <summary>
/// One recorded operation on the stock of a product, with what it left, on topic <see cref="Topics.StockChanges"/>. Refused operations on order
/// lines are recorded, so they are told, too; what is wrong with a request of a client is not recorded and not told.
/// </summary>
public sealed record StockChange
{
    /// <summary>The product.</summary>
    public required string ProductId { get; init; }

    /// <summary>Number of the operation on its product: 1, 2, 3, … without a gap. Of two, the higher one is the newer one.</summary>
    public required long Sequence { get; init; }

    /// <summary>Names the operation; unique on its product.</summary>
    public required string OperationId { get; init; }

    /// <summary>DEDUCT, RESTORE, SHIP, RETURN, RESTOCK or ADJUST.</summary>
    public required string Operation { get; init; }

    /// <summary>The order that asked for it; null for a change by hand.</summary>
    public string? OrderId { get; init; }

    /// <summary>The line of that order, from 1; null as above.</summary>
    public int? Line { get; init; }

    /// <summary>Units moved, negative when an adjustment took some away; of a refused operation, the units asked for.</summary>
    public required long Quantity { get; init; }

    /// <summary>False when the operation was refused; then the balances are as they were.</summary>
    public required bool Success { get; init; }

    /// <summary>HELD, RELEASED, SHIPPED, RETURNED, RESTOCKED, ADJUSTED, FENCED, OUT_OF_STOCK, …</summary>
    public required string Code { get; init; }

    /// <summary>Units that can be ordered, right after it.</summary>
    public required long Available { get; init; }

    /// <summary>Units that orders hold, right after it; null for an operation that a version recorded which did not keep this.</summary>
    public long? Reserved { get; init; }

    /// <summary>Units that exist, right after it: available and reserved; null as above.</summary>
    public long? Total { get; init; }

    /// <summary>When the operation was recorded.</summary>
    public required DateTimeOffset Timestamp { get; init; }
}
