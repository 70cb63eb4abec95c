using System.Collections.Concurrent;
using System.Globalization;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.State;

namespace OrderInventory.Testing;

/// <summary>What the next save does instead of working.</summary>
public enum SaveFault
{
    None,

    /// <summary>Nothing is stored and no success is reported: an outage, or a race that someone else won.</summary>
    NotApplied,

    /// <summary>The value is stored, but the caller is told nothing of it.</summary>
    AppliedButUnknown,
}

/// <summary>State in memory behind the app's own seam, with the rules of Dapr's stores and faults on demand.</summary>
public sealed class FakeStateStore : IStateStore
{
    private readonly Dictionary<string, (byte[] Value, long Version)> _values = [];
    private readonly Lock _gate = new();
    private long _version;

    /// <summary>Decides the fault of each save; by default there is none.</summary>
    public Func<StateSave, SaveFault> FaultOf { get; set; } = _ => SaveFault.None;

    /// <summary>Called before each save is applied, outside of the lock: the place for a competing writer.</summary>
    public Func<StateSave, Task> BeforeSave { get; set; } = _ => Task.CompletedTask;

    /// <summary>While true, reads fail as they do when the sidecar is down.</summary>
    public bool Unreadable { get; set; }

    /// <summary>Keys that cannot be read; by default all can.</summary>
    public Func<string, bool> IsUnreadable { get; set; } = _ => false;

    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>Everything stored whose key begins with <paramref name="prefix"/>.</summary>
    public IReadOnlyDictionary<string, byte[]> Values(string prefix)
    {
        lock (_gate) return _values.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(pair => pair.Key, pair => pair.Value.Value);
    }

    /// <summary>Loses a key.</summary>
    public void Remove(string key)
    {
        lock (_gate) _values.Remove(key);
    }

    public Task<StateEntry> GetAsync(string key, CancellationToken cancellationToken)
    {
        Calls.Enqueue("get " + key);
        if (Unreadable || IsUnreadable(key)) throw new DependencyUnavailableException("down");
        lock (_gate) return Task.FromResult(Find(key));
    }

    public Task<IReadOnlyDictionary<string, StateEntry>> GetManyAsync(IReadOnlyCollection<string> keys, int maxBytes, CancellationToken cancellationToken)
    {
        Calls.Enqueue("get-many " + keys.Count.ToString(CultureInfo.InvariantCulture));
        lock (_gate) return Task.FromResult<IReadOnlyDictionary<string, StateEntry>>(keys.Distinct().ToDictionary(key => key, key => Unreadable || IsUnreadable(key) ? StateEntry.Unreadable(new InvalidOperationException("down")) : Find(key)));
    }

    public async Task<bool> SaveAsync(StateSave save, CancellationToken cancellationToken)
    {
        Calls.Enqueue("save " + save.Key);
        await BeforeSave(save);
        return Apply(save);
    }

    public async Task<bool> SaveManyAsync(IReadOnlyCollection<StateSave> saves, CancellationToken cancellationToken)
    {
        Calls.Enqueue("save-many " + saves.Count.ToString(CultureInfo.InvariantCulture));
        var all = true;
        foreach (var save in saves)
        {
            await BeforeSave(save);
            all &= Apply(save);
        }

        return all;
    }

    public Task<bool> DeleteAsync(string key, string etag, CancellationToken cancellationToken)
    {
        Calls.Enqueue("delete " + key);
        lock (_gate) return Task.FromResult(Find(key).ETag == etag && _values.Remove(key));
    }

    private bool Apply(StateSave save)
    {
        var fault = FaultOf(save);
        if (fault == SaveFault.NotApplied) return false;
        lock (_gate)
        {
            var found = _values.TryGetValue(save.Key, out var current);
            var allowed = save.Condition switch
            {
                SaveCondition.Absent => !found,
                SaveCondition.Unchanged => found && current.Version.ToString(CultureInfo.InvariantCulture) == save.ETag,
                _ => true,
            };
            if (!allowed) return false;
            _values[save.Key] = (save.Value.ToArray(), ++_version);
        }

        return fault == SaveFault.None;
    }

    private StateEntry Find(string key) => _values.TryGetValue(key, out var found)
        ? new StateEntry(found.Value, found.Version.ToString(CultureInfo.InvariantCulture))
        : default;
}
