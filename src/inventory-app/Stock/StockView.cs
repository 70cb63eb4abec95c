using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using InventoryApp.Domain;

namespace InventoryApp.Stock;

/// <summary>The stock of one product.</summary>
public sealed record StockView
{
    /// <summary>The product.</summary>
    /// <example>SAMPLE-BOOK</example>
    public required string ProductId { get; init; }

    /// <summary>Units that exist: available and reserved.</summary>
    /// <example>500</example>
    public required long Total { get; init; }

    /// <summary>Units that can be ordered.</summary>
    /// <example>498</example>
    public required long Available { get; init; }

    /// <summary>Units that orders hold.</summary>
    /// <example>2</example>
    public required long Reserved { get; init; }

    /// <summary>Grows with every change.</summary>
    /// <example>7</example>
    public required long Version { get; init; }

    /// <summary>When the product was created, UTC.</summary>
    /// <example>2026-01-31T12:00:00+00:00</example>
    public required DateTimeOffset CreatedTime { get; init; }

    /// <summary>When it last changed, UTC.</summary>
    /// <example>2026-01-31T12:00:00.25+00:00</example>
    public required DateTimeOffset UpdatedTime { get; init; }

    internal static StockView Of(StockItem item) => new()
    {
        ProductId = item.ProductId,
        Total = item.Total,
        Available = item.Available,
        Reserved = item.Reserved,
        Version = item.Version,
        CreatedTime = item.CreatedTime,
        UpdatedTime = item.UpdatedTime,
    };
}

/// <summary>A product in a list.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="Available">Units that can be ordered.</param>
/// <param name="Total">Units that exist: available and reserved. Left out with `ids`, as all that follows.</param>
/// <param name="Reserved">Units that orders hold.</param>
/// <param name="Version">Grows with every change.</param>
/// <param name="CreatedTime">When the product was created, UTC.</param>
/// <param name="UpdatedTime">When it last changed, UTC.</param>
public sealed record StockListing(
    string ProductId,
    long Available,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Total = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Reserved = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Version = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? CreatedTime = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? UpdatedTime = null)
{
    internal static StockListing Of(StockItem item) => new(item.ProductId, item.Available, item.Total, item.Reserved, item.Version, item.CreatedTime, item.UpdatedTime);

    internal static StockListing AvailabilityOf(StockItem item) => new(item.ProductId, item.Available);
}

/// <summary>A page of products.</summary>
/// <param name="Success">Always true; a failure is a problem document.</param>
/// <param name="Data">The entries of this page; there may be fewer than asked for.</param>
/// <param name="NextCursor">Give it as <c>cursor</c> to get the next page; null when this is the last one.</param>
/// <param name="Damaged">Products of this page that are not in `data`, because what is stored of them is damaged and has to be repaired.</param>
[method: JsonConstructor]
public sealed record StockList(bool Success, IReadOnlyList<StockListing> Data, string? NextCursor, IReadOnlyList<string> Damaged)
{
    internal StockList(IReadOnlyList<StockListing> data, string? nextCursor, IReadOnlyList<string> damaged) : this(true, data, nextCursor, damaged) { }
}

/// <summary>What was counted.</summary>
/// <param name="Total">Units that exist, those that orders hold included.</param>
public sealed record SetStockRequest([property: Required, Range(0, StockLimits.MaxTotal)] long? Total);

/// <summary>What arrived.</summary>
/// <param name="Quantity">Units.</param>
public sealed record RestockRequest([property: Required, Range(1, StockLimits.MaxTotal)] long? Quantity);

/// <summary>A correction.</summary>
/// <param name="Quantity">Units that are more than was thought, negative for less; not 0.</param>
public sealed record AdjustStockRequest([property: Required, Range(-StockLimits.MaxTotal, StockLimits.MaxTotal)] long? Quantity);
