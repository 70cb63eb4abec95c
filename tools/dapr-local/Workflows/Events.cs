using Dapr.TaskHub.Protos;
using Google.Protobuf.WellKnownTypes;

namespace DaprLocal.Workflows;

/// <summary>Makes history events the way daprd fills them: event id -1 unless an action created it, and a router on some kinds.</summary>
internal static class Events
{
    /// <summary>An event that no action created.</summary>
    public static HistoryEvent New(DateTimeOffset now) => Created(-1, now);

    /// <summary>An event created by the action <paramref name="id"/>.</summary>
    public static HistoryEvent Created(int id, DateTimeOffset now) => new() { EventId = id, Timestamp = Timestamp.FromDateTimeOffset(now) };

    /// <summary>The head of a turn.</summary>
    public static HistoryEvent WorkflowStarted(DateTimeOffset now)
    {
        var e = New(now);
        e.WorkflowStarted = new WorkflowStartedEvent();
        return e;
    }

    /// <summary>The start of a run.</summary>
    public static HistoryEvent ExecutionStarted(DateTimeOffset now, string appId, ExecutionStartedEvent started)
    {
        var e = New(now);
        e.ExecutionStarted = started;
        e.Router = new TaskRouter { SourceAppID = appId };
        return e;
    }

    /// <summary>An external event.</summary>
    public static HistoryEvent Raised(DateTimeOffset now, string name, string? input)
    {
        var e = New(now);
        e.EventRaised = new EventRaisedEvent { Name = name, Input = input };
        return e;
    }

    /// <summary>The request to terminate.</summary>
    public static HistoryEvent Terminated(DateTimeOffset now, string? output, bool recurse)
    {
        var e = New(now);
        e.ExecutionTerminated = new ExecutionTerminatedEvent { Input = output, Recurse = recurse };
        return e;
    }

    /// <summary>The completion of a run.</summary>
    public static HistoryEvent Completed(int id, DateTimeOffset now, string appId, OrchestrationStatus status, string? result, TaskFailureDetails? failure)
    {
        var e = Created(id, now);
        e.ExecutionCompleted = new ExecutionCompletedEvent { WorkflowStatus = status, Result = result, FailureDetails = failure };
        e.Router = new TaskRouter { SourceAppID = appId };
        return e;
    }

    /// <summary>The failure of a task as its workflow sees it.</summary>
    public static HistoryEvent TaskFailed(DateTimeOffset now, int taskId, string? taskExecutionId, TaskFailureDetails failure, TaskRouter? router)
    {
        var e = New(now);
        e.TaskFailed = new TaskFailedEvent { TaskScheduledId = taskId, TaskExecutionId = taskExecutionId ?? "", FailureDetails = failure };
        e.Router = router;
        return e;
    }

    /// <summary>The failure of a child as its parent sees it; no details when the child was terminated.</summary>
    public static HistoryEvent ChildFailed(DateTimeOffset now, int taskId, TaskFailureDetails? failure)
    {
        var e = New(now);
        e.ChildWorkflowInstanceFailed = new ChildWorkflowInstanceFailedEvent { TaskScheduledId = taskId, FailureDetails = failure };
        return e;
    }

    /// <summary>Failure details of the sidecar's own making.</summary>
    public static TaskFailureDetails Failure(string type, string message, bool nonRetriable = false) =>
        new() { ErrorType = type, ErrorMessage = message, IsNonRetriable = nonRetriable };
}
