using System.Globalization;
using Dapr.TaskHub.Protos;
using Action = Dapr.TaskHub.Protos.WorkflowAction.WorkflowActionTypeOneofCase;

namespace DaprLocal.Workflows;

/// <summary>
/// Turns a worker's response into events and effects. Pure: the same run, events, response, time and execution ids give the
/// same outcome. Refuses loudly what daprd would wedge on (unsupported actions, ids used twice).
/// </summary>
internal sealed class TurnApplier(RunState state, IReadOnlyList<HistoryEvent> newEvents, WorkflowResponse response, string appId, PayloadLimit payload, DateTimeOffset now, Func<string> newExecutionId, bool isLastTry = false)
{
    private readonly List<HistoryEvent> _events = [.. newEvents];
    private readonly List<HistoryEvent> _activities = [];
    private readonly List<HistoryEvent> _timers = [];
    private readonly List<HistoryEvent> _children = [];
    private readonly HashSet<Resolution> _created = [];
    private readonly HistoryEvent _started = state.Started ?? newEvents.First(e => e.ExecutionStarted is not null);
    private HistoryEvent? _completed;
    private string? _problem;

    /// <summary>Computes the outcome.</summary>
    public TurnOutcome Apply()
    {
        if (Stall() is { } stall) return stall;
        StampVersion();
        var terminated = newEvents.LastOrDefault(e => e.ExecutionTerminated is not null)?.ExecutionTerminated;
        foreach (var action in response.Actions)
        {
            switch (action.WorkflowActionTypeCase)
            {
                case Action.CompleteWorkflow when action.CompleteWorkflow.WorkflowStatus == OrchestrationStatus.ContinuedAsNew:
                    // A run that is being terminated does not get another generation.
                    if (terminated is null && _completed is null) return Continue(action.CompleteWorkflow);
                    break;
                case Action.CompleteWorkflow:
                    Complete(action.Id, action.CompleteWorkflow);
                    break;
                case Action.ScheduleTask or Action.CreateChildWorkflow when action.Router is { HasTargetAppID: true, TargetAppID: var other } && other != appId:
                    return Refuse(action, "UnknownTargetApp", $"the app '{other}' cannot be reached: this sidecar serves '{appId}' only");
                case Action.ScheduleTask or Action.CreateTimer or Action.CreateChildWorkflow:
                    var created = Create(action);
                    var work = Resolution.CreatedBy(created)!.Value;
                    if (state.IsCreated(work)) return Repeats(action, $"{work.Kind} {work.Id} is in the history already");
                    if (!_created.Add(work)) return Refuse(action, "DuplicateActionId", $"the response creates {work.Kind} {work.Id} twice");
                    _events.Add(created);
                    Dispatch(created);
                    break;
                case Action.SendEvent:
                    return Refuse(action, "SendEventUnsupportedOnDapr", "a workflow cannot send an event on Dapr; raise it from an activity");
                default:
                    return Refuse(action, "UnsupportedAction", $"the action {action.WorkflowActionTypeCase} is not served by Dapr 1.18");
            }
        }

        if (terminated is not null && _completed is null) Force(terminated);
        return Finish(terminated);
    }

    private TurnOutcome Finish(ExecutionTerminatedEvent? terminated)
    {
        var ended = _completed is not null;
        var isTerminated = _completed?.ExecutionCompleted.WorkflowStatus == OrchestrationStatus.Terminated;
        return new TurnOutcome(TurnVerdict.Commit)
        {
            Events = _events,
            Activities = _activities,
            Timers = ended ? [] : _timers,
            CancelledTimers = CancelledTimers(),
            Children = _children,
            ToParent = ended ? MessageToParent(_completed!.ExecutionCompleted) : null,
            ToChildren = isTerminated && terminated is { Recurse: true } ? Events.Terminated(now, terminated.Input, recurse: true) : null,
            CustomStatus = response.CustomStatus,
            Problem = _problem,
        };
    }

