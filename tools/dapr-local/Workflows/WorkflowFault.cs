namespace DaprLocal.Workflows;

/// <summary>Why the engine refuses a request; the transports map it to their codes.</summary>
internal enum WorkflowFaultKind
{
    /// <summary>No instance has that id.</summary>
    NoSuchInstance,

    /// <summary>The id is in use.</summary>
    AlreadyExists,

    /// <summary>The instance has to be terminal for this.</summary>
    NotCompleted,

    /// <summary>The instance is parked until another worker connects.</summary>
    Stalled,

    /// <summary>The instance has stalled while a caller waited for it.</summary>
    StalledMeanwhile,
}

/// <summary>A refused request, with the text that daprd uses.</summary>
internal sealed class WorkflowFault(WorkflowFaultKind kind, string message) : Exception(message)
{
    /// <summary>What kind of refusal it is.</summary>
    public WorkflowFaultKind Kind => kind;

    internal static WorkflowFault NoSuchInstance() => new(WorkflowFaultKind.NoSuchInstance, "no such instance exists");

    internal static WorkflowFault Active(string id) => new(WorkflowFaultKind.AlreadyExists, $"an active workflow with ID '{id}' already exists");

    internal static WorkflowFault NotCompleted() => new(WorkflowFaultKind.NotCompleted, "orchestration has not yet completed");

    internal static WorkflowFault Stalled(string id) => new(WorkflowFaultKind.Stalled, $"failed to invoke method for workflow '{id}': actor is stalled");

    internal static WorkflowFault StalledMeanwhile(string id) => new(WorkflowFaultKind.StalledMeanwhile, $"failed to invoke reminder for workflow '{id}': actor is stalled");
}
