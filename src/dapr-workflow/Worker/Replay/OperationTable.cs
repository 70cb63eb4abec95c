using Dapr.Common.Serialization;
using Dapr.TaskHub.Protos;
using Google.Protobuf.Collections;

namespace Dapr.Workflow.Worker.Replay;

/// <summary>All operations of one run, indexed by the id they took from the one counter; matches them with the history.</summary>
internal sealed class OperationTable(TurnState state, IDaprSerializer serializer)
{
    private readonly List<Operation> _operations = [];
    private readonly Dictionary<(OperationKind Kind, int Id), HistoryEvent> _early = [];
    private HistoryEvent?[] _recorded = [];

    /// <summary>The id that the next operation, or the completion, takes.</summary>
    public int NextId => _operations.Count;

    /// <summary>Notes which ids the history records, so that replayed calls need not build and serialize an action.</summary>
    public void Scan(RepeatedField<HistoryEvent> past, RepeatedField<HistoryEvent> news)
    {
        _recorded = new HistoryEvent?[past.Count + news.Count];
        Mark(past);
        Mark(news);
    }

    /// <summary>Whether the history records the id.</summary>
    public bool IsRecorded(int id) => id < _recorded.Length && _recorded[id] is not null;

    /// <summary>Gives the operation its id. A resolution that came before the call is delivered at once, and then nothing is sent.</summary>
    public void Add(Operation operation)
    {
        var id = _operations.Count;
        _operations.Add(operation);

        // Known before the created-event is reached, so that a stale result in front of it is recognized in every replay.
        if (IsRecorded(id) && _recorded[id]!.TaskScheduled is { TaskExecutionId.Length: > 0 } scheduled) operation.ExecutionKey = scheduled.TaskExecutionId;
        if (operation.IsAwaited) state.OpenWaits++;
        if (_early.Count == 0 || !_early.Remove((operation.Kind, id), out var resolution) || IsStale(operation, resolution)) return;
        operation.Action = null;
        Deliver(operation, resolution);
    }

    /// <summary>Matches a created-event with the operation of the same id, kind and name. False: the code is not the code that made this history.</summary>
    public bool TryConfirm(OperationKind kind, int id, string? name)
    {
        if (Find(id) is not { } operation || operation.Kind != kind) return false;
        if (name is not null && !string.Equals(operation.Name, name, StringComparison.Ordinal)) return false;
        operation.IsConfirmed = true;
        operation.Action = null;
        return true;
    }

    /// <summary>Completes or fails the operation; the first resolution wins. Unknown ids are kept until the code asks for them.</summary>
    public void Resolve(OperationKind kind, int id, HistoryEvent resolution)
    {
        if (Find(id) is not { } operation || operation.Kind != kind)
        {
            _early.TryAdd((kind, id), resolution);
            return;
        }

        if (operation.IsResolved) return;
        if (IsStale(operation, resolution))
        {
            // Not recorded yet: the sidecar strips this event again, so it must have no effect.
            if (!operation.IsConfirmed) return;

            // Recorded: the sidecar will drop the true result as a duplicate. Failing the attempt keeps the workflow alive, a retry takes a new id.
            Close(operation);
            operation.Fail(TaskFailures.Stale(operation.Name, id));
            return;
        }

        Deliver(operation, resolution);
    }

    /// <summary>Ends the wait for an operation; whatever the history says of it later is ignored. False when it is over already.</summary>
    public bool Close(Operation operation)
    {
        if (operation.IsResolved) return false;
        operation.IsResolved = true;
        if (operation.IsAwaited) state.OpenWaits--;
        return true;
    }

    /// <summary>Adds the actions that the history does not record yet, by id.</summary>
    public void WritePending(RepeatedField<WorkflowAction> actions)
    {
        foreach (var operation in _operations)
        {
            if (operation is { Action: { } action, IsConfirmed: false }) actions.Add(action);
        }
    }

    /// <summary>What the code has at an id, for a message.</summary>
    public string Describe(int id) => Find(id) is { } operation ? $"{Word(operation.Kind)} '{operation.Name}'" : "nothing";

    /// <summary>The word for a kind, for a message.</summary>
    public static string Word(OperationKind kind) => kind switch
    {
        OperationKind.Activity => "activity",
        OperationKind.Timer => "timer",
        _ => "child workflow",
    };

    private Operation? Find(int id) => (uint)id < (uint)_operations.Count ? _operations[id] : null;

    private void Deliver(Operation operation, HistoryEvent resolution)
    {
        if (!Close(operation)) return;
        switch (resolution.EventTypeCase)
        {
            case HistoryEvent.EventTypeOneofCase.TaskCompleted:
                operation.Complete(resolution.TaskCompleted.Result, serializer);
                break;
            case HistoryEvent.EventTypeOneofCase.TaskFailed:
                operation.Fail(TaskFailures.Activity(resolution.TaskFailed.FailureDetails));
                break;
            case HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceCompleted:
                operation.Complete(resolution.ChildWorkflowInstanceCompleted.Result, serializer);
                break;
            case HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceFailed:
                operation.Fail(TaskFailures.Child(operation.Name, resolution.ChildWorkflowInstanceFailed.FailureDetails));
                break;
            default:
                operation.Complete(null, serializer);
                break;
        }
    }

    // An activity of an earlier generation (before continue-as-new or a recreation) reports under the same id but with another key.
    private static bool IsStale(Operation operation, HistoryEvent resolution)
    {
        if (string.IsNullOrEmpty(operation.ExecutionKey)) return false;
        var key = resolution.TaskCompleted?.TaskExecutionId ?? resolution.TaskFailed?.TaskExecutionId;
        return !string.IsNullOrEmpty(key) && !string.Equals(key, operation.ExecutionKey, StringComparison.Ordinal);
    }

    private void Mark(RepeatedField<HistoryEvent> events)
    {
        foreach (var e in events)
        {
            // Only created-events have an id; all others carry -1.
            if ((uint)e.EventId < (uint)_recorded.Length) _recorded[e.EventId] = e;
        }
    }
}