    private TurnOutcome? Stall()
    {
        var reported = response.Version?.Patches ?? [];
        var matches = reported.Count >= state.Patches.Count && reported.Take(state.Patches.Count).SequenceEqual(state.Patches);
        if (!matches)
        {
            return Stall(StalledReason.PatchMismatch, $"Patch mismatch. History patches: [{string.Join(' ', state.Patches)}], current patches: [{string.Join(' ', reported)}]. ");
        }

        if (payload.Problem(response) is { } problem) return Stall(StalledReason.PayloadSizeExceeded, problem);

        // The .NET SDK says it with a completion, the Go SDK with an action of its own.
        return response.Actions.Any(action => action.WorkflowActionTypeCase == Action.WorkflowVersionNotAvailable
            || action.CompleteWorkflow?.WorkflowStatus == OrchestrationStatus.Stalled)
            ? Stall(StalledReason.VersionNotAvailable, $"Version not available: {response.Version?.Name}")
            : null;
    }

    private TurnOutcome Stall(StalledReason reason, string description) => TurnOutcome.Stalled(state, reason, description, now);

    private void StampVersion()
    {
        if (response.Version is null) return;
        var head = _events[0].Clone();
        head.WorkflowStarted.Version = new WorkflowVersion { Patches = { response.Version.Patches.Skip(state.Patches.Count) } };
        if (response.Version.HasName) head.WorkflowStarted.Version.Name = response.Version.Name;
        _events[0] = head;
    }

    private void Complete(int id, CompleteWorkflowAction action)
    {
        if (_completed is not null) return;
        if (!action.WorkflowStatus.IsTerminal())
        {
            _problem = $"a workflow cannot complete with the status {action.WorkflowStatus}";
            Complete(id, OrchestrationStatus.Failed, null, Events.Failure("UnsupportedAction", _problem, nonRetriable: true));
            return;
        }

        Complete(id, action.WorkflowStatus, action.Result, action.FailureDetails);
    }

    private void Complete(int id, OrchestrationStatus status, string? result, TaskFailureDetails? failure)
    {
        _completed = Events.Completed(id, now, appId, status, result, failure);
        _events.Add(_completed);
    }

    private HistoryEvent Create(WorkflowAction action)
    {
        var e = Events.Created(action.Id, now);
        e.Router = new TaskRouter { SourceAppID = appId };
        if (action.Router is { HasTargetAppID: true } router) e.Router.TargetAppID = router.TargetAppID;
        switch (action.WorkflowActionTypeCase)
        {
            case Action.ScheduleTask:
                var task = action.ScheduleTask;
                e.TaskScheduled = new TaskScheduledEvent
                {
                    Name = task.Name,
                    Version = task.Version,
                    Input = task.Input,
                    TaskExecutionId = task.TaskExecutionId,
                    ParentTraceContext = _started.ExecutionStarted.ParentTraceContext,
                };
                break;
            case Action.CreateTimer:
                e.TimerCreated = Timer(action.CreateTimer);
                break;
            default:
                var child = action.CreateChildWorkflow;
                e.ChildWorkflowInstanceCreated = new ChildWorkflowInstanceCreatedEvent
                {
                    InstanceId = child.InstanceId.Length > 0 ? child.InstanceId : string.Create(CultureInfo.InvariantCulture, $"{state.InstanceId}:{action.Id:x4}"),
                    Name = child.Name,
                    Version = child.Version,
                    Input = child.Input,
                    ParentTraceContext = _started.ExecutionStarted.ParentTraceContext,
                };
                break;
        }

        return e;
    }

    private static TimerCreatedEvent Timer(CreateTimerAction action)
    {
        var timer = new TimerCreatedEvent { FireAt = action.FireAt };
        if (action.HasName) timer.Name = action.Name;
        switch (action.OriginCase)
        {
            case CreateTimerAction.OriginOneofCase.CreateTimer: timer.CreateTimer = action.CreateTimer; break;
            case CreateTimerAction.OriginOneofCase.ExternalEvent: timer.ExternalEvent = action.ExternalEvent; break;
            case CreateTimerAction.OriginOneofCase.ActivityRetry: timer.ActivityRetry = action.ActivityRetry; break;
            case CreateTimerAction.OriginOneofCase.ChildWorkflowRetry: timer.ChildWorkflowRetry = action.ChildWorkflowRetry; break;
        }

        return timer;
    }

