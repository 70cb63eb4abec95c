namespace OrderInventory.ServiceDefaults.State;

/// <summary>
/// Writes many items to few documents: per document single flight, and everything that arrives meanwhile goes into the
/// next round. <paramref name="round"/> stores the items of one document or throws.
/// </summary>
public sealed class GroupCommit(Func<string, IReadOnlyList<string>, Task> round)
{
    private const int MaxWaiting = 2_000;

    private readonly Dictionary<string, Batch> _waiting = [];
    private readonly Lock _gate = new();

    /// <summary>Completes when <paramref name="item"/> is stored in <paramref name="document"/>.</summary>
    /// <exception cref="DependencyUnavailableException">Unknown; adding it again is safe. Also when too many wait.</exception>
    public Task AddAsync(string document, string item)
    {
        lock (_gate)
        {
            if (!_waiting.TryGetValue(document, out var batch))
            {
                // An empty entry says that a round runs; what comes now waits for it.
                _waiting.Add(document, new Batch());
                return RunAsync(document, new Batch { Items = { item } });
            }

            if (batch.Items.Count >= MaxWaiting) return Task.FromException(new DependencyUnavailableException("Too many writes wait for one document."));
            batch.Items.Add(item);
            return batch.Done.Task;
        }
    }

    private Task RunAsync(string document, Batch batch)
    {
        _ = Task.Run(async () =>
        {
            for (var current = batch; current is not null; current = Next(document))
            {
                try
                {
                    await round(document, current.Items);
                    current.Done.SetResult();
                }
                catch (Exception error)
                {
                    current.Done.SetException(error);
                }
            }
        });
        return batch.Done.Task;
    }

    private Batch? Next(string document)
    {
        lock (_gate)
        {
            var batch = _waiting[document];
            if (batch.Items.Count == 0)
            {
                _waiting.Remove(document);
                return null;
            }

            _waiting[document] = new Batch();
            return batch;
        }
    }

    private sealed class Batch
    {
        public List<string> Items { get; } = [];

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
