namespace Dapr.Workflow.Abstractions;

/// <summary>An activity as the worker sees it. Derive from <see cref="WorkflowActivity{TInput, TOutput}"/> instead of implementing this.</summary>
public interface IWorkflowActivity
{
    /// <summary>The type that the input is deserialized to.</summary>
    Type InputType { get; }

    /// <summary>The declared type of the result.</summary>
    Type OutputType { get; }

    /// <summary>Runs the activity once.</summary>
    /// <param name="context">Identifies the attempt.</param>
    /// <param name="input">The deserialized input, null when there is none.</param>
    /// <returns>The result, serialized by its runtime type.</returns>
    Task<object?> RunAsync(WorkflowActivityContext context, object? input);
}
