using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using InventoryApp.Domain;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.State;

namespace InventoryApp.Storage;

/// <summary>Stock documents (<c>stock:{productId}</c>) and the archive of their operations (<c>operation:{productId}:{operationId}</c>).</summary>
internal sealed class StockStore(IStateStore state)
{
    /// <summary>The document and its ETag; both null when the product has none.</summary>
    /// <exception cref="DependencyUnavailableException">It cannot be read, or what is stored is damaged.</exception>
    public async Task<(StockItem? Item, string? ETag)> ReadAsync(string productId, CancellationToken cancellationToken)
    {
        var entry = await state.GetAsync(Key(productId), cancellationToken);
        return (entry.Value is { } bytes ? Parse(bytes, StockJson.Default.StockItem) : null, entry.ETag);
    }

    /// <summary>Saves if the document still is the one that carried <paramref name="etag"/> (null: none). False: unknown, read again.</summary>
    public Task<bool> SaveAsync(StockItem item, string? etag, CancellationToken cancellationToken) => state.SaveAsync(
        new StateSave(
            Key(item.ProductId),
            JsonSerializer.SerializeToUtf8Bytes(item, StockJson.Default.StockItem),
            etag is null ? SaveCondition.Absent : SaveCondition.Unchanged,
            etag),
        cancellationToken);

    /// <summary>Finds archived operations by id; ids that are not archived are left out.</summary>
    /// <exception cref="DependencyUnavailableException">Any of them cannot be read: an archive that cannot be read is not one without the operation.</exception>
    public async Task<IReadOnlyDictionary<string, StockOperation>> ReadArchiveAsync(string productId, IReadOnlyCollection<string> operationIds, CancellationToken cancellationToken)
    {
        var entries = await state.GetManyAsync([.. operationIds.Select(id => ArchiveKey(productId, id))], cancellationToken);
        var found = new Dictionary<string, StockOperation>();
        foreach (var entry in entries.Values)
        {
            if (entry.Value is not { } bytes) continue;
            var operation = Parse(bytes, StockJson.Default.StockOperation);
            found[operation.OperationId] = operation;
        }

        return found;
    }

    /// <summary>Copies operations to the archive; repeating it writes the same. True: all are there.</summary>
    public Task<bool> ArchiveAsync(string productId, IReadOnlyCollection<StockOperation> operations, CancellationToken cancellationToken) => state.SaveManyAsync(
        [.. operations.Select(operation => new StateSave(
            ArchiveKey(productId, operation.OperationId),
            JsonSerializer.SerializeToUtf8Bytes(operation, StockJson.Default.StockOperation),
            SaveCondition.None))],
        cancellationToken);

    private static string Key(string productId) => StateKey.Of("stock", productId);

    private static string ArchiveKey(string productId, string operationId) => StateKey.Of("operation", productId, operationId);

    private static T Parse<T>(ReadOnlyMemory<byte> bytes, JsonTypeInfo<T> json)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes.Span, json) ?? throw new JsonException("null");
        }
        catch (JsonException error)
        {
            throw new DependencyUnavailableException("A stored stock document is damaged.", error);
        }
    }
}
