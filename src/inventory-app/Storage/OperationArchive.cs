using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using InventoryApp.Domain;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.State;

namespace InventoryApp.Storage;

/// <summary>
/// The operations of every product, for ever: by id (<c>operation:{productId}:{operationId}</c>) to know a repeated
/// command, and in pages of consecutive ones (<c>operations:{productId}:{page}</c>) to list them. A page is written when
/// it is complete, in the same bulk write as its last operations; until then the journal keeps its operations. So all of
/// it is immutable, and whoever writes it again writes the same. <paramref name="pageSize"/> is part of what is stored.
/// </summary>
internal sealed class OperationArchive(IStateStore state, int pageSize = 32)
{
    // The longest ids, escaped in JSON; see StockOperation.MaxBytes.
    private const int MaxOperationBytes = 4 * 1024;

    /// <summary>Reads what is archived of these operations, and the first pages of the products <paramref name="withFirstPage"/>, at once.</summary>
    public async Task<ArchiveExtract> ReadAsync(IReadOnlyCollection<(string ProductId, string OperationId)> operations, IReadOnlyCollection<string> withFirstPage, CancellationToken cancellationToken)
    {
        string[] keys = [.. operations.Select(operation => IdKey(operation.ProductId, operation.OperationId)), .. withFirstPage.Select(productId => PageKey(productId, 0))];
        if (keys.Length == 0) return new ArchiveExtract(new Dictionary<string, StateEntry>());
        return new ArchiveExtract(await state.GetManyAsync(keys, withFirstPage.Count > 0 ? MaxPageBytes : MaxOperationBytes, cancellationToken));
    }

    /// <summary>
    /// Copies the operations after number <c>Archived</c> from the journal of each <c>Item</c>, a saved document, and the pages
    /// that they complete. True: everything in these journals is archived.
    /// </summary>
    public Task<bool> WriteAsync(IReadOnlyCollection<(StockItem Item, long Archived)> journals, CancellationToken cancellationToken) =>
        journals.Count == 0 ? Task.FromResult(true) : state.SaveManyAsync([.. journals.SelectMany(journal => Saves(journal.Item, journal.Archived))], cancellationToken);

    /// <summary>What the journal still has to keep when everything up to number <paramref name="archived"/> is archived.</summary>
    public ImmutableArray<StockOperation> Trim(ImmutableArray<StockOperation> journal, long archived)
    {
        var complete = archived / pageSize * pageSize;
        return [.. journal.SkipWhile(operation => operation.Sequence <= complete)];
    }

    /// <summary>Up to <paramref name="limit"/> operations of <paramref name="item"/> before number <paramref name="before"/>, newest first.</summary>
    /// <exception cref="DependencyUnavailableException">They cannot be read.</exception>
    /// <exception cref="StockDamagedException">Operations are missing.</exception>
    public async Task<IReadOnlyList<StockOperation>> ListAsync(StockItem item, long before, int limit, CancellationToken cancellationToken)
    {
        var last = Math.Min(before - 1, item.Sequence);
        var first = Math.Max(1, last - limit + 1);
        var lastPaged = Math.Min(last, item.Journal.IsEmpty ? item.Sequence : item.Journal[0].Sequence - 1);
        var keys = new List<string>();
        for (var page = PageOf(first); first <= lastPaged && page <= PageOf(lastPaged); page++) keys.Add(PageKey(item.ProductId, page));
        var pages = await state.GetManyAsync(keys, MaxPageBytes, cancellationToken);
        var listed = keys
            .SelectMany(key => pages[key].Value is { } bytes ? StockJson.Read(item.ProductId, bytes, StockJson.Default.ImmutableArrayStockOperation) : [])
            .Concat(item.Journal)
            .Where(operation => operation.Sequence >= first && operation.Sequence <= last)
            .Reverse()
            .ToArray();
        return listed.Length == last - first + 1 ? listed : throw new StockDamagedException(item.ProductId, "operations are missing from its archive");
    }

    /// <summary>The operations of <paramref name="item"/> that a line of an order asked for, newest first. A UUID in capitals also names the order without them (RFC 9562 section 4); another program may have one as it is.</summary>
    /// <exception cref="DependencyUnavailableException">They cannot be read.</exception>
    /// <exception cref="StockDamagedException">One of them is damaged.</exception>
    public async Task<IReadOnlyList<StockOperation>> OfLineAsync(StockItem item, string orderId, int line, CancellationToken cancellationToken)
    {
        string[] names = Guid.TryParseExact(orderId, "D", out _) ? [orderId, orderId.ToLowerInvariant()] : [orderId];
        string[] ids = [.. names.Distinct().SelectMany(name => LineCommand.Kinds.Select(kind => LineCommand.IdOf(name, line, kind)))];
        var archived = await ReadAsync([.. ids.Select(id => (item.ProductId, id))], [], cancellationToken);
        return [.. item.Journal.Where(operation => ids.Contains(operation.OperationId)).Concat(archived.Of(item.ProductId, ids))
            .DistinctBy(operation => operation.OperationId)
            // What was archived after the document was read belongs to a later state of it.
            .Where(operation => operation.Sequence <= item.Sequence)
            .OrderByDescending(operation => operation.Sequence)];
    }

    private int MaxPageBytes => pageSize * MaxOperationBytes;

    private IEnumerable<StateSave> Saves(StockItem item, long archived)
    {
        var byId = item.Journal.Where(operation => operation.Sequence > archived)
            .Select(operation => Save(IdKey(item.ProductId, operation.OperationId), JsonSerializer.SerializeToUtf8Bytes(operation, StockJson.Default.StockOperation)));
        var pages = item.Journal.GroupBy(operation => PageOf(operation.Sequence))
            .Where(page => page.Count() == pageSize && page.Last().Sequence > archived)
            .Select(page => Save(PageKey(item.ProductId, page.Key), JsonSerializer.SerializeToUtf8Bytes([.. page], StockJson.Default.ImmutableArrayStockOperation)));
        return byId.Concat(pages);
    }

    private long PageOf(long sequence) => (sequence - 1) / pageSize;

    private static StateSave Save(string key, byte[] value) => new(key, value, SaveCondition.None);

    /// <summary>Key of an operation.</summary>
    public static string IdKey(string productId, string operationId) => StateKey.Of("operation", productId, operationId);

    /// <summary>Key of a page, from 0.</summary>
    public static string PageKey(string productId, long page) => StateKey.Of("operations", productId, page.ToString(CultureInfo.InvariantCulture));
}
