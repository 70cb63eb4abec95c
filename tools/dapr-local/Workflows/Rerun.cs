using System.Globalization;
using Dapr.TaskHub.Protos;
using DaprLocal.Storage;

namespace DaprLocal.Workflows;

/// <summary>
/// Runs a finished workflow again from one of its activities, timers or children: a new instance begins with the history
/// before that event, and what had no result by then runs again. Unlike daprd it keeps the order and does not repeat fired timers.
/// </summary>
internal sealed class Rerun
{
    private readonly EngineContext _context;
    private readonly RerunWorkflowFromEventRequest _request;
    private readonly DateTimeOffset _now;

    /// <summary>Prepares it; the new id is generated if the request has none.</summary>
    public Rerun(EngineContext context, RerunWorkflowFromEventRequest request)
    {
        _context = context;
        _request = request;
        _now = context.Time.GetUtcNow();
        NewInstanceId = request.HasNewInstanceID ? request.NewInstanceID : context.NewExecutionId();
    }

    /// <summary>The id of the instance to create.</summary>
    public string NewInstanceId { get; }

    /// <summary>Runs on the writer.</summary>
    /// <exception cref="WorkflowFault">The source or the event does not allow it, or the new id is taken.</exception>
    public CommitEffects Execute(SqliteWriter writer)
    {
        var history = Source(writer);
        var run = new RunIdentity(NewInstanceId, _context.NewExecutionId());
        var (events, again) = Fork(history);
        var record = Records.Of(RunState.From(run.InstanceId, run.ExecutionId, events), null);
        Writes.InsertRow(writer, record);
        Writes.Update(writer, record);
        Writes.Append(writer, run.ExecutionId, 0, events);
        var effects = new CommitEffects();
        var parent = events.First(e => e.ExecutionStarted is not null).ExecutionStarted;
        foreach (var created in again) Dispatch(writer, run, parent, created, effects);
        return effects;
    }

    private List<HistoryEvent> Source(SqliteWriter writer)
    {
        var id = _request.SourceInstanceID;
        if (id == NewInstanceId) throw new WorkflowFault(WorkflowFaultKind.InvalidArgument, "rerun workflow instance ID must be different from the original instance ID");
        var source = Rows.Instance(writer, id) ?? throw new WorkflowFault(WorkflowFaultKind.NotFound, $"workflow instance does not exist with ID '{id}'");
        if (source.Status == OrchestrationStatus.Stalled) throw WorkflowFault.Stalled(id);
        if (!source.IsTerminal) throw new WorkflowFault(WorkflowFaultKind.InvalidArgument, $"'{id}' is not in a terminal state");
        if (source.Parent is not null) throw new WorkflowFault(WorkflowFaultKind.InvalidArgument, $"'{id}': cannot rerun from child-workflows");
        if (Rows.Head(writer, NewInstanceId) is not null) throw new WorkflowFault(WorkflowFaultKind.AlreadyExists, $"workflow '{NewInstanceId}' has already been created");
        return Rows.History(writer, source.ExecutionId);
    }

    private (List<HistoryEvent> Events, List<HistoryEvent> Again) Fork(List<HistoryEvent> history)
    {
        var index = history.FindIndex(e => e.EventId == _request.EventID);
        if (index < 0) throw new WorkflowFault(WorkflowFaultKind.NotFound, $"does not have history event with ID '{_request.EventID}'");
        var target = history[index].Clone();
        Overwrite(target);
        List<HistoryEvent> events = [.. history.Take(index), target];
        var resolved = events.Select(Resolution.ResolvedBy).OfType<Resolution>().ToHashSet();
        var again = new List<HistoryEvent>();
        for (var i = 0; i < events.Count; i++)
        {
            if (Resolution.CreatedBy(events[i]) is not { } work || resolved.Contains(work)) continue;
            var repeated = Mark(events[i].Clone(), isTarget: i == index);
            events[i] = repeated;
            again.Add(repeated);
        }

        return (events, again);
    }

    private void Overwrite(HistoryEvent target)
    {
        switch (target.EventTypeCase)
        {
            case HistoryEvent.EventTypeOneofCase.TaskScheduled:
                if (_request.OverwriteInput) target.TaskScheduled.Input = _request.Input;
                break;
            case HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceCreated:
                if (_request.OverwriteInput) target.ChildWorkflowInstanceCreated.Input = _request.Input;
                break;
            case HistoryEvent.EventTypeOneofCase.TimerCreated:
                if (_request.OverwriteInput) throw new WorkflowFault(WorkflowFaultKind.InvalidArgument, $"cannot write input to timer event '{_request.EventID}'");
                break;
            default:
                throw new WorkflowFault(WorkflowFaultKind.NotFound, $"target event '*protos.HistoryEvent_{target.EventTypeCase}' with ID '{_request.EventID}' is not an event that can be rerun");
        }
    }

    private HistoryEvent Mark(HistoryEvent created, bool isTarget)
    {
        var info = new RerunParentInstanceInfo { InstanceID = _request.SourceInstanceID };
        switch (created.EventTypeCase)
        {
            case HistoryEvent.EventTypeOneofCase.TaskScheduled: created.TaskScheduled.RerunParentInstanceInfo = info; break;
            case HistoryEvent.EventTypeOneofCase.TimerCreated: created.TimerCreated.RerunParentInstanceInfo = info; break;
            default:
                var child = created.ChildWorkflowInstanceCreated;
                child.RerunParentInstanceInfo = info;
                child.InstanceId = isTarget && _request.HasNewChildWorkflowInstanceID
                    ? _request.NewChildWorkflowInstanceID
                    : string.Create(CultureInfo.InvariantCulture, $"{NewInstanceId}:{created.EventId:x4}");
                break;
        }

        return created;
    }

    private void Dispatch(SqliteWriter writer, RunIdentity run, ExecutionStartedEvent parent, HistoryEvent created, CommitEffects effects)
    {
        switch (created.EventTypeCase)
        {
            case HistoryEvent.EventTypeOneofCase.TaskScheduled:
                var work = new ActivityWork(run, created);
                Writes.AddActivity(writer, work);
                effects.Activities.Add(work);
                break;
            case HistoryEvent.EventTypeOneofCase.TimerCreated:
                effects.NoteDue(Writes.Arm(writer, run, created));
                break;
            default:
                var id = created.ChildWorkflowInstanceCreated.InstanceId;
                if ((id == run.InstanceId ? WorkflowFault.Active(id).Message : InstanceCreation.MakeRoom(writer, id, effects)) is { } problem)
                {
                    _context.Writes.AddToInbox(writer, run, Events.ChildFailed(_now, created.EventId, Events.Failure("WorkflowInstanceAlreadyExists", problem)));
                    effects.Ready.Add(run.InstanceId);
                    break;
                }

                _context.Writes.Insert(writer, TurnApplier.StartOfChild(created, parent, run, _context.AppId, _now, _context.NewExecutionId()), startAt: null);
                effects.Ready.Add(id);
                break;
        }
    }
}
