using System.Diagnostics;
using Dapr.Common.Serialization;
using Dapr.TaskHub.Protos;
using Google.Protobuf.Collections;
using Microsoft.Extensions.Logging;

namespace Dapr.Workflow.Worker.Replay;

/// <summary>Finds and creates the workflow that a start event names.</summary>
/// <param name="name">The name in the start event.</param>
/// <param name="failure">Why there is no workflow.</param>
internal delegate IWorkflow? WorkflowActivator(string name, out TaskFailureDetails? failure);

/// <summary>
/// One turn of one instance: a pure function of the recorded and the new events. It runs the workflow code from its start,
/// feeds it the events in their order, and returns the actions that the history does not have yet.
/// </summary>
internal sealed class ReplayTurn
{
    private readonly WorkflowRequest _request;
    private readonly WorkflowActivator _activate;
    private readonly IDaprSerializer _serializer;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _log;
    private readonly TurnState _state = new();
    private readonly OperationTable _operations;
    private readonly EventInbox _inbox;
    private readonly PatchLog _patches;
    private readonly List<HistoryEvent> _held = [];

    private ReplayContext? _context;
    private Task<object?>? _root;
    private bool _suspended;
    private volatile bool _leftThread;
    private string? _foreignAwait;
    private ExecutionTerminatedEvent? _terminated;
    private TaskFailureDetails? _fatal;

    private ReplayTurn(WorkflowRequest request, WorkflowActivator activate, IDaprSerializer serializer, ILoggerFactory loggers)
    {
        (_request, _activate, _serializer, _loggers) = (request, activate, serializer, loggers);
        _log = loggers.CreateLogger<ReplayTurn>();
        _operations = new OperationTable(_state, serializer);
        _inbox = new EventInbox(_state, serializer);
        _patches = new PatchLog(request, _state);
    }

