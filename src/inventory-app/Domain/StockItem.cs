using System.Collections.Immutable;

namespace InventoryApp.Domain;

/// <summary>
/// The stock document of one product. <c>Total = Available + Reserved</c> and <c>Available &gt;= 0</c> in every version (I1).
/// </summary>
internal sealed record StockItem
{
    public required string ProductId { get; init; }

    /// <summary>
    /// False for a product that nobody created: the document then only records that orders for it were refused, so that
    /// the refusal stays true when the product is created later.
    /// </summary>
    public bool Defined { get; init; }

    public long Total { get; init; }
    public long Available { get; init; }
    public long Reserved { get; init; }

    /// <summary>Grows by one with every save.</summary>
    public long Version { get; init; }

    /// <summary>Number of the last operation.</summary>
    public long Sequence { get; init; }

    public required DateTimeOffset CreatedTime { get; init; }
    public required DateTimeOffset UpdatedTime { get; init; }

    /// <summary>Operations that may not be in the archive yet, in order.</summary>
    public ImmutableArray<StockOperation> Journal { get; init; } = [];

    /// <summary>The document of a product that has none.</summary>
    public static StockItem Unknown(string productId, DateTimeOffset now) => new() { ProductId = productId, CreatedTime = now, UpdatedTime = now };
}
