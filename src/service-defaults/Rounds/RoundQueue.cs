using System.Diagnostics.CodeAnalysis;

namespace OrderInventory.ServiceDefaults.Rounds;

/// <summary>How much goes through a <see cref="RoundQueue{TItem, TOutcome}"/>.</summary>
/// <param name="Lanes">Rounds that run side by side.</param>
/// <param name="MaxItems">Most items of one round.</param>
/// <param name="MaxBytes">Most bytes of one round, as its items say; one item alone may be larger.</param>
/// <param name="MaxWaiting">Most items that wait for their round; more are refused.</param>
public sealed record RoundLimits(int Lanes, int MaxItems, int MaxBytes, int MaxWaiting)
{
    /// <summary>Most items about one key that wait for their round; more are refused. By default as many as may wait at all.</summary>
    public int MaxWaitingOfKey { get; init; } = MaxWaiting;
}

/// <summary>
/// Everything that changes state waits here for its round (design §1): a free lane takes all that waits, up to its limits,
/// and <paramref name="round"/> reads, decides, saves and publishes it together. Items about one key stay in their order,
/// and the key that waits longest comes first. What is about a key that another lane has in hand stays for a later round.
/// Each item has an outcome of its own; those that a round leaves without one fail with what the round threw.
/// </summary>
[SuppressMessage("Naming", "CA1711", Justification = "It is a queue, though no collection.")]
public sealed class RoundQueue<TItem, TOutcome>(RoundLimits limits, Func<IReadOnlyList<RoundItem<TItem, TOutcome>>, Task<Task>> round) : IAsyncDisposable
{
    private readonly Dictionary<string, Queue<RoundItem<TItem, TOutcome>>> _waiting = [];
    private readonly Queue<string> _ready = [];
    private readonly HashSet<string> _busy = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private int _count;
    private int _lanes;
    private bool _isLaneComing;
    private bool _isClosed;

    /// <summary>A queue whose lanes go on with their next round at once.</summary>
    public RoundQueue(RoundLimits limits, Func<IReadOnlyList<RoundItem<TItem, TOutcome>>, Task> round)
        : this(limits, async items =>
        {
            await round(items);
            return Task.CompletedTask;
        })
    {
    }

    /// <summary>Items that wait for a round.</summary>
    public int Waiting
    {
        get { lock (_gate) return _count; }
    }

    /// <summary>The same by key.</summary>
    public IReadOnlyDictionary<string, int> WaitingByKey
    {
        get
        {
            KeyValuePair<string, int>[] waiting;
            lock (_gate) waiting = [.. _waiting.Select(key => KeyValuePair.Create(key.Key, key.Value.Count))];
            return waiting.ToDictionary();
        }
    }

    /// <summary>The outcome of <paramref name="item"/>, which is about <paramref name="key"/> and takes <paramref name="bytes"/> of a round.</summary>
    /// <exception cref="DependencyUnavailableException">Nothing was done: too many wait, or the process ends. Also what the round throws.</exception>
    public Task<TOutcome> AddAsync(TItem item, string key, int bytes = 0) => AddMany([(item, key, bytes)])[0];

    /// <summary>The outcomes of <paramref name="items"/>, in their order: as <see cref="AddAsync"/>, but they go into one round as far as they can.</summary>
    public IReadOnlyList<Task<TOutcome>> AddMany(IEnumerable<(TItem Item, string Key, int Bytes)> items)
    {
        lock (_gate)
        {
            Task<TOutcome>[] outcomes = [.. items.Select(item => Add(new RoundItem<TItem, TOutcome>(item.Item, item.Key, item.Bytes)))];
            StartLane();
            return outcomes;
        }
    }

    /// <summary>Fails what waits, and ends when the rounds that run have ended.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isClosed = true;
            foreach (var item in _waiting.Values.SelectMany(queue => queue)) item.Fail(Ending());
            _waiting.Clear();
            _ready.Clear();
            _count = 0;
            if (_lanes == 0) _ended.TrySetResult();
        }

        await _ended.Task;
    }

    private Task<TOutcome> Add(RoundItem<TItem, TOutcome> item)
    {
        if (_isClosed) return Task.FromException<TOutcome>(Ending());
        var isNew = !_waiting.TryGetValue(item.Key, out var queue);
        if (_count >= limits.MaxWaiting || queue?.Count >= limits.MaxWaitingOfKey) return Task.FromException<TOutcome>(new DependencyUnavailableException("Too many changes wait."));
        if (isNew)
        {
            _waiting.Add(item.Key, queue = new Queue<RoundItem<TItem, TOutcome>>());
            if (!_busy.Contains(item.Key)) _ready.Enqueue(item.Key);
        }

        queue!.Enqueue(item);
        _count++;
        return item.Outcome;
    }

    // A lane that is coming takes all that is there by then, and sees to what it cannot take.
    private void StartLane()
    {
        if (_ready.Count == 0 || _isLaneComing || _lanes == limits.Lanes) return;
        _isLaneComing = true;
        _lanes++;
        // Without the context of whoever comes first: a lane serves many, and must not stay in the trace of one.
        ThreadPool.UnsafeQueueUserWorkItem(static queue => _ = queue.RunLaneAsync(), this, preferLocal: false);
    }

    private async Task RunLaneAsync()
    {
        for (var items = Take(); items.Count > 0; items = Take())
        {
            var rest = await RunRoundAsync(items);
            Release(items);
            // What a lane waits for may fail, and must not end it.
            await rest.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<Task> RunRoundAsync(List<RoundItem<TItem, TOutcome>> items)
    {
        var rest = Task.CompletedTask;
        Exception failure = new InvalidOperationException("A round ended without an outcome for one of its items.");
        try
        {
            rest = await round(items);
        }
        catch (Exception error)
        {
            failure = error;
        }

        foreach (var item in items.Where(item => !item.IsDone)) item.Fail(failure);
        return rest;
    }

    /// <summary>What the next round of a lane has in hand; empty: the lane ends.</summary>
    private List<RoundItem<TItem, TOutcome>> Take()
    {
        lock (_gate)
        {
            _isLaneComing = false;
            var taken = new List<RoundItem<TItem, TOutcome>>();
            var bytes = 0L;
            while (_ready.TryPeek(out var key) && TakeOf(key, taken, ref bytes))
            {
                _ready.Dequeue();
                _busy.Add(key);
                if (_waiting[key].Count > 0) break;
                _waiting.Remove(key);
            }

            _count -= taken.Count;
            if (taken.Count > 0) StartLane();
            else if (--_lanes == 0 && _isClosed) _ended.TrySetResult();
            return taken;
        }
    }

    private bool TakeOf(string key, List<RoundItem<TItem, TOutcome>> taken, ref long bytes)
    {
        var before = taken.Count;
        while (taken.Count < limits.MaxItems && _waiting[key].TryPeek(out var item) && (taken.Count == 0 || bytes + item.Bytes <= limits.MaxBytes))
        {
            taken.Add(_waiting[key].Dequeue());
            bytes += item.Bytes;
        }

        return taken.Count > before;
    }

    private void Release(List<RoundItem<TItem, TOutcome>> items)
    {
        lock (_gate)
        {
            foreach (var item in items)
                if (_busy.Remove(item.Key) && _waiting.ContainsKey(item.Key)) _ready.Enqueue(item.Key);
            StartLane();
        }
    }

    private static DependencyUnavailableException Ending() => new("The process ends.");
}
