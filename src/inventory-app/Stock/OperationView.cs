using System.ComponentModel.DataAnnotations;
using InventoryApp.Domain;

namespace InventoryApp.Stock;

/// <summary>One recorded operation on the stock of a product.</summary>
public sealed record OperationView
{
    /// <summary>Number of the operation on its product: 1, 2, 3, … without a gap.</summary>
    /// <example>3</example>
    public required long Sequence { get; init; }

    /// <summary>Unique on the product; it applies at most once.</summary>
    /// <example>57061e50-a4b3-8ffd-b03a-a783a1621207:1:deduct</example>
    public required string OperationId { get; init; }

    /// <summary>DEDUCT, RESTORE, SHIP, RETURN, RESTOCK or ADJUST.</summary>
    /// <example>DEDUCT</example>
    [AllowedValues("DEDUCT", "RESTORE", "SHIP", "RETURN", "RESTOCK", "ADJUST")]
    public required string Kind { get; init; }

    /// <summary>The order that asked for it; null for a change by hand.</summary>
    /// <example>57061e50-a4b3-8ffd-b03a-a783a1621207</example>
    public required string? OrderId { get; init; }

    /// <summary>The line of that order, from 1.</summary>
    /// <example>1</example>
    public required int? Line { get; init; }

    /// <summary>Units moved, negative when an adjustment took some away; of a refused operation, the units asked for.</summary>
    /// <example>2</example>
    public required long Quantity { get; init; }

    /// <summary>False for a refusal.</summary>
    /// <example>true</example>
    public required bool Success { get; init; }

    /// <summary>HELD, RELEASED, SHIPPED, RETURNED, RESTOCKED, ADJUSTED, FENCED, OUT_OF_STOCK, …</summary>
    /// <example>HELD</example>
    public required string Outcome { get; init; }

    /// <summary>Units available right after it.</summary>
    /// <example>498</example>
    public required long AvailableAfter { get; init; }

    /// <summary>Units that orders hold right after it; null for an operation that a version recorded which did not keep this.</summary>
    /// <example>2</example>
    public required long? ReservedAfter { get; init; }

    /// <summary>When it was recorded, UTC.</summary>
    /// <example>2026-01-31T12:00:00.25+00:00</example>
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
        ReservedAfter = operation.ReservedAfter,
        Time = operation.Time,
    };
}
