using System.Security.Cryptography;

namespace DaprLocal.State;

/// <summary><c>state.in-memory</c>: gone with the process. A transaction is checked as a whole against the state before it, as daprd does.</summary>
internal sealed class InMemoryStateStore : IStateStore
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);
    private readonly Dictionary<string, StateRecord> _records = [];
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly ITimer _sweeper;

    /// <summary>An empty store.</summary>
    public InMemoryStateStore(TimeProvider time)
    {
        _time = time;
        _sweeper = time.CreateTimer(_ => Sweep(), null, SweepInterval, SweepInterval);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Capabilities { get; } = ["ETAG", "TRANSACTIONAL", "TTL", "DELETE_WITH_PREFIX", "KEYS_LIKE", "ACTOR"];

    /// <inheritdoc/>
    public bool HidesEmptyValues => true;

    /// <inheritdoc/>
    public ValueTask<StateRecord?> GetAsync(string key, CancellationToken ct)
    {
        lock (_lock) return new(Live(key));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StateEntry>> GetAsync(IReadOnlyList<string> keys, CancellationToken ct)
    {
        lock (_lock) return new([.. keys.Select(key => new StateEntry(key, Live(key)))]);
    }

    /// <inheritdoc/>
    public Task ApplyAsync(StateOperation operation, CancellationToken ct) => Run(() =>
    {
        StateRules.CheckOptions(operation);
        Check(operation);
        Apply(operation, StateRules.MemoryTtl(operation.Ttl));
    });

    /// <inheritdoc/>
    public Task TransactAsync(IReadOnlyList<StateOperation> operations, CancellationToken ct) => Run(() =>
    {
        var lives = new long?[operations.Count];
        for (var i = 0; i < operations.Count; i++)
        {
            if (!operations[i].IsDelete) StateRules.CheckOptions(operations[i]);
            lives[i] = StateRules.MemoryTtl(operations[i].Ttl);
        }

        foreach (var operation in operations) Check(operation);
        for (var i = 0; i < operations.Count; i++) Apply(operations[i], lives[i]);
    });

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _sweeper.DisposeAsync();

    private void Check(StateOperation operation)
    {
        var record = Live(operation.Key);
        if (operation.HasETag)
        {
            if (record is null) throw new ETagMismatchException($"state not exist or expired for key={operation.Key}");
            if (record.ETag != operation.ETag) throw new ETagMismatchException($"state etag not match for key={operation.Key}: current={record.ETag}, expect={operation.ETag}");
        }
        else if (operation.IsFirstWrite && record is not null)
        {
            throw new ETagMismatchException("item already exists and no etag was passed");
        }
    }

    private void Apply(StateOperation operation, long? seconds)
    {
        if (operation.IsDelete)
        {
            _records.Remove(operation.Key);
            return;
        }

        DateTimeOffset? expires = seconds is { } s ? _time.GetUtcNow().AddSeconds(Math.Min(s, 100L * 365 * 24 * 3600)) : null;
        _records[operation.Key] = new StateRecord(operation.Value.ToArray(), new Guid(RandomNumberGenerator.GetBytes(16)).ToString(), expires);
    }

    private StateRecord? Live(string key) =>
        _records.TryGetValue(key, out var record) && (record.ExpiresAt is null || record.ExpiresAt > _time.GetUtcNow()) ? record : null;

    private Task Run(Action change)
    {
        lock (_lock)
        {
            try
            {
                change();
                return Task.CompletedTask;
            }
            catch (StateStoreException error)
            {
                return Task.FromException(error);
            }
        }
    }

    private void Sweep()
    {
        lock (_lock)
        {
            var now = _time.GetUtcNow();
            foreach (var (key, record) in _records)
            {
                if (record.ExpiresAt <= now) _records.Remove(key);
            }
        }
    }
}
