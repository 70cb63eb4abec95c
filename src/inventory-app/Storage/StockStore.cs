using System.Text.Json;
using InventoryApp.Domain;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.State;

namespace InventoryApp.Storage;

/// <summary>Stock documents, one for each product: <c>stock:{productId}</c>.</summary>
internal sealed class StockStore(IStateStore state)
{
    /// <summary>The document and its ETag; both null when the product has none.</summary>
    /// <exception cref="DependencyUnavailableException">It cannot be read.</exception>
    /// <exception cref="StockDamagedException">What is stored cannot be true.</exception>
    public async Task<(StockItem? Item, string? ETag)> ReadAsync(string productId, CancellationToken cancellationToken)
    {
        var entry = await state.GetAsync(Key(productId), cancellationToken);
        return (Parse(productId, entry), entry.ETag);
    }

    /// <summary>The documents of many products, without those that have none.</summary>
    /// <exception cref="DependencyUnavailableException">Any of them cannot be read.</exception>
    /// <exception cref="StockDamagedException">Any of them cannot be true.</exception>
    public async Task<IReadOnlyDictionary<string, StockItem>> ReadManyAsync(IReadOnlyCollection<string> productIds, CancellationToken cancellationToken)
    {
        var entries = await state.GetManyAsync([.. productIds.Select(Key)], cancellationToken);
        return productIds.Distinct()
            .Select(productId => Parse(productId, entries[Key(productId)]))
            .OfType<StockItem>()
            .ToDictionary(item => item.ProductId);
    }

    /// <summary>Saves if the document still is the one that carried <paramref name="etag"/> (null: none). False: unknown, read again.</summary>
    public Task<bool> SaveAsync(StockItem item, string? etag, CancellationToken cancellationToken) => state.SaveAsync(
        new StateSave(
            Key(item.ProductId),
            JsonSerializer.SerializeToUtf8Bytes(item, StockJson.Default.StockItem),
            etag is null ? SaveCondition.Absent : SaveCondition.Unchanged,
            etag),
        cancellationToken);

    private static StockItem? Parse(string productId, StateEntry entry)
    {
        if (entry.Value is not { } bytes) return null;
        var item = StockJson.Read(productId, bytes, StockJson.Default.StockItem);
        return item.IsSound && item.ProductId == productId ? item : throw new StockDamagedException(productId, "its document contradicts itself");
    }

    private static string Key(string productId) => StateKey.Of("stock", productId);
}
