namespace Dapr.Workflow;

/// <summary>Options of one call of a child workflow.</summary>
/// <param name="InstanceId">The id of the child; null means a generated, deterministic one (another for every attempt).</param>
/// <param name="RetryPolicy">How failures are retried; null means not at all.</param>
/// <param name="TargetAppId">The app that runs the child; null means the workflow's own.</param>
/// <param name="PropagationScope">How much history is passed on.</param>
public record ChildWorkflowTaskOptions(
    string? InstanceId = null,
    WorkflowRetryPolicy? RetryPolicy = null,
    string? TargetAppId = null,
    HistoryPropagationScope PropagationScope = HistoryPropagationScope.None)
    : WorkflowTaskOptions(RetryPolicy, TargetAppId, PropagationScope)
{
    /// <summary>The same options with another scope.</summary>
    /// <param name="scope">How much history is passed on.</param>
    public new ChildWorkflowTaskOptions WithHistoryPropagation(HistoryPropagationScope scope) => this with { PropagationScope = scope };
}
