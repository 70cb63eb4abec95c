namespace Dapr.Workflow;

/// <summary>A workflow as the worker sees it. Derive from <see cref="Workflow{TInput, TOutput}"/> instead of implementing this.</summary>
public interface IWorkflow
{
    /// <summary>The type that the input is deserialized to.</summary>
    Type InputType { get; }

    /// <summary>The declared type of the result.</summary>
    Type OutputType { get; }

    /// <summary>Runs the workflow from its start; called anew for every turn, with the history replayed into <paramref name="context"/>.</summary>
    /// <param name="context">The only source of durable tasks, time and ids.</param>
    /// <param name="input">The deserialized input, null when there is none.</param>
    /// <returns>The result, serialized by its runtime type.</returns>
    Task<object?> RunAsync(WorkflowContext context, object? input);
}
