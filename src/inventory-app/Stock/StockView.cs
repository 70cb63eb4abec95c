using InventoryApp.Domain;

namespace InventoryApp.Stock;

/// <summary>The stock of one product.</summary>
public sealed record StockView
{
    /// <summary>The product.</summary>
    public required string ProductId { get; init; }

    /// <summary>Units that exist: available and reserved.</summary>
    public required long Total { get; init; }

    /// <summary>Units that can be ordered.</summary>
    public required long Available { get; init; }

    /// <summary>Units that orders hold.</summary>
    public required long Reserved { get; init; }

    /// <summary>Grows with every change.</summary>
    public required long Version { get; init; }

    /// <summary>When the product was created, UTC.</summary>
    public required DateTimeOffset CreatedTime { get; init; }

    /// <summary>When it last changed, UTC.</summary>
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

/// <summary>Body of PUT /api/inventory/{productId}.</summary>
/// <param name="Total">Units that exist, from 0; required.</param>
public sealed record SetStockRequest(long? Total);

/// <summary>Body of POST /api/inventory/{productId}/restock and …/adjust.</summary>
/// <param name="Quantity">Units; required. To restock from 1, to adjust any difference but 0, negative to take units away.</param>
public sealed record ChangeStockRequest(long? Quantity);
