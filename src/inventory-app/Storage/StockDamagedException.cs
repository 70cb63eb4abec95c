namespace InventoryApp.Storage;

/// <summary>
/// What is stored about a product cannot be true: unreadable, contradictory, or an archive without its document. Nothing
/// is decided on it and nothing written over it; somebody has to repair it.
/// </summary>
internal sealed class StockDamagedException(string productId, string what, Exception? cause = null)
    : Exception($"The stored stock of a product is damaged: {what}", cause)
{
    /// <summary>The product.</summary>
    public string ProductId { get; } = productId;
}
