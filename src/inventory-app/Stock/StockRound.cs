using System.Collections.Immutable;
using InventoryApp.Domain;
using InventoryApp.Storage;
using OrderInventory.ServiceDefaults;

namespace InventoryApp.Stock;

/// <summary>
/// The stock protocol for one product (design §2.2): read the document, then the archive, decide the whole batch, save
/// once under the ETag; whatever the save says, only what a read shows counts. Then copy the journal to the archive, and
/// trim from the journal only what is known to be there.
/// </summary>
internal sealed class StockRound(string productId, StockStore store, TimeProvider time)
{
    private const int MaxAttempts = 12;
    private const int MaxUnarchived = 1_000;
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromMilliseconds(250);

    // Journal entries up to this sequence are in the archive for certain. Each process learns it anew.
    private long _archivedThrough;

    /// <summary>Applies <paramref name="commands"/> in order and returns one decision for each, all of them durable, with the document after.</summary>
    /// <exception cref="DependencyUnavailableException">Nothing is known; the same commands may be given again.</exception>
    public async Task<(IReadOnlyList<StockDecision> Decisions, StockItem Item)> ApplyAsync(IReadOnlyList<StockCommand> commands, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (stored, etag) = await store.ReadAsync(productId, cancellationToken);
            var known = await ReadRecordedAsync(stored, commands, cancellationToken);
            var (item, decisions) = Decide(stored, commands, known);
            if (decisions.All(decision => decision is not StockDecision.Recorded { IsNew: true })) return (decisions, stored ?? item);
            if (item.Journal.Length > MaxUnarchived) throw new DependencyUnavailableException("The archive of a product does not keep up with its journal.");

            if (await store.SaveAsync(item, etag, cancellationToken)) return (decisions, item);
            // Lost race, outage, or applied in spite of the error: the next read tells them apart.
            if (attempt == MaxAttempts) throw new DependencyUnavailableException("A stock document could not be saved.");
            await Task.Delay(Backoff(attempt), time, cancellationToken);
        }
    }

    /// <summary>Copies what <paramref name="item"/>, a saved document, holds in its journal to the archive.</summary>
    public async Task ArchiveAsync(StockItem item, CancellationToken cancellationToken)
    {
        var pending = item.Journal.Where(operation => operation.Sequence > _archivedThrough).ToArray();
        if (pending.Length > 0 && await store.ArchiveAsync(productId, pending, cancellationToken)) _archivedThrough = pending[^1].Sequence;
    }

    private (StockItem Item, IReadOnlyList<StockDecision> Decisions) Decide(StockItem? stored, IReadOnlyList<StockCommand> commands, Dictionary<string, StockOperation> known)
    {
        var now = time.GetUtcNow();
        var item = stored ?? StockItem.Unknown(productId, now);
        item = item with { Version = item.Version + 1, Journal = Trim(item.Journal) };
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
        // A product without a document has no archive either: a document is never deleted.
        if (stored is null || unknown.Count == 0) return known;
        foreach (var (id, operation) in await store.ReadArchiveAsync(productId, unknown, cancellationToken)) known[id] = operation;
        return known;
    }

    private ImmutableArray<StockOperation> Trim(ImmutableArray<StockOperation> journal)
    {
        var archived = 0;
        while (archived < journal.Length && journal[archived].Sequence <= _archivedThrough) archived++;
        return archived == 0 ? journal : journal[archived..];
    }

    // Spread over a whole step, so that two replicas that lost the same race do not meet again.
    private static TimeSpan Backoff(int attempt)
    {
        var step = Math.Min(FirstBackoff.TotalMilliseconds * Math.Pow(2, attempt - 1), LongestBackoff.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(step * Random.Shared.NextDouble());
    }
}
