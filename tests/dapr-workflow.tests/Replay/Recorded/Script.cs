using Dapr.TaskHub.Protos;
using static Dapr.TaskHub.Protos.HistoryEvent;

namespace DaprWorkflow.Tests.Replay.Recorded;

/// <summary>
/// What the code of one recorded run does: in each turn it waits for what the turn brought, in that order, and then asks for what the
/// recorded answer holds. It is the same code in every turn, as that of a real workflow is.
/// </summary>
internal sealed class Script
{
    private Script(IReadOnlyList<ScriptedTurn> turns, RetryChains chains) => (Turns, Chains) = (turns, chains);

    public IReadOnlyList<ScriptedTurn> Turns { get; }

    public RetryChains Chains { get; }

    /// <summary>The script for one turn and one of its answers.</summary>
    public static Script Of(RecordedCase @case, RecordedTurn current)
    {
        var run = Run(@case, current);
        var chains = new RetryChains(run);
        var carried = run.SelectMany(turn => turn.Meant?.Actions ?? []).SelectMany(action => action.CompleteWorkflow?.CarryoverEvents ?? []).Select(e => e.EventRaised).ToHashSet();
        var turns = new List<ScriptedTurn>();
        var known = new HashSet<(EventTypeOneofCase, int)>();
        var patches = 0;
        var held = false;
        foreach (var turn in run)
        {
            var arrivals = turn.Request.NewEvents.Where(e => CanBeAwaited(e, known, chains)).ToList();

            // What goes over to the next generation was not waited for, unless nothing else can have woken the code.
            var consumed = arrivals.Where(e => e.EventRaised is null || !carried.Contains(e.EventRaised)).ToList();
            if (consumed.Count > 0 || IsFirst(turn) || turn.Meant is null or { Actions.Count: 0, CustomStatus: null }) arrivals = consumed;
            var wakes = IsFirst(turn) || arrivals.Count > 0 || (held && turn.Request.NewEvents.Any(e => e.ExecutionResumed is not null));
            held = arrivals.Count > 0 || (held && !wakes);
            foreach (var action in turn.Meant?.Actions ?? []) Note(action, known);
            if (!wakes || turn.Meant is null) continue;
            var reported = turn.Meant.Version?.Patches ?? [];
            turns.Add(new ScriptedTurn(arrivals, [.. reported.Skip(patches)], turn.Meant));
            patches = Math.Max(patches, reported.Count);
        }

        return new Script(turns, chains);
    }

    // The turns by their number, the current one with the given answer. A rerun begins with those of its source, which has the same execution.
    private static List<RecordedTurn> Run(RecordedCase @case, RecordedTurn current)
    {
        var execution = @case.Turns.Where(turn => turn.Execution == current.Execution && turn.Answer is not null).ToList();
        var own = execution.Where(turn => turn.InstanceId == current.InstanceId).ToList();
        var others = execution.Where(turn => turn.InstanceId != current.InstanceId && turn.Number < own.Append(current).Min(mine => mine.Number));
        return [.. others.Concat(own).Where(turn => turn.Number != current.Number).DistinctBy(turn => turn.Number).Append(current).OrderBy(turn => turn.Number)];
    }

    private static bool IsFirst(RecordedTurn turn) => turn.Request.NewEvents.Any(e => e.ExecutionStarted is not null);

    private static bool CanBeAwaited(HistoryEvent e, HashSet<(EventTypeOneofCase, int)> known, RetryChains chains) => e.EventTypeCase switch
    {
        EventTypeOneofCase.EventRaised => e.EventRaised.Name.Length > 0,
        EventTypeOneofCase.TaskCompleted or EventTypeOneofCase.TaskFailed or EventTypeOneofCase.ChildWorkflowInstanceCompleted or EventTypeOneofCase.ChildWorkflowInstanceFailed or EventTypeOneofCase.TimerFired =>
            known.Contains(Work(e)) && !chains.IsRetryTimer(e) && chains.EndedBy(Work(e).Id) is not null,
        _ => false,
    };

    private static void Note(WorkflowAction action, HashSet<(EventTypeOneofCase, int)> known)
    {
        if (action.ScheduleTask is not null) known.Add((EventTypeOneofCase.TaskScheduled, action.Id));
        if (action.CreateTimer is not null) known.Add((EventTypeOneofCase.TimerCreated, action.Id));
        if (action.CreateChildWorkflow is not null) known.Add((EventTypeOneofCase.ChildWorkflowInstanceCreated, action.Id));
    }

    /// <summary>The work that an event ends.</summary>
    public static (EventTypeOneofCase Kind, int Id) Work(HistoryEvent e) => e.EventTypeCase switch
    {
        EventTypeOneofCase.TaskCompleted => (EventTypeOneofCase.TaskScheduled, e.TaskCompleted.TaskScheduledId),
        EventTypeOneofCase.TaskFailed => (EventTypeOneofCase.TaskScheduled, e.TaskFailed.TaskScheduledId),
        EventTypeOneofCase.TimerFired => (EventTypeOneofCase.TimerCreated, e.TimerFired.TimerId),
        EventTypeOneofCase.ChildWorkflowInstanceCompleted => (EventTypeOneofCase.ChildWorkflowInstanceCreated, e.ChildWorkflowInstanceCompleted.TaskScheduledId),
        EventTypeOneofCase.ChildWorkflowInstanceFailed => (EventTypeOneofCase.ChildWorkflowInstanceCreated, e.ChildWorkflowInstanceFailed.TaskScheduledId),
        _ => default,
    };
}

/// <summary>One turn of a script.</summary>
/// <param name="Arrivals">The events that the code waits for first.</param>
/// <param name="Patches">The patches that it asks for then.</param>
/// <param name="Answer">What it does after that.</param>
internal sealed record ScriptedTurn(IReadOnlyList<HistoryEvent> Arrivals, IReadOnlyList<string> Patches, WorkflowResponse Answer);
