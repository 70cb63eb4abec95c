using Dapr.TaskHub.Protos;

namespace DaprLocal.Workflows;

/// <summary>The number spaces in which an action id is resolved once: task 3 and timer 3 are different things.</summary>
internal enum ResolutionKind
{
    /// <summary>An activity: its completion and its failure share the key.</summary>
    Task,

    /// <summary>A durable timer.</summary>
    Timer,

    /// <summary>A child workflow: its completion and its failure share the key.</summary>
    Child,
}

/// <summary>What an event creates or resolves: kind and action id.</summary>
internal readonly record struct Resolution(ResolutionKind Kind, int Id)
{
    /// <summary>The work that <paramref name="e"/> creates, or null.</summary>
    public static Resolution? CreatedBy(HistoryEvent e) => e.EventTypeCase switch
    {
        HistoryEvent.EventTypeOneofCase.TaskScheduled => new(ResolutionKind.Task, e.EventId),
        HistoryEvent.EventTypeOneofCase.TimerCreated => new(ResolutionKind.Timer, e.EventId),
        HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceCreated => new(ResolutionKind.Child, e.EventId),
        _ => null,
    };

    /// <summary>The work that <paramref name="e"/> resolves, or null.</summary>
    public static Resolution? ResolvedBy(HistoryEvent e) => e.EventTypeCase switch
    {
        HistoryEvent.EventTypeOneofCase.TaskCompleted => new(ResolutionKind.Task, e.TaskCompleted.TaskScheduledId),
        HistoryEvent.EventTypeOneofCase.TaskFailed => new(ResolutionKind.Task, e.TaskFailed.TaskScheduledId),
        HistoryEvent.EventTypeOneofCase.TimerFired => new(ResolutionKind.Timer, e.TimerFired.TimerId),
        HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceCompleted => new(ResolutionKind.Child, e.ChildWorkflowInstanceCompleted.TaskScheduledId),
        HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceFailed => new(ResolutionKind.Child, e.ChildWorkflowInstanceFailed.TaskScheduledId),
        _ => null,
    };
}
