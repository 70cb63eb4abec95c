using InventoryApp.Domain;

namespace InventoryApp.Stock;

/// <summary>One recorded operation on the stock of a product.</summary>
public sealed record OperationView
{
    /// <summary>Number of the operation on its product: 1, 2, 3, … without a gap.</summary>
    public required long Sequence { get; init; }

    /// <summary>Unique on the product; it applies at most once.</summary>
    public required string OperationId { get; init; }

    /// <summary>DEDUCT, RESTORE, SHIP, RESTOCK or ADJUST.</summary>
    public required string Kind { get; init; }

    /// <summary>The order that asked for it; null for a change by hand.</summary>
    public required string? OrderId { get; init; }

    /// <summary>The line of that order, from 1.</summary>
    public required int? Line { get; init; }

    /// <summary>Units moved, negative when an adjustment took some away; of a refused operation, the units asked for.</summary>
    public required long Quantity { get; init; }

    /// <summary>False for a refusal.</summary>
    public required bool Success { get; init; }

    /// <summary>HELD, RELEASED, SHIPPED, RESTOCKED, ADJUSTED, FENCED, OUT_OF_STOCK, …</summary>
    public required string Outcome { get; init; }

    /// <summary>Units available right after it.</summary>
    public required long AvailableAfter { get; init; }

    /// <summary>When it was recorded, UTC.</summary>
    public required DateTimeOffset Time { get; init; }

    internal static OperationView Of(StockOperation operation) => new()
    {
        Sequence = operation.Sequence,
        OperationId = operation.OperationId,
        Kind = operation.Kind.Word(),
        OrderId = operation.OrderId,
        Line = operation.Line,
        Quantity = operation.Quantity,
        Success = operation.Success,
        Outcome = operation.Outcome,
        AvailableAfter = operation.AvailableAfter,
        Time = operation.Time,
    };
}
