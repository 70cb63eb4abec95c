namespace Dapr.Workflow.Client;

#pragma warning disable CA1720 // The names are those of the official package.

/// <summary>The kinds of recorded events. Child workflows and turns have the names of Dapr before 1.18.</summary>
public enum WorkflowHistoryEventType
{
    /// <summary>A kind that this version does not know.</summary>
    Unknown = 0,

    /// <summary>The workflow was started.</summary>
    ExecutionStarted,

    /// <summary>The workflow ended.</summary>
    ExecutionCompleted,

    /// <summary>A terminate request came.</summary>
    ExecutionTerminated,

    /// <summary>An activity was called.</summary>
    TaskScheduled,

    /// <summary>An activity returned.</summary>
    TaskCompleted,

    /// <summary>An activity failed.</summary>
    TaskFailed,

    /// <summary>A child workflow was called.</summary>
    SubOrchestrationInstanceCreated,

    /// <summary>A child workflow returned.</summary>
    SubOrchestrationInstanceCompleted,

    /// <summary>A child workflow failed.</summary>
    SubOrchestrationInstanceFailed,

    /// <summary>A timer was created.</summary>
    TimerCreated,

    /// <summary>A timer fired.</summary>
    TimerFired,

    /// <summary>A turn began.</summary>
    OrchestratorStarted,

    /// <summary>A turn ended.</summary>
    OrchestratorCompleted,

    /// <summary>An event was sent to another instance.</summary>
    EventSent,

    /// <summary>An event came.</summary>
    EventRaised,

    /// <summary>Not used by Dapr.</summary>
    GenericEvent,

    /// <summary>Not used by Dapr.</summary>
    HistoryState,

    /// <summary>The workflow started again with a new input.</summary>
    ContinueAsNew,

    /// <summary>The workflow was paused.</summary>
    ExecutionSuspended,

    /// <summary>The workflow was resumed.</summary>
    ExecutionResumed,

    /// <summary>The sidecar parked the workflow.</summary>
    ExecutionStalled,
}
