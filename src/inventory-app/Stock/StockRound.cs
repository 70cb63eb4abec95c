using InventoryApp.Domain;
using InventoryApp.Storage;
using OrderInventory.ServiceDefaults;

namespace InventoryApp.Stock;

/// <summary>
/// The stock protocol for one product (design §2.2): read the document, then the archive, decide the whole batch, save
/// once under the ETag; whatever the save says, only what a read shows counts. Then copy the journal to the archive, and
/// trim from the journal only what is known to be there.
/// </summary>
internal sealed class StockRound(string productId, StockStore store, OperationArchive archive, ProductIndex index, Backoff backoff, TimeProvider time, Telemetry telemetry)
{
    // With a batch on top, the document stays below 256 KB even while the archive cannot be written.
    private const int MaxBacklogBytes = 96 * 1024;

    // Operations up to this number are archived for certain. Each process learns it anew.
    private long _archived;

    /// <summary>Applies <paramref name="commands"/> in order and returns one decision for each, all of them durable, with the document after.</summary>
    /// <exception cref="DependencyUnavailableException">Nothing is known; the same commands may be given again.</exception>
    /// <exception cref="StockDamagedException">Nothing can be decided until somebody repairs what is stored.</exception>
    public async Task<(IReadOnlyList<StockDecision> Decisions, StockItem Item)> ApplyAsync(IReadOnlyList<StockCommand> commands, CancellationToken cancellationToken)
    {
        var tried = new HashSet<StockOperation>();
        string? triedOn = null;
        IndexPosition? listed = null;
        for (var attempt = 1; ; attempt++)
        {
            var (stored, etag) = await store.ReadAsync(productId, cancellationToken);
            var known = await ReadRecordedAsync(stored, commands, cancellationToken);
            if (attempt > 1) telemetry.SaveRetried(conflict: etag != triedOn && !known.Values.Any(tried.Contains));
            if (stored is not null) await KeepSmallAsync(stored, cancellationToken);
            var (item, decisions) = Decide(stored, commands, known);
            var added = decisions.OfType<StockDecision.Recorded>().Where(recorded => recorded.IsNew).Select(recorded => recorded.Operation).ToArray();
            if (added.Length == 0) return ([.. decisions.Select(decision => Own(decision, tried))], stored ?? item);
            if (item.Defined && item.Listed is null) item = item with { Listed = listed ??= await index.AddAsync(productId, cancellationToken) };

            // The archive may be ahead of the document that was read; then the balances make no sense, and the save would be refused.
            if (item.IsSound && await store.SaveAsync(item, etag, cancellationToken)) return (decisions, item);
            // Lost race, outage, or applied in spite of the error: the next read tells them apart.
            if (attempt == Backoff.MaxAttempts)
                throw item.IsSound ? new DependencyUnavailableException("A stock document could not be saved.") : new StockDamagedException(productId, "its archive contradicts its document");
            tried.UnionWith(added);
            triedOn = etag;
            await Task.Delay(backoff.After(attempt), time, cancellationToken);
        }
    }

    /// <summary>Copies what <paramref name="item"/>, a saved document, holds in its journal to the archive. False: not all of it may be there.</summary>
    public async Task<bool> ArchiveAsync(StockItem item, CancellationToken cancellationToken)
    {
        if (item.Sequence <= _archived) return true;
        if (!await archive.WriteAsync(item, _archived, cancellationToken)) return false;
        _archived = item.Sequence;
        return true;
    }

    private (StockItem Item, IReadOnlyList<StockDecision> Decisions) Decide(StockItem? stored, IReadOnlyList<StockCommand> commands, Dictionary<string, StockOperation> known)
    {
        var now = time.GetUtcNow();
        var item = stored ?? StockItem.Unknown(productId, now);
        item = item with { Version = item.Version + 1, Journal = archive.Trim(item.Journal, _archived) };
        var decisions = new List<StockDecision>(commands.Count);
        foreach (var command in commands)
        {
            (item, var decision) = StockRules.Decide(item, command, known.GetValueOrDefault, now);
            if (decision is StockDecision.Recorded { IsNew: true } recorded) known[command.OperationId] = recorded.Operation;
            decisions.Add(decision);
        }

        return (item, decisions);
    }

    private async Task<Dictionary<string, StockOperation>> ReadRecordedAsync(StockItem? stored, IReadOnlyList<StockCommand> commands, CancellationToken cancellationToken)
    {
        var known = new Dictionary<string, StockOperation>();
        foreach (var operation in stored?.Journal ?? []) known[operation.OperationId] = operation;
        var unknown = commands.SelectMany(command => command.RelevantOperations()).Where(id => !known.ContainsKey(id)).ToHashSet();
        if (stored is null)
        {
            // A document is never deleted, so an archive without one means that it was lost, or created just now.
            if (await archive.AnyAsync(productId, unknown, cancellationToken))
            {
                var (created, _) = await store.ReadAsync(productId, cancellationToken);
                throw created is null
                    ? new StockDamagedException(productId, "its operations are archived, but its document is missing")
                    : new DependencyUnavailableException("Another writer created the product in this moment.");
            }

            return known;
        }

        if (unknown.Count == 0) return known;
        foreach (var (id, operation) in await archive.FindAsync(productId, unknown, cancellationToken)) known[id] = operation;
        return known;
    }

    // Also what a process finds that starts after others could not archive.
    private async Task KeepSmallAsync(StockItem stored, CancellationToken cancellationToken)
    {
        var backlog = archive.Trim(stored.Journal, _archived).Sum(operation => StockOperation.MaxBytes(operation.OperationId, operation.OrderId));
        if (backlog > MaxBacklogBytes && !await ArchiveAsync(stored, cancellationToken))
            throw new DependencyUnavailableException("The archive of a product does not keep up with its journal.");
    }

    // What an unanswered save of this call recorded is new to the caller.
    private static StockDecision Own(StockDecision decision, HashSet<StockOperation> tried) =>
        decision is StockDecision.Recorded recorded && tried.Contains(recorded.Operation) ? recorded with { IsNew = true } : decision;
}
