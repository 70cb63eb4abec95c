using InventoryApp.Domain;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.State;

namespace InventoryApp.Storage;

/// <summary>Some entries of the archive as they were read. An entry that could not be read is not one without the operation.</summary>
internal sealed class ArchiveExtract(IReadOnlyDictionary<string, StateEntry> entries)
{
    /// <summary>Those of these operations that are archived.</summary>
    /// <exception cref="DependencyUnavailableException">Any of them could not be read.</exception>
    /// <exception cref="StockDamagedException">Any of them is damaged.</exception>
    public IEnumerable<StockOperation> Of(string productId, IEnumerable<string> operationIds) => operationIds
        .Select(id => entries[OperationArchive.IdKey(productId, id)])
        .Where(entry => entry.Value is not null)
        .Select(entry => StockJson.Read(productId, entry.Value!.Value, StockJson.Default.StockOperation));

    /// <summary>True when the first page or any of these operations is archived.</summary>
    /// <exception cref="DependencyUnavailableException">Any of them could not be read.</exception>
    public bool HasAny(string productId, IEnumerable<string> operationIds) =>
        operationIds.Select(id => OperationArchive.IdKey(productId, id)).Prepend(OperationArchive.PageKey(productId, 0)).Any(key => entries[key].Value is not null);
}
