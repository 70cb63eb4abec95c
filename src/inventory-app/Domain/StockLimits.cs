namespace InventoryApp.Domain;

/// <summary>Bounds that keep sums, keys and documents small, whoever sends what.</summary>
internal static class StockLimits
{
    /// <summary>Longest product or order id in characters.</summary>
    public const int MaxIdLength = 128;

    /// <summary>Most units that one order line may move.</summary>
    public const int MaxQuantity = 1_000_000;

    /// <summary>Most units of one product.</summary>
    public const long MaxTotal = 1_000_000_000;

    // Percent-encoded, as in a state key: with two such ids an archive key still fits into its 1 024 bytes.
    private const int MaxEncodedIdLength = 480;

    /// <summary>True for an id that can be part of a state key.</summary>
    public static bool IsId(string? id) =>
        id is { Length: > 0 and <= MaxIdLength } && !id.Any(char.IsControl) && Uri.EscapeDataString(id).Length <= MaxEncodedIdLength;
}
