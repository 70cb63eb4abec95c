namespace Dapr.Workflow.Client;

/// <summary>A page of instance ids.</summary>
/// <param name="InstanceIds">The ids.</param>
/// <param name="ContinuationToken">Asks for the next page; null when this is the last one.</param>
public sealed record WorkflowInstancePage(IReadOnlyList<string> InstanceIds, string? ContinuationToken);
