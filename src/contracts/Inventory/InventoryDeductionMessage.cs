namespace OrderInventory.Contracts;

/// <summary>A command on topic <see cref="Topics.InventoryDeduction"/>; delivered at least once, in order per product.</summary>
public sealed record InventoryDeductionMessage
{
    /// <summary>What to do.</summary>
    public required StockOperationKind Operation { get; init; }

    /// <summary>The order the line belongs to.</summary>
    public required string OrderId { get; init; }

    /// <summary>Number of the line in its order, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>The product of the line.</summary>
    public required string ProductId { get; init; }

    /// <summary>Units, at least 1.</summary>
    public required int Quantity { get; init; }

    /// <summary>Equals the event id; inventory applies each key at most once.</summary>
    public required string IdempotencyKey { get; init; }

    /// <summary>
    /// What the sender wants to find again in the result, 1 to 128 characters; a repeat may carry another one. Null from a
    /// sender of the version before.
    /// </summary>
    public string? CorrelationId { get; init; }

    /// <summary>When the order was placed; the same in every repeat.</summary>
    public required DateTimeOffset Timestamp { get; init; }
}
