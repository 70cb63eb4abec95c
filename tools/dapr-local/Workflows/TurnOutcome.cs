using Dapr.TaskHub.Protos;

namespace DaprLocal.Workflows;

/// <summary>What becomes of a turn.</summary>
internal enum TurnVerdict
{
    /// <summary>The events are appended and the effects take place.</summary>
    Commit,

    /// <summary>The run is replaced by a new generation.</summary>
    ContinueAsNew,

    /// <summary>The run is parked until another worker comes; the inbox stays.</summary>
    Stall,

    /// <summary>The response does not fit this history; nothing of it counts and the turn is sent again.</summary>
    Reject,
}

/// <summary>The effects of one response, computed without I/O by <see cref="TurnApplier"/>.</summary>
internal sealed record TurnOutcome(TurnVerdict Verdict)
{
    /// <summary>Events to append to the history; for a continuation the first events of the new generation.</summary>
    public IReadOnlyList<HistoryEvent> Events { get; init; } = [];

    /// <summary>TaskScheduled events whose activities are to run.</summary>
    public IReadOnlyList<HistoryEvent> Activities { get; init; } = [];

    /// <summary>TimerCreated events to arm.</summary>
    public IReadOnlyList<HistoryEvent> Timers { get; init; } = [];

    /// <summary>Event timers that an event has made pointless.</summary>
    public IReadOnlyList<int> CancelledTimers { get; init; } = [];

    /// <summary>Start events of children to create.</summary>
    public IReadOnlyList<HistoryEvent> Children { get; init; } = [];

    /// <summary>The message about the completion for the parent, if there is one.</summary>
    public HistoryEvent? ToParent { get; init; }

    /// <summary>A recursive termination for the children of this run.</summary>
    public HistoryEvent? ToChildren { get; init; }

    /// <summary>The custom status of this turn; null clears it.</summary>
    public string? CustomStatus { get; init; }

    /// <summary>The identity of the next generation.</summary>
    public string? NextExecutionId { get; init; }

    /// <summary>What to tell the developer: why the response was refused or the workflow failed.</summary>
    public string? Problem { get; init; }

    /// <summary>The run is parked. Every new worker makes it try again; the same verdict is noted once.</summary>
    public static TurnOutcome Stalled(RunState state, StalledReason reason, string description, DateTimeOffset now)
    {
        var e = Workflows.Events.New(now);
        e.ExecutionStalled = new ExecutionStalledEvent { Reason = reason, Description = description };
        // The size of a turn differs by a byte with the time of day: told again, it would be another event at every try.
        var isKnown = reason == StalledReason.PayloadSizeExceeded ? state.Stalled?.Reason == reason : e.ExecutionStalled.Equals(state.Stalled);
        return new TurnOutcome(TurnVerdict.Stall) { Events = isKnown ? [] : [e], Problem = description };
    }
}
