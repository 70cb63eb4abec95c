namespace Dapr.Workflow;

/// <summary>The status of a workflow instance.</summary>
public enum WorkflowRuntimeStatus
{
    /// <summary>The instance does not exist, or its status is not known to this version.</summary>
    Unknown = -1,

    /// <summary>Running, or waiting for something.</summary>
    Running = 0,

    /// <summary>Ended with a result.</summary>
    Completed = 1,

    /// <summary>Restarting with a new input; not seen by clients.</summary>
    ContinuedAsNew = 2,

    /// <summary>Ended with an unhandled exception.</summary>
    Failed = 3,

    /// <summary>Cancelled.</summary>
    Canceled = 4,

    /// <summary>Ended by a terminate request.</summary>
    Terminated = 5,

    /// <summary>Scheduled; its first turn is not done.</summary>
    Pending = 6,

    /// <summary>Paused until it is resumed.</summary>
    Suspended = 7,

    /// <summary>Parked by the sidecar, because of missing patches or too large a history, until a worker that fits connects.</summary>
    Stalled = 8,
}
