namespace DaprLocal.Workflows;

/// <summary>
/// Keeps the folded histories of runs between their turns, so that a turn does not read and parse them again. Bounded by
/// number and by bytes, least recently used first; whoever takes a state owns it.
/// </summary>
internal sealed class RunCache(int maxRuns = 10_000, long maxBytes = 128 * 1024 * 1024)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<(RunState State, long Bytes)>> _runs = [];
    private readonly LinkedList<(RunState State, long Bytes)> _byUse = [];
    private long _bytes;

    /// <summary>Takes the state out of the cache if it is the given run at the given length.</summary>
    public RunState? Take(RunIdentity run, int historyLength)
    {
        lock (_gate)
        {
            if (!_runs.TryGetValue(run.InstanceId, out var node)) return null;
            Remove(node);
            return node.Value.State.ExecutionId == run.ExecutionId && node.Value.State.Events.Count == historyLength ? node.Value.State : null;
        }
    }

    /// <summary>Gives a state to the cache.</summary>
    public void Put(RunState state)
    {
        // Objects take several times the room of their serialized form; an empty run is not free either.
        var bytes = 1024 + state.Bytes * 4;
        lock (_gate)
        {
            if (_runs.TryGetValue(state.InstanceId, out var old)) Remove(old);
            _runs.Add(state.InstanceId, _byUse.AddLast((state, bytes)));
            _bytes += bytes;
            while (_byUse.First is { } oldest && (_runs.Count > maxRuns || _bytes > maxBytes)) Remove(oldest);
        }
    }

    /// <summary>Forgets an instance.</summary>
    public void Remove(string instanceId)
    {
        lock (_gate)
        {
            if (_runs.TryGetValue(instanceId, out var node)) Remove(node);
        }
    }

    private void Remove(LinkedListNode<(RunState State, long Bytes)> node)
    {
        _runs.Remove(node.Value.State.InstanceId);
        _byUse.Remove(node);
        _bytes -= node.Value.Bytes;
    }
}
