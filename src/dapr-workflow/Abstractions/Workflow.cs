namespace Dapr.Workflow;

/// <summary>Base class of workflows: durable, deterministic code that survives restarts because it is replayed from its history.</summary>
/// <remarks>
/// The code may await only tasks that come from its <see cref="WorkflowContext"/>, and must take time and random ids from it.
/// Everything with a side effect belongs in an activity.
/// </remarks>
/// <typeparam name="TInput">The type of the input.</typeparam>
/// <typeparam name="TOutput">The type of the result.</typeparam>
public abstract class Workflow<TInput, TOutput> : IWorkflow
{
    Type IWorkflow.InputType => typeof(TInput);

    Type IWorkflow.OutputType => typeof(TOutput);

    async Task<object?> IWorkflow.RunAsync(WorkflowContext context, object? input) => await RunAsync(context, (TInput)input!);

    /// <summary>The logic of the workflow.</summary>
    /// <param name="context">The only source of durable tasks, time and ids.</param>
    /// <param name="input">The input given when the workflow was scheduled.</param>
    /// <returns>The result; an exception makes the workflow FAILED.</returns>
    public abstract Task<TOutput> RunAsync(WorkflowContext context, TInput input);
}
