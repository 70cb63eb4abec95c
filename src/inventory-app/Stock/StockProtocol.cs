using InventoryApp.Domain;
using InventoryApp.Storage;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.Rounds;

namespace InventoryApp.Stock;

/// <summary>
/// The stock protocol (design §5) for the products of a round: read the documents, then the archive, decide, save everything
/// at once, each document under its ETag; whatever the save says, only what a read shows counts. Then copy the journals to
/// the archive, and trim from a journal only what is known to be there. Each product fails alone.
/// </summary>
internal sealed class StockProtocol(StockStore store, OperationArchive archive, ProductIndex index, Backoff backoff, TimeProvider time, Telemetry telemetry)
{
    /// <summary>Most bytes that the commands of a round may add to one document.</summary>
    public const int MaxRoundBytes = 96 * 1024;

    // With a round on top, a document stays below 256 KB even while the archive cannot be written.
    private const int MaxBacklogBytes = 96 * 1024;

    private readonly ArchivedSoFar _archived = new();

    /// <summary>Decides the commands of each product, or fails them.</summary>
    public async Task DecideAsync(IReadOnlyList<ProductRound> products)
    {
        for (var attempt = 1; ; attempt++)
        {
            await TryAsync([.. products.Where(product => product.IsOpen)]);
            // Lost race, outage, or applied in spite of the error: the next read tells them apart.
            var left = products.Where(product => product.IsOpen).ToArray();
            if (attempt == Backoff.MaxAttempts) foreach (var product in left) product.GiveUp();
            if (left.Length == 0 || attempt == Backoff.MaxAttempts) return;
            await backoff.AfterAsync(attempt, "Stock documents could not be saved.", CancellationToken.None);
        }
    }

    /// <summary>Copies what was decided to the archive. False: not all of it may be there; the journals keep it.</summary>
    public Task<bool> ArchiveAsync(IReadOnlyList<ProductRound> decided) => ArchiveAsync([.. decided.Select(product => product.Result).OfType<StockItem>()]);

    /// <summary>Tries once. A product whose save was not confirmed stays open.</summary>
    private async Task TryAsync(IReadOnlyList<ProductRound> open)
    {
        var documents = await store.ReadManyAsync([.. open.Select(product => product.ProductId)], CancellationToken.None);
        foreach (var product in open) product.Try(() => product.ReadDocument(documents[product.ProductId]));
        await ReadArchiveAsync([.. open.Where(product => product.IsOpen)]);
        foreach (var product in open.Where(product => product.IsReady)) await KeepSmallAsync(product);
        foreach (var product in open.Where(product => product.IsReady)) product.Try(() => product.Decide(archive, _archived.Of(product.ProductId), time.GetUtcNow()));
        await ListAsync([.. open.Where(product => product.NeedsPlace)]);
        var changed = open.Where(product => product.NeedsSave).ToArray();
        if (await store.SaveManyAsync([.. changed.Select(product => (product.Changed!, product.ETag))], CancellationToken.None))
            foreach (var product in changed) product.Saved();
    }

    private async Task ReadArchiveAsync(IReadOnlyList<ProductRound> products)
    {
        var operations = products.SelectMany(product => product.Unknown().Select(id => (product.ProductId, id))).ToArray();
        var archived = await archive.ReadAsync(operations, [.. products.Where(product => product.Stored is null).Select(product => product.ProductId)], CancellationToken.None);
        foreach (var product in products) product.Try(() => product.ReadArchive(archived));
        foreach (var product in products.Where(product => product.IsReady && product.IsRetry)) telemetry.SaveRetried(product.HasLost);
    }

    // Also what a process finds that starts after others could not archive.
    private async Task KeepSmallAsync(ProductRound product)
    {
        if (product.Stored is not { } stored) return;
        // Somebody put an older state back: what was archived after it says nothing.
        if (stored.Sequence < _archived.Of(product.ProductId)) _archived.Forget(product.ProductId);
        var backlog = archive.Trim(stored.Journal, _archived.Of(product.ProductId)).Sum(operation => StockOperation.MaxBytes(operation.OperationId, operation.OrderId));
        if (backlog > MaxBacklogBytes && !await ArchiveAsync([stored])) product.Fail(new DependencyUnavailableException("The archive of a product does not keep up with its journal."));
    }

    /// <summary>Enters new products in the index, before their documents are saved.</summary>
    private async Task ListAsync(IReadOnlyList<ProductRound> created)
    {
        if (created.Count == 0) return;
        try
        {
            var places = await index.AddAsync([.. created.Select(product => product.ProductId)], CancellationToken.None);
            foreach (var product in created) product.SetPlace(places[product.ProductId]);
        }
        catch (Exception error)
        {
            // The other products of the round do not need the index.
            foreach (var product in created) product.Fail(error);
        }
    }

    /// <summary>Copies what saved documents hold in their journals to the archive. False: not all of it may be there.</summary>
    private async Task<bool> ArchiveAsync(IReadOnlyList<StockItem> saved)
    {
        var newer = saved.Where(item => item.Sequence > _archived.Of(item.ProductId)).ToArray();
        if (!await archive.WriteAsync([.. newer.Select(item => (item, _archived.Of(item.ProductId)))], CancellationToken.None)) return false;
        foreach (var item in newer) _archived.Set(item.ProductId, item.Sequence);
        return true;
    }
}
