namespace OrderInventory.Contracts;

/// <summary>
/// The recorded outcome of one command, on topic <see cref="Topics.InventoryDeductionResult"/>. It exists if and only if
/// the operation is recorded; a repeated command gets the same, with its own correlation id.
/// </summary>
public sealed record InventoryDeductionResult
{
    /// <summary>The operation that this is the outcome of.</summary>
    public required StockOperationKind Operation { get; init; }

    /// <summary>The order the line belongs to.</summary>
    public required string OrderId { get; init; }

    /// <summary>Number of the line in its order, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>The product of the line.</summary>
    public required string ProductId { get; init; }

    /// <summary>Units that were moved, or that were asked for when the operation was refused.</summary>
    public required int Quantity { get; init; }

    /// <summary>False when the operation was refused; <see cref="Code"/> says why.</summary>
    public required bool Success { get; init; }

    /// <summary>HELD, RELEASED, SHIPPED, FENCED, NOTHING_HELD, OUT_OF_STOCK, UNKNOWN_PRODUCT, …</summary>
    public required string Code { get; init; }

    /// <summary>Text of a refusal for people; null on success.</summary>
    public string? Error { get; init; }

    /// <summary>Units available right after the operation was recorded.</summary>
    public required long AvailableStock { get; init; }

    /// <summary>That of the command that this answers; null when it had none.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>When the operation was recorded.</summary>
    public required DateTimeOffset Timestamp { get; init; }
}
