using Dapr.TaskHub.Protos;

namespace DaprLocal.Workflows;

/// <summary>
/// One run (execution id) folded from its committed history. No I/O, not thread-safe: it belongs to the turn in hand or
/// to the cache. Appending is the only way to change it, so it is always what replaying the history gives.
/// </summary>
internal sealed class RunState(string instanceId, string executionId)
{
    private readonly List<HistoryEvent> _events = [];
    private readonly HashSet<Resolution> _created = [];
    private readonly HashSet<Resolution> _resolved = [];
    private readonly List<(int TimerId, string EventName)> _eventTimers = [];
    private readonly List<string> _patches = [];
    private bool _suspended;

    /// <summary>The instance that runs.</summary>
    public string InstanceId => instanceId;

    /// <summary>The run's identity.</summary>
    public string ExecutionId => executionId;

    /// <summary>The committed history.</summary>
    public IReadOnlyList<HistoryEvent> Events => _events;

    /// <summary>Serialized size of the history.</summary>
    public long Bytes { get; private set; }

    /// <summary>The start event, once committed.</summary>
    public HistoryEvent? Started { get; private set; }

    /// <summary>The completion, once committed.</summary>
    public HistoryEvent? Completed { get; private set; }

    /// <summary>The newest event, if it says that the run is stalled.</summary>
    public ExecutionStalledEvent? Stalled => _events.Count > 0 ? _events[^1].ExecutionStalled : null;

    /// <summary>Patches that the history has decided on, in order.</summary>
    public IReadOnlyList<string> Patches => _patches;

    /// <summary>The newest version name on a turn.</summary>
    public string? Version { get; private set; }

    /// <summary>Timers that stand for a wait for an event and are neither fired nor paired with one, oldest first.</summary>
    public IReadOnlyList<(int TimerId, string EventName)> OpenEventTimers => _eventTimers;

    /// <summary>The runtime status that the history implies.</summary>
    public OrchestrationStatus Status =>
        Stalled is not null ? OrchestrationStatus.Stalled
        : Started is null ? OrchestrationStatus.Pending
        : Completed is not null ? Completed.ExecutionCompleted.WorkflowStatus
        : _suspended ? OrchestrationStatus.Suspended
        : OrchestrationStatus.Running;

    /// <summary>Folds a stored history.</summary>
    public static RunState From(string instanceId, string executionId, IEnumerable<HistoryEvent> events)
    {
        var state = new RunState(instanceId, executionId);
        foreach (var e in events) state.Append(e);
        return state;
    }

    /// <summary>Whether this work was created and is not yet resolved.</summary>
    public bool IsOpen(Resolution work) => _created.Contains(work) && !_resolved.Contains(work);

    /// <summary>Whether this work was created, resolved or not.</summary>
    public bool IsCreated(Resolution work) => _created.Contains(work);

    /// <summary>Adds one committed event.</summary>
    public void Append(HistoryEvent e)
    {
        _events.Add(e);
        Bytes += e.CalculateSize();
        if (Resolution.CreatedBy(e) is { } created) _created.Add(created);
        if (Resolution.ResolvedBy(e) is { } resolved) _resolved.Add(resolved);
        switch (e.EventTypeCase)
        {
            case HistoryEvent.EventTypeOneofCase.WorkflowStarted when e.WorkflowStarted.Version is { } version:
                _patches.AddRange(version.Patches);
                if (version.HasName) Version = version.Name;
                break;
            case HistoryEvent.EventTypeOneofCase.ExecutionStarted:
                Started ??= e;
                break;
            case HistoryEvent.EventTypeOneofCase.ExecutionCompleted:
                Completed ??= e;
                break;
            case HistoryEvent.EventTypeOneofCase.ExecutionSuspended:
                _suspended = true;
                break;
            case HistoryEvent.EventTypeOneofCase.ExecutionResumed:
                _suspended = false;
                break;
            case HistoryEvent.EventTypeOneofCase.TimerCreated when e.TimerCreated.ExternalEvent is { } wait:
                _eventTimers.Add((e.EventId, wait.Name));
                break;
            case HistoryEvent.EventTypeOneofCase.TimerFired:
                _eventTimers.RemoveAll(timer => timer.TimerId == e.TimerFired.TimerId);
                break;
            case HistoryEvent.EventTypeOneofCase.EventRaised:
                PairWithTimer(_eventTimers, e.EventRaised.Name);
                break;
        }
    }

    /// <summary>Takes the oldest timer that waits for <paramref name="eventName"/> (names compare without case) off the list; its id or null.</summary>
    public static int? PairWithTimer(List<(int TimerId, string EventName)> timers, string eventName)
    {
        var index = timers.FindIndex(timer => string.Equals(timer.EventName, eventName, StringComparison.OrdinalIgnoreCase));
        if (index < 0) return null;
        var id = timers[index].TimerId;
        timers.RemoveAt(index);
        return id;
    }
}
