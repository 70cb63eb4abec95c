using OrderInventory.ServiceDefaults.Rounds;

namespace OrderInventory.ServiceDefaults.State;

/// <summary>
/// Adds items to documents, in rounds: the documents that anybody waits for are read together and saved together, each under
/// its ETag, and each fails alone.
/// </summary>
public sealed class DocumentAdditions<T> : IAsyncDisposable
{
    private static readonly RoundLimits Limits = new(Lanes: 4, MaxItems: 200, MaxBytes: int.MaxValue, MaxWaiting: 5_000);

    private readonly string _what;
    private readonly int _maxBytes;
    private readonly IStateStore _state;
    private readonly Backoff _backoff;
    private readonly Func<StateEntry, IReadOnlyList<T>, Task<byte[]?>> _add;
    private readonly RoundQueue<T, bool> _queue;

    /// <summary>
    /// Adds to documents of at most <paramref name="maxBytes"/>; <paramref name="what"/> names them in errors.
    /// <paramref name="add"/> makes the document with the items in it, null when it has them all; a
    /// <see cref="DependencyUnavailableException"/> of it fails these items and no others.
    /// </summary>
    public DocumentAdditions(string what, int maxBytes, IStateStore state, Backoff backoff, Func<StateEntry, IReadOnlyList<T>, Task<byte[]?>> add)
    {
        (_what, _maxBytes, _state, _backoff, _add) = (what, maxBytes, state, backoff, add);
        _queue = new RoundQueue<T, bool>(Limits, RunAsync);
    }

    /// <summary>Adds an item to the document <paramref name="key"/>.</summary>
    /// <exception cref="DependencyUnavailableException">Unknown, or too many wait; adding it again is safe.</exception>
    public Task AddAsync(string key, T item) => _queue.AddAsync(item, key);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _queue.DisposeAsync();

    private async Task RunAsync(IReadOnlyList<RoundItem<T, bool>> items)
    {
        for (var attempt = 1; ; attempt++)
        {
            var open = items.Where(item => !item.IsDone).GroupBy(item => item.Key).ToArray();
            var stored = await _state.GetManyAsync([.. open.Select(document => document.Key)], _maxBytes, CancellationToken.None);
            var saves = await Task.WhenAll(open.Select(added => TryAddAsync(added, stored[added.Key])));
            if (await _state.SaveManyAsync([.. saves.OfType<StateSave>()], CancellationToken.None))
                foreach (var (added, save) in open.Zip(saves))
                    if (save is not null) Done(added);
            if (items.All(item => item.IsDone)) return;
            // Lost race, outage, or applied in spite of the error: the next read tells them apart.
            await _backoff.AfterAsync(attempt, $"{_what} could not be stored.", CancellationToken.None);
        }
    }

    /// <summary>What has to be saved of one document; null when nothing has to or nothing can be.</summary>
    private async Task<StateSave?> TryAddAsync(IGrouping<string, RoundItem<T, bool>> added, StateEntry entry)
    {
        if (entry.IsUnreadable) return null;
        try
        {
            if (await _add(entry, [.. added.Select(item => item.Item)]) is { } bytes)
                return new StateSave(added.Key, bytes, entry.ETag is null ? SaveCondition.Absent : SaveCondition.Unchanged, entry.ETag);
            Done(added);
        }
        catch (DependencyUnavailableException error)
        {
            foreach (var item in added) item.Fail(error);
        }

        return null;
    }

    private static void Done(IEnumerable<RoundItem<T, bool>> items)
    {
        foreach (var item in items) item.Done(true);
    }
}
