using Microsoft.Extensions.Caching.Memory;

namespace DaprLocal.Workflows;

/// <summary>
/// Keeps the folded histories of runs between their turns, so that a turn does not read and parse them again. Bounded by
/// bytes, least recently used first; whoever takes a state owns it. An instance has one turn at a time, so nobody else takes it.
/// </summary>
internal sealed class RunCache(long maxBytes = 128 * 1024 * 1024) : IDisposable
{
    private readonly MemoryCache _runs = new(new MemoryCacheOptions { SizeLimit = maxBytes });

    /// <summary>Takes the state out of the cache if it is the given run at the given length.</summary>
    public RunState? Take(RunIdentity run, int historyLength)
    {
        if (!_runs.TryGetValue(run.InstanceId, out RunState? state)) return null;
        _runs.Remove(run.InstanceId);
        return state!.ExecutionId == run.ExecutionId && state.Events.Count == historyLength ? state : null;
    }

    /// <summary>Gives a state to the cache. Objects take several times the room of their serialized form; an empty run is not free either.</summary>
    public void Put(RunState state) => _runs.Set(state.InstanceId, state, new MemoryCacheEntryOptions { Size = 1024 + (state.Bytes * 4) });

    /// <summary>Forgets an instance.</summary>
    public void Remove(string instanceId) => _runs.Remove(instanceId);

    public void Dispose() => _runs.Dispose();
}
