namespace InventoryApp.Domain;

/// <summary>Bounds that keep sums small, whoever sends what.</summary>
internal static class StockLimits
{
    /// <summary>Most units that one order line may move.</summary>
    public const int MaxQuantity = 1_000_000;

    /// <summary>The highest number of a line.</summary>
    public const int MaxLine = 1000;

    /// <summary>Most units of one product.</summary>
    public const int MaxTotal = 1_000_000_000;
}
