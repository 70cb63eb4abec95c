using InventoryApp.Storage;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.Messaging;

namespace InventoryApp.Changes;

/// <summary>
/// Tells what a round noted and may not have told: its process ended, or the broker was down. What is recorded is told and taken off the note;
/// what is not recorded long after its round was never saved.
/// </summary>
internal sealed class UntoldLook(UntoldNotes notes, StockChanges changes, StockStore store, OperationArchive archive, TimeProvider time, ILogger<UntoldLook> logger)
{
    /// <summary>Time between two looks of a replica.</summary>
    public static TimeSpan Interval { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Rounds take less, as a rule; telling twice does no harm.</summary>
    public static TimeSpan TellAfter { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Longer than all tries and deadlines of a round together, and than clocks differ.</summary>
    public static TimeSpan DropAfter { get; } = TimeSpan.FromHours(2);

    // Of one look; a note has at most as many as a round has commands.
    private const int MaxOperations = 2_000;

    private int _begin;

    /// <summary>One look: a bounded piece of what is noted. The next one begins elsewhere, so that what cannot be told holds up nothing.</summary>
    /// <exception cref="DependencyUnavailableException">The store cannot be read or written, or the broker is down; the next look goes on.</exception>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var due = (await notes.ReadAsync(cancellationToken)).Where(noted => now - noted.Note.Time >= TellAfter).OrderBy(noted => noted.Note.Time).ToArray();
        var begin = due.Length == 0 ? 0 : _begin % due.Length;
        for (var (i, handled) = (0, 0); i < due.Length && handled < MaxOperations; i++)
        {
            var (place, note) = due[(begin + i) % due.Length];
            _begin = begin + i + 1;
            handled += note.Operations.Length;
            await changes.TakeOffAsync(place, await TellAsync(note, mayDrop: now - note.Time >= DropAfter, cancellationToken), cancellationToken);
        }
    }

    /// <summary>Tells what a note names. Returns what needs not be noted any more: it is told, or not recorded and <paramref name="mayDrop"/>.</summary>
    private async Task<IReadOnlySet<NotedOperation>> TellAsync(UntoldNote note, bool mayDrop, CancellationToken cancellationToken)
    {
        var documents = await store.ReadManyAsync([.. note.Operations.Select(operation => operation.ProductId)], cancellationToken);
        // After the documents: what a journal does not have any more is archived by then.
        var archived = await archive.ReadAsync([.. note.Operations.Select(operation => (operation.ProductId, operation.OperationId))], [], cancellationToken);
        var recorded = new Dictionary<NotedOperation, OutgoingEvent>();
        var done = new HashSet<NotedOperation>();
        foreach (var product in note.Operations.GroupBy(operation => operation.ProductId, operation => operation.OperationId))
        {
            try
            {
                var journal = StockStore.Parse(product.Key, documents[product.Key])?.Journal ?? [];
                foreach (var operation in journal.IntersectBy(product, operation => operation.OperationId).Concat(archived.Of(product.Key, product)).OrderBy(operation => operation.Sequence))
                    recorded[new NotedOperation(product.Key, operation.OperationId)] = StockChanges.Event(product.Key, operation);
                if (mayDrop) done.UnionWith(product.Select(id => new NotedOperation(product.Key, id)).Where(operation => !recorded.ContainsKey(operation)));
            }
            catch (Exception error) when (error is StockDamagedException or DependencyUnavailableException)
            {
                // The others of the note need not wait until somebody repairs this one.
                Log.StaysUntold(logger, product.Key, error);
            }
        }

        var told = await changes.TellAsync([.. recorded.Values], cancellationToken);
        done.UnionWith(recorded.Where(operation => told.Contains(operation.Value.Id)).Select(operation => operation.Key));
        // The broker is down, so there is no use in going on.
        return done.Count == 0 && recorded.Count > 0 ? throw new DependencyUnavailableException("Changes of stock could not be published.") : done;
    }
}

/// <summary>Looks at the notes now and then for as long as the app runs.</summary>
internal sealed class UntoldService(UntoldLook look, TimeProvider time, ILogger<UntoldLook> logger) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ticks = new PeriodicTimer(UntoldLook.Interval, time);
        while (await ticks.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await look.LookAsync(stoppingToken);
            }
            catch (DependencyUnavailableException error)
            {
                Log.LookFailed(logger, error);
            }
        }
    }
}
