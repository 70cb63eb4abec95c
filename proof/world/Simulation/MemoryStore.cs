using System.Globalization;
using DaprLocal.State;

namespace OrderInventory.Proof.Simulation;

/// <summary>The store of a world in memory, with the rules of dapr-local's others. Versions are counted, so that a world repeated is the same.</summary>
internal sealed class MemoryStore(TimeProvider clock) : IStateStore
{
    private readonly Dictionary<string, StateRecord> _records = [];
    private readonly Lock _lock = new();
    private long _version;

    /// <inheritdoc/>
    public IReadOnlyList<string> Capabilities { get; } = ["ETAG", "TTL"];

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
    public Task ApplyAsync(StateOperation operation, CancellationToken ct)
    {
        lock (_lock)
        {
            StateRules.CheckOptions(operation);
            var record = Live(operation.Key);
            if (operation.HasETag ? record?.ETag != operation.ETag : operation.IsFirstWrite && record is not null) return Task.FromException(new ETagMismatchException());
            if (operation.IsDelete) _records.Remove(operation.Key);
            else _records[operation.Key] = new StateRecord(operation.Value.ToArray(), (++_version).ToString(CultureInfo.InvariantCulture), StateRules.SqlTtl(operation.Ttl) is { } seconds ? clock.GetUtcNow().AddSeconds(seconds) : null);
            return Task.CompletedTask;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private StateRecord? Live(string key) => _records.GetValueOrDefault(key) is { } record && !(record.ExpiresAt <= clock.GetUtcNow()) ? record : null;
}
