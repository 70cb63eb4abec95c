using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

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

    /// <summary>The entry of the product index that counts for this product; null until the product is created.</summary>
    public IndexPosition? Listed { get; init; }

    /// <summary>The latest operations, in order: those that may not be in the archive yet, and the archive page they belong to.</summary>
    public ImmutableArray<StockOperation> Journal { get; init; } = [];

    /// <summary>Members that a newer version wrote, kept as they are; null when there are none.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Newer { get; set; }

    /// <summary>True when the balances can be those of a real product (I1).</summary>
    public bool IsSound => Available >= 0 && Reserved >= 0 && Total == Available + Reserved;

    /// <summary>The document of a product that has none.</summary>
    public static StockItem Unknown(string productId, DateTimeOffset now) => new() { ProductId = productId, CreatedTime = now, UpdatedTime = now };
}

/// <summary>A place in the product index.</summary>
/// <param name="Page">Number of the page, from 0.</param>
/// <param name="Entry">Number of the entry on its page, from 0.</param>
internal readonly record struct IndexPosition(int Page, int Entry);
