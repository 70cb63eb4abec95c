using Dapr.TaskHub.Protos;

namespace Dapr.Workflow.Worker.Replay;

/// <summary>Recorded failures as the exceptions that workflow code sees.</summary>
internal static class TaskFailures
{
    /// <summary>The exception for a failed activity.</summary>
    public static WorkflowTaskFailedException Activity(TaskFailureDetails? failure)
    {
        var details = failure is null ? new WorkflowTaskFailureDetails("Exception", "Unknown error") : ToDetails(failure);
        return new WorkflowTaskFailedException($"Task failed: {details.ErrorMessage}", details);
    }

    /// <summary>The exception for a failed child workflow; a terminated one leaves no details.</summary>
    public static WorkflowTaskFailedException Child(string name, TaskFailureDetails? failure) =>
        new($"Child workflow '{name}' failed", failure is null ? new WorkflowTaskFailureDetails("Exception", "Unknown message") : ToDetails(failure));

    /// <summary>The exception for an activity whose id was resolved by a result of an earlier generation.</summary>
    public static WorkflowTaskFailedException Stale(string name, int id)
    {
        var message = $"The result recorded for activity '{name}' (sequence number {id}) belongs to an earlier generation of this workflow.";
        return new WorkflowTaskFailedException($"Task failed: {message}", new WorkflowTaskFailureDetails("StaleTaskResult", message));
    }

    /// <summary>The public form of a recorded failure.</summary>
    public static WorkflowTaskFailureDetails ToDetails(TaskFailureDetails failure) =>
        new(failure.ErrorType, failure.ErrorMessage, failure.StackTrace) { IsNonRetriable = failure.IsNonRetriable };
}
