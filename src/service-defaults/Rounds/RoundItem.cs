namespace OrderInventory.ServiceDefaults.Rounds;

/// <summary>Something that is to be changed, and what becomes of it.</summary>
public sealed class RoundItem<TItem, TOutcome>
{
    private readonly TaskCompletionSource<TOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Something about <paramref name="key"/> that takes <paramref name="bytes"/> of a round.</summary>
    public RoundItem(TItem item, string key, int bytes = 0) => (Item, Key, Bytes) = (item, key, bytes);

    /// <summary>What waits.</summary>
    public TItem Item { get; }

    /// <summary>What it is about: two rounds never have the same key in hand at once.</summary>
    public string Key { get; }

    /// <summary>True when it has its outcome, good or bad.</summary>
    public bool IsDone => _outcome.Task.IsCompleted;

    /// <summary>What becomes of it; ends when it is done or failed.</summary>
    public Task<TOutcome> Outcome => _outcome.Task;

    internal int Bytes { get; }

    /// <summary>Gives the outcome to whoever waits; only the first one counts.</summary>
    public void Done(TOutcome outcome) => _outcome.TrySetResult(outcome);

    /// <summary>Fails this item, and no other; only the first outcome counts.</summary>
    public void Fail(Exception error) => _outcome.TrySetException(error);
}
