using Dapr.Workflow.Abstractions;

namespace Dapr.Workflow;

/// <summary>What an activity may know about its call.</summary>
public abstract class WorkflowActivityContext
{
    /// <summary>The name under which the activity was called.</summary>
    public abstract TaskIdentifier Identifier { get; }

    /// <summary>
    /// The idempotency key of this call: the same for every redelivery and every attempt of one retry chain,
    /// different for every other call and every other execution of the workflow.
    /// </summary>
    public abstract string TaskExecutionKey { get; }

    /// <summary>The id of the calling workflow instance.</summary>
    public abstract string InstanceId { get; }
}