    /// <summary>Computes the answer to a work item, entirely on the calling thread.</summary>
    public static WorkflowResponse Run(WorkflowRequest request, WorkflowActivator activate, IDaprSerializer serializer, ILoggerFactory loggers)
    {
        // With a synchronization context or an ambient Activity of the caller, continuations or spans would escape the turn.
        var context = SynchronizationContext.Current;
        var ambient = Activity.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        Activity.Current = null;
        try
        {
            return new ReplayTurn(request, activate, serializer, loggers).Run();
        }
        finally
        {
            Activity.Current = ambient;
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    private WorkflowResponse Run()
    {
        _operations.Scan(_request.PastEvents, _request.NewEvents);
        _state.Enter();
        Feed(_request.PastEvents, replaying: true);
        Feed(_request.NewEvents, replaying: false);
        _state.Leave();

        var response = new WorkflowResponse { InstanceId = _request.InstanceId, CustomStatus = _context?.CustomStatus };
        WriteActions(response.Actions);
        _patches.WriteTo(response);
        return response;
    }

    // With nothing durable open, no event can wake the code any more.
    private bool IsStuck => _root is { IsCompleted: false } && _state.OpenWaits == 0;

    private void Feed(RepeatedField<HistoryEvent> events, bool replaying)
    {
        _state.IsReplaying = replaying;
        foreach (var e in events)
        {
            if (_fatal is not null || _terminated is not null) return;
            switch (e.EventTypeCase)
            {
                case HistoryEvent.EventTypeOneofCase.ExecutionTerminated:
                    Terminate(e.ExecutionTerminated);
                    break;
                case HistoryEvent.EventTypeOneofCase.ExecutionSuspended:
                    _suspended = true;
                    break;
                case HistoryEvent.EventTypeOneofCase.ExecutionResumed:
                    Resume();
                    break;
                default:
                    if (_suspended) _held.Add(e);
                    else Apply(e);
                    break;
            }

            // Looked at here, because code that awaits something quick goes on elsewhere at any moment.
            if (_foreignAwait is null && IsStuck) _foreignAwait = ForeignAwait.Describe(_root!) ?? "";
        }
    }

    private void Resume()
    {
        _suspended = false;
        foreach (var held in _held)
        {
            Apply(held);
            if (_fatal is not null) break;
        }

        _held.Clear();
    }

    // A result or a failure that is there already wins, also one that a suspension holds back; a next generation does not.
    private void Terminate(ExecutionTerminatedEvent terminated)
    {
        _suspended = false;
        if (_root is not { IsCompleted: true } || (_root.IsCompletedSuccessfully && _context!.NextGeneration is not null)) _terminated = terminated;
    }

    private void Apply(HistoryEvent e)
    {
        switch (e.EventTypeCase)
        {
            case HistoryEvent.EventTypeOneofCase.WorkflowStarted:
                if (e.Timestamp is { } time) _state.Now = time.ToDateTime();
                break;
            case HistoryEvent.EventTypeOneofCase.ExecutionStarted:
                Start(e);
                break;
            case HistoryEvent.EventTypeOneofCase.TaskScheduled:
                Confirm(OperationKind.Activity, e.EventId, e.TaskScheduled.Name);
                break;
            case HistoryEvent.EventTypeOneofCase.TimerCreated:
                Confirm(OperationKind.Timer, e.EventId, null);
                break;
            case HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceCreated:
                Confirm(OperationKind.Child, e.EventId, e.ChildWorkflowInstanceCreated.Name);
                break;
            case HistoryEvent.EventTypeOneofCase.EventSent:
            case HistoryEvent.EventTypeOneofCase.DetachedWorkflowInstanceCreated:
                Mismatch($"{e.EventTypeCase}", e.EventId);
                break;
            case HistoryEvent.EventTypeOneofCase.TaskCompleted:
                _operations.Resolve(OperationKind.Activity, e.TaskCompleted.TaskScheduledId, e);
                break;
            case HistoryEvent.EventTypeOneofCase.TaskFailed:
                _operations.Resolve(OperationKind.Activity, e.TaskFailed.TaskScheduledId, e);
                break;
            case HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceCompleted:
                _operations.Resolve(OperationKind.Child, e.ChildWorkflowInstanceCompleted.TaskScheduledId, e);
                break;
            case HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceFailed:
                _operations.Resolve(OperationKind.Child, e.ChildWorkflowInstanceFailed.TaskScheduledId, e);
                break;
            case HistoryEvent.EventTypeOneofCase.TimerFired:
                _operations.Resolve(OperationKind.Timer, e.TimerFired.TimerId, e);
                break;
            case HistoryEvent.EventTypeOneofCase.EventRaised:
                _inbox.Raise(e);
                break;
            case HistoryEvent.EventTypeOneofCase.None:
                // A kind of a newer sidecar.
                _log.UnknownEvent(_request.InstanceId, e.EventId);
                break;
            default:
                break;
        }
    }

    private void Start(HistoryEvent started)
    {
        if (_root is not null) return;
        var workflow = _activate(started.ExecutionStarted.Name, out var failure);
        if (workflow is null)
        {
            _fatal = failure;
            return;
        }

        _context = new ReplayContext(_request.InstanceId, started, _state, _operations, _inbox, _patches, _serializer, _loggers);
        using (WorkflowTrace.EnterWorkflow(started.ExecutionStarted)) _root = DriveAsync(workflow, _context, started.ExecutionStarted.Input);
    }

    private async Task<object?> DriveAsync(IWorkflow workflow, ReplayContext context, string? input)
    {
        try
        {
            return await workflow.RunAsync(context, _serializer.Deserialize(input ?? "", workflow.InputType));
        }
        finally
        {
            if (!_state.IsTurnThread) _leftThread = true;
        }
    }

    private void Confirm(OperationKind kind, int id, string? name)
    {
        if (!_operations.TryConfirm(kind, id, name)) Mismatch(name is null ? OperationTable.Word(kind) : $"{OperationTable.Word(kind)} '{name}'", id);
    }

    private void Mismatch(string recorded, int id)
    {
        _log.NonDeterministic(_request.InstanceId, id);
        _fatal = Failures.Create(
            "NonDeterministicWorkflowException",
            $"The history records {recorded} with sequence number {id}, but the current code has {_operations.Describe(id)} there. Running instances need the code that made their history; use IsPatched for changes.");
    }

    private void WriteActions(RepeatedField<WorkflowAction> actions)
    {
        var id = _operations.NextId;

        // Read before _leftThread, which code on another thread sets before it completes the task.
        var isCompleted = _root is { IsCompleted: true };
        if (_fatal is not null)
        {
            actions.Add(ActionFactory.Fail(id, _fatal));
        }
        else if (_terminated is not null)
        {
            actions.Add(ActionFactory.Complete(id, OrchestrationStatus.Terminated, _terminated.Input));
        }
        else if (_suspended)
        {
            // Nothing: what the code asked for is asked for again in the turn that resumes it.
        }
        else if (_root is null)
        {
            _log.NoStart(_request.InstanceId);
        }
        else if (_leftThread || (!isCompleted && _state.OpenWaits == 0))
        {
            var what = string.IsNullOrEmpty(_foreignAwait) ? "" : $": {_foreignAwait}";
            _log.NonDurableAwait(_request.InstanceId, what);
            actions.Add(ActionFactory.Fail(id, Failures.Create(
                typeof(InvalidOperationException).FullName!,
                $"The workflow awaits something that is not durable{what}. It may await only tasks of its context; Task.Run, Task.Delay and I/O belong in an activity.")));
        }
        else if (!isCompleted)
        {
            _operations.WritePending(actions);
        }
        else
        {
            Complete(_root, id, actions);
        }
    }

    private void Complete(Task<object?> root, int id, RepeatedField<WorkflowAction> actions)
    {
        string result;
        try
        {
            var value = root.GetAwaiter().GetResult();
            if (_context!.NextGeneration is { } next)
            {
                // Alone: other actions beside it are lost.
                var action = ActionFactory.Complete(id, OrchestrationStatus.ContinuedAsNew, next.Input);
                if (next.KeepEvents) _inbox.WriteKept(action.CompleteWorkflow.CarryoverEvents);
                actions.Add(action);
                return;
            }

            result = _serializer.Payload(value);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            _log.WorkflowFailed(_request.InstanceId, e);
            _operations.WritePending(actions);
            actions.Add(ActionFactory.Fail(id, Failures.From(e, nonRetriable: true)));
            return;
        }

        // Work that nobody waits for is still done.
        _operations.WritePending(actions);
        actions.Add(ActionFactory.Complete(id, OrchestrationStatus.Completed, result));
    }
}