    private void Dispatch(HistoryEvent created)
    {
        if (created.TaskScheduled is not null) _activities.Add(created);
        else if (created.TimerCreated is not null) _timers.Add(created);
        else _children.Add(StartOfChild(created, _started.ExecutionStarted, new RunIdentity(state.InstanceId, state.ExecutionId), appId, now, newExecutionId()));
    }

    private static HistoryEvent StartOfChild(HistoryEvent created, ExecutionStartedEvent parent, RunIdentity run, string appId, DateTimeOffset now, string executionId)
    {
        var child = created.ChildWorkflowInstanceCreated;
        return Events.ExecutionStarted(now, appId, new ExecutionStartedEvent
        {
            Name = child.Name,
            Input = child.Input,
            WorkflowInstance = new WorkflowInstance { InstanceId = child.InstanceId, ExecutionId = executionId },
            ParentInstance = new ParentInstanceInfo
            {
                TaskScheduledId = created.EventId,
                Name = parent.Name,
                AppID = appId,
                WorkflowInstance = new WorkflowInstance { InstanceId = run.InstanceId, ExecutionId = run.ExecutionId },
            },
            ParentTraceContext = parent.ParentTraceContext,
            WorkflowSpanID = parent.WorkflowSpanID,
        });
    }

    private void Force(ExecutionTerminatedEvent terminated)
    {
        // What the response created stays in the history, as with daprd, but never runs.
        _activities.Clear();
        _timers.Clear();
        _children.Clear();
        Complete(-1, OrchestrationStatus.Terminated, terminated.Input, null);
    }

    private List<int> CancelledTimers()
    {
        var open = state.OpenEventTimers.ToList();
        return [.. newEvents.Where(e => e.EventRaised is not null).Select(e => RunState.PairWithTimer(open, e.EventRaised.Name)).OfType<int>()];
    }

    private HistoryEvent? MessageToParent(ExecutionCompletedEvent completed)
    {
        if (_started.ExecutionStarted.ParentInstance is not { } parent) return null;
        HistoryEvent message;
        if (completed.WorkflowStatus == OrchestrationStatus.Completed)
        {
            message = Events.New(now);
            message.ChildWorkflowInstanceCompleted = new ChildWorkflowInstanceCompletedEvent { TaskScheduledId = parent.TaskScheduledId, Result = completed.Result };
        }
        else
        {
            message = Events.ChildFailed(now, parent.TaskScheduledId, completed.FailureDetails);
        }

        message.Router = new TaskRouter { SourceAppID = appId, TargetAppID = appId };
        return message;
    }

    private TurnOutcome Continue(CompleteWorkflowAction action)
    {
        var next = newExecutionId();
        var head = Events.WorkflowStarted(now);
        head.Router = new TaskRouter { SourceAppID = appId };
        var started = Events.ExecutionStarted(now, appId, new ExecutionStartedEvent
        {
            Name = _started.ExecutionStarted.Name,
            Input = action.Result,
            WorkflowInstance = new WorkflowInstance { InstanceId = state.InstanceId, ExecutionId = next },
            ParentInstance = _started.ExecutionStarted.ParentInstance,
        });
        return new TurnOutcome(TurnVerdict.ContinueAsNew)
        {
            Events = [head, started, .. action.CarryoverEvents.Where(e => e.EventRaised is not null)],
            CustomStatus = response.CustomStatus,
            NextExecutionId = next,
        };
    }

    private TurnOutcome Repeats(WorkflowAction action, string problem) =>
        isLastTry ? Refuse(action, "DuplicateActionId", problem) : new TurnOutcome(TurnVerdict.Reject) { Problem = problem };

    private TurnOutcome Refuse(WorkflowAction action, string errorType, string message)
    {
        _events.RemoveRange(newEvents.Count, _events.Count - newEvents.Count);
        _activities.Clear();
        _timers.Clear();
        _children.Clear();
        _problem = message;
        Complete(action.Id, OrchestrationStatus.Failed, null, Events.Failure(errorType, message, nonRetriable: true));
        return Finish(terminated: null);
    }
}

/// <summary>Which run of which instance.</summary>
internal readonly record struct RunIdentity(string InstanceId, string ExecutionId);
