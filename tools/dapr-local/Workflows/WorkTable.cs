using System.Threading.Channels;
using Dapr.TaskHub.Protos;

namespace DaprLocal.Workflows;

/// <summary>
/// In-memory scheduling state: which instances want a turn, which activities want a worker, who has what. No I/O.
/// </summary>
internal sealed class WorkTable(RunCache cache)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, TurnSlot> _slots = [];
    private readonly Queue<TurnSlot> _ready = [];
    private readonly Dictionary<ActivityKey, (ActivityWork Work, WorkerStream? Stream)> _activities = [];
    private readonly Dictionary<(string InstanceId, int TaskId), ActivityKey> _newestActivity = [];
    private readonly Queue<ActivityKey> _pending = [];
    private readonly List<WorkerStream> _streams = [];
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Has an element whenever something may be possible that was not before.</summary>
    public ChannelReader<bool> Changed => _changed.Reader;

    /// <summary>Number of connected workers.</summary>
    public int Workers
    {
        get { lock (_gate) return _streams.Count; }
    }

    /// <summary>Wakes the dispatcher.</summary>
    public void Signal() => _changed.Writer.TryWrite(true);

    /// <summary>No more work: the dispatcher ends and the streams close.</summary>
    public void Close()
    {
        _changed.Writer.TryComplete();
        lock (_gate)
        {
            foreach (var stream in _streams) stream.Close();
        }
    }

    /// <summary>Notes that the instance has something to do.</summary>
    public void MarkReady(string instanceId, bool retry = false)
    {
        lock (_gate)
        {
            if (_slots.TryGetValue(instanceId, out var slot))
            {
                slot.Again = true;
                slot.Retry |= retry;
                return;
            }

            slot = new TurnSlot(instanceId) { Retry = retry };
            _slots.Add(instanceId, slot);
            _ready.Enqueue(slot);
        }

        Signal();
    }

    /// <summary>Takes the next instance, if some worker has room for its turn.</summary>
    public TurnSlot? TakeReady()
    {
        lock (_gate)
        {
            while (LeastBusy(turns: true) is not null && _ready.TryDequeue(out var slot))
            {
                if (slot.Phase != TurnPhase.Queued) continue;
                slot.Phase = TurnPhase.Busy;
                slot.Again = false;
                return slot;
            }

            return null;
        }
    }

    /// <summary>Hands a turn to the least busy worker; with none left the slot goes back into the queue.</summary>
    public void Send(TurnSlot slot, TurnInFlight turn, WorkItem item)
    {
        lock (_gate)
        {
            if (LeastBusy(turns: true) is not { } stream || !stream.Send(item))
            {
                cache.Put(turn.State);
                Requeue(slot);
                return;
            }

            slot.Phase = TurnPhase.Out;
            slot.Turn = turn;
            slot.Stream = stream;
            stream.Turns.Add(slot.InstanceId);
        }
    }

    /// <summary>Claims the turn that an answer is for; null if it is not out, or the token is of another dispatch.</summary>
    public TurnSlot? Claim(string instanceId, string token)
    {
        lock (_gate)
        {
            if (!_slots.TryGetValue(instanceId, out var slot) || slot.Phase != TurnPhase.Out) return null;
            if (token.Length > 0 && token != slot.Turn!.Token) return null;
            slot.Phase = TurnPhase.Busy;
            Unassign(slot);
            return slot;
        }
    }

    /// <summary>Ends a slot's work; it is queued again if there is more to do.</summary>
    public void Finish(TurnSlot slot, bool again)
    {
        lock (_gate)
        {
            if (!IsCurrent(slot)) return;
            if (again || slot.Again) Requeue(slot);
            else _slots.Remove(slot.InstanceId);
        }

        Signal();
    }

    /// <summary>Adds activities that want a worker; known ones are skipped.</summary>
    public void AddActivities(IEnumerable<ActivityWork> works)
    {
        lock (_gate)
        {
            foreach (var work in works)
            {
                var key = new ActivityKey(work.Run.ExecutionId, work.TaskId);
                if (!_activities.TryAdd(key, (work, null))) continue;
                _newestActivity[(work.Run.InstanceId, work.TaskId)] = key;
                _pending.Enqueue(key);
            }
        }

        Signal();
    }

    /// <summary>Hands the next activity to the least busy worker; false if there is none or no room.</summary>
    public bool SendActivity()
    {
        lock (_gate)
        {
            while (LeastBusy(turns: false) is { } stream && _pending.TryDequeue(out var key))
            {
                if (!_activities.TryGetValue(key, out var entry) || entry.Stream is not null) continue;
                if (!stream.Send(WorkItems.ForActivity(entry.Work)))
                {
                    _pending.Enqueue(key);
                    return false;
                }

                _activities[key] = (entry.Work, stream);
                stream.Activities.Add(key);
                return true;
            }

            return false;
        }
    }

    /// <summary>The activity that an answer without a token is for: the newest of that id, if it is out.</summary>
    public ActivityKey? FindActivity(string instanceId, int taskId)
    {
        lock (_gate)
        {
            return _newestActivity.TryGetValue((instanceId, taskId), out var key) && _activities[key].Stream is not null ? key : null;
        }
    }

    /// <summary>Forgets an activity: it has a result, or its run is gone.</summary>
    public void RemoveActivity(ActivityKey key)
    {
        lock (_gate) Remove(key);
        Signal();
    }

    /// <summary>Forgets the turn of a run that was removed, if it is out.</summary>
    public void Forget(RunIdentity run)
    {
        lock (_gate)
        {
            if (_slots.TryGetValue(run.InstanceId, out var slot) && slot.Phase == TurnPhase.Out && slot.Turn!.State.ExecutionId == run.ExecutionId)
            {
                Unassign(slot);
                if (slot.Again) Requeue(slot);
                else _slots.Remove(run.InstanceId);
            }
        }

        Signal();
    }

    /// <summary>Adds a worker.</summary>
    public WorkerStream Connect()
    {
        var stream = new WorkerStream();
        lock (_gate) _streams.Add(stream);
        Signal();
        return stream;
    }

    /// <summary>Removes a worker; what it had is queued again at once.</summary>
    public (int Turns, int Activities) Disconnect(WorkerStream stream)
    {
        (int, int) lost;
        lock (_gate)
        {
            _streams.Remove(stream);
            lost = (stream.Turns.Count, stream.Activities.Count);
            foreach (var id in stream.Turns.ToList())
            {
                var slot = _slots[id];
                cache.Put(slot.Turn!.State);
                Unassign(slot);
                Requeue(slot);
            }

            foreach (var key in stream.Activities)
            {
                _activities[key] = (_activities[key].Work, null);
                _pending.Enqueue(key);
            }

            stream.Activities.Clear();
        }

        Signal();
        return lost;
    }

    private bool IsCurrent(TurnSlot slot) => _slots.TryGetValue(slot.InstanceId, out var current) && current == slot;

    private void Requeue(TurnSlot slot)
    {
        slot.Phase = TurnPhase.Queued;
        slot.Turn = null;
        _ready.Enqueue(slot);
    }

    private static void Unassign(TurnSlot slot)
    {
        slot.Stream?.Turns.Remove(slot.InstanceId);
        slot.Stream = null;
    }

    private void Remove(ActivityKey key)
    {
        if (!_activities.Remove(key, out var entry)) return;
        entry.Stream?.Activities.Remove(key);
        var name = (entry.Work.Run.InstanceId, key.TaskId);
        if (_newestActivity.TryGetValue(name, out var newest) && newest == key) _newestActivity.Remove(name);
    }

    private WorkerStream? LeastBusy(bool turns)
    {
        WorkerStream? best = null;
        foreach (var stream in _streams)
        {
            if ((turns ? stream.TakesTurns : stream.TakesActivities) && (best is null || stream.Outstanding < best.Outstanding)) best = stream;
        }

        return best;
    }
}
