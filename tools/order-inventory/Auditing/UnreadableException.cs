namespace OrderInventory.Auditing;

/// <summary>Something cannot be read, so nothing can be said about it: what and why.</summary>
internal sealed class UnreadableException(string what, string why, Exception? inner = null) : Exception($"{what} cannot be read: {why}", inner);

/// <summary>inventory-app says that what it stores of a product contradicts itself.</summary>
internal sealed class DamagedProductException(string productId, string answer) : Exception($"{productId} is damaged")
{
    /// <summary>The product.</summary>
    public string ProductId => productId;

    /// <summary>The app's answer as it came.</summary>
    public string Answer => answer;
}
