using Dapr.Workflow.Abstractions;

namespace Dapr.Workflow;

/// <summary>Base class of activities: one side effect of a workflow.</summary>
/// <remarks>Runs at least once, so it must be idempotent on <see cref="WorkflowActivityContext.TaskExecutionKey"/>.</remarks>
/// <typeparam name="TInput">The type of the input.</typeparam>
/// <typeparam name="TOutput">The type of the result.</typeparam>
public abstract class WorkflowActivity<TInput, TOutput> : IWorkflowActivity
{
    Type IWorkflowActivity.InputType => typeof(TInput);

    Type IWorkflowActivity.OutputType => typeof(TOutput);

    /// <summary>Runs the activity with an untyped input.</summary>
    /// <param name="context">Identifies the attempt.</param>
    /// <param name="input">The input, of type <typeparamref name="TInput"/> or null.</param>
    /// <returns>The result.</returns>
    public async Task<object?> RunAsync(WorkflowActivityContext context, object? input) => await RunAsync(context, (TInput)input!);

    /// <summary>The logic of the activity.</summary>
    /// <param name="context">Identifies the attempt.</param>
    /// <param name="input">The input given by the workflow.</param>
    /// <returns>The result; an exception reaches the workflow as <see cref="WorkflowTaskFailedException"/>.</returns>
    public abstract Task<TOutput> RunAsync(WorkflowActivityContext context, TInput input);
}
