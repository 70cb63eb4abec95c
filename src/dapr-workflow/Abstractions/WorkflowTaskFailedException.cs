namespace Dapr.Workflow;

/// <summary>Thrown at the await of an activity or a child workflow that failed, after the last retry.</summary>
/// <param name="message">What failed.</param>
/// <param name="failureDetails">The failure as it was recorded.</param>
public class WorkflowTaskFailedException(string message, WorkflowTaskFailureDetails failureDetails) : Exception(message)
{
    /// <summary>The failure as it was recorded.</summary>
    public WorkflowTaskFailureDetails FailureDetails { get; } = failureDetails;
}
