namespace Dapr.Workflow;

/// <summary>Options of one call of an activity.</summary>
/// <param name="RetryPolicy">How failures are retried; null means not at all.</param>
/// <param name="TargetAppId">The app that runs the activity; null means the workflow's own.</param>
/// <param name="PropagationScope">How much history is passed on.</param>
public record WorkflowTaskOptions(
    WorkflowRetryPolicy? RetryPolicy = null,
    string? TargetAppId = null,
    HistoryPropagationScope PropagationScope = HistoryPropagationScope.None)
{
    /// <summary>The same options with another scope.</summary>
    /// <param name="scope">How much history is passed on.</param>
    public WorkflowTaskOptions WithHistoryPropagation(HistoryPropagationScope scope) => this with { PropagationScope = scope };
}
