namespace OrderInventory.ServiceDefaults.State;

/// <summary>
/// Writes many items to few targets (documents, topics): per target single flight, and everything that arrives meanwhile
/// goes into the next round. <paramref name="round"/> writes the items of one target or throws.
/// </summary>
public sealed class GroupCommit<T>(Func<string, IReadOnlyList<T>, Task> round)
{
    private const int MaxWaiting = 2_000;

    private readonly Dictionary<string, Batch> _waiting = [];
    private readonly Lock _gate = new();

    /// <summary>Completes when <paramref name="item"/> is written to <paramref name="target"/>.</summary>
    /// <exception cref="DependencyUnavailableException">Unknown; adding it again is safe. Also when too many wait.</exception>
    public Task AddAsync(string target, T item)
    {
        lock (_gate)
        {
            if (!_waiting.TryGetValue(target, out var batch))
            {
                // An empty entry says that a round runs; what comes now waits for it.
                _waiting.Add(target, new Batch());
                return RunAsync(target, new Batch { Items = { item } });
            }

            if (batch.Items.Count >= MaxWaiting) return Task.FromException(new DependencyUnavailableException("Too many writes wait for one document or topic."));
            batch.Items.Add(item);
            return batch.Done.Task;
        }
    }

    private Task RunAsync(string target, Batch batch)
    {
        _ = Task.Run(async () =>
        {
            for (var current = batch; current is not null; current = Next(target))
            {
                try
                {
                    await round(target, current.Items);
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

    private Batch? Next(string target)
    {
        lock (_gate)
        {
            var batch = _waiting[target];
            if (batch.Items.Count == 0)
            {
                _waiting.Remove(target);
                return null;
            }

            _waiting[target] = new Batch();
            return batch;
        }
    }

    private sealed class Batch
    {
        public List<T> Items { get; } = [];

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
