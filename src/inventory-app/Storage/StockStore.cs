using System.Text.Json;
using InventoryApp.Domain;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.State;

namespace InventoryApp.Storage;

/// <summary>Stock documents, one for each product: <c>stock:{productId}</c>.</summary>
internal sealed class StockStore(IStateStore state)
{
    // The rounds keep them smaller.
    private const int MaxBytes = 256 * 1024;

    /// <summary>The document; null when the product has none.</summary>
    /// <exception cref="DependencyUnavailableException">It cannot be read.</exception>
    /// <exception cref="StockDamagedException">What is stored cannot be true.</exception>
    public async Task<StockItem?> ReadAsync(string productId, CancellationToken cancellationToken) =>
        Parse(productId, await state.GetAsync(Key(productId), cancellationToken));

    /// <summary>What is stored for each of many products, also where it cannot be read; see <see cref="Parse"/>.</summary>
    public async Task<IReadOnlyDictionary<string, StateEntry>> ReadManyAsync(IReadOnlyCollection<string> productIds, CancellationToken cancellationToken)
    {
        var entries = await state.GetManyAsync([.. productIds.Select(Key)], MaxBytes, cancellationToken);
        return productIds.Distinct().ToDictionary(productId => productId, productId => entries[Key(productId)]);
    }

    /// <summary>The document in what was read for a product; null when it has none.</summary>
    /// <exception cref="DependencyUnavailableException">It could not be read.</exception>
    /// <exception cref="StockDamagedException">What is stored cannot be true.</exception>
    public static StockItem? Parse(string productId, StateEntry entry)
    {
        if (entry.Value is not { } bytes) return null;
        var item = StockJson.Read(productId, bytes, StockJson.Default.StockItem);
        return item.IsSound && item.ProductId == productId ? item : throw new StockDamagedException(productId, "its document contradicts itself");
    }

    /// <summary>
    /// Saves each document that still is the one that carried its ETag (null: none). True: all are saved. False: unknown, read
    /// them again.
    /// </summary>
    public Task<bool> SaveManyAsync(IReadOnlyCollection<(StockItem Item, string? ETag)> items, CancellationToken cancellationToken) =>
        items.Count == 0 ? Task.FromResult(true) : state.SaveManyAsync([.. items.Select(changed => Save(changed.Item, changed.ETag))], cancellationToken);

    private static StateSave Save(StockItem item, string? etag) => new(
        Key(item.ProductId),
        JsonSerializer.SerializeToUtf8Bytes(item, StockJson.Default.StockItem),
        etag is null ? SaveCondition.Absent : SaveCondition.Unchanged,
        etag);

    private static string Key(string productId) => StateKey.Of("stock", productId);
}
