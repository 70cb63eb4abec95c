using Microsoft.Extensions.Logging;

namespace Dapr.Workflow;

/// <summary>All that workflow code may use from outside: durable tasks, time, ids and status.</summary>
/// <remarks>Members must be called on the thread that runs the workflow code; from any other thread they throw <see cref="InvalidOperationException"/>.</remarks>
public abstract class WorkflowContext : IWorkflowContext
{
    /// <summary>The name of the workflow.</summary>
    public abstract string Name { get; }

    /// <summary>The id of the instance.</summary>
    public abstract string InstanceId { get; }

    /// <inheritdoc />
    public abstract DateTime CurrentUtcDateTime { get; }

    /// <inheritdoc />
    public abstract bool IsReplaying { get; }

    /// <inheritdoc />
    public abstract bool IsPatched(string patchName);

    /// <summary>Calls an activity without using its result.</summary>
    /// <param name="name">The name of the activity.</param>
    /// <param name="input">The input, or null.</param>
    /// <param name="options">Retries and target; null means the defaults.</param>
    /// <exception cref="WorkflowTaskFailedException">At the await: the activity failed.</exception>
    public virtual Task CallActivityAsync(string name, object? input = null, WorkflowTaskOptions? options = null) =>
        CallActivityAsync<object>(name, input, options);

    /// <summary>Calls an activity. It runs at least once.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="name">The name of the activity.</param>
    /// <param name="input">The input, or null.</param>
    /// <param name="options">Retries and target; null means the defaults.</param>
    /// <exception cref="WorkflowTaskFailedException">At the await: the activity failed.</exception>
    public abstract Task<T> CallActivityAsync<T>(string name, object? input = null, WorkflowTaskOptions? options = null);

    /// <summary>Creates a durable timer.</summary>
    /// <param name="delay">The delay from <see cref="CurrentUtcDateTime"/>; zero or less fires at once.</param>
    /// <param name="cancellationToken">Cancels the task; the durable timer itself still fires, unnoticed.</param>
    public virtual Task CreateTimer(TimeSpan delay, CancellationToken cancellationToken = default) =>
        CreateTimer(CurrentUtcDateTime.Add(delay), cancellationToken);

    /// <summary>Creates a durable timer.</summary>
    /// <param name="fireAt">When it fires, in UTC; a time in the past fires at once.</param>
    /// <param name="cancellationToken">Cancels the task; the durable timer itself still fires, unnoticed.</param>
    /// <exception cref="ArgumentException">The time is not UTC.</exception>
    public abstract Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken);

    /// <summary>Waits for an external event. Events that came earlier are kept; each satisfies one wait, in order of arrival.</summary>
    /// <typeparam name="T">The type of the payload.</typeparam>
    /// <param name="eventName">The name of the event, without regard to case.</param>
    /// <param name="cancellationToken">Ends the wait; must be cancelled by the workflow itself.</param>
    public abstract Task<T> WaitForExternalEventAsync<T>(string eventName, CancellationToken cancellationToken = default);

    /// <summary>Waits for an external event for a limited time.</summary>
    /// <typeparam name="T">The type of the payload.</typeparam>
    /// <param name="eventName">The name of the event, without regard to case.</param>
    /// <param name="timeout">The limit, by a durable timer; zero means only an event that is already there, less than zero means for ever.</param>
    /// <exception cref="TaskCanceledException">At the await: the event did not come in time.</exception>
    public virtual async Task<T> WaitForExternalEventAsync<T>(string eventName, TimeSpan timeout)
    {
        if (timeout < TimeSpan.Zero) return await WaitForExternalEventAsync<T>(eventName);
        using var stopWaiting = new CancellationTokenSource();
        using var stopTimer = new CancellationTokenSource();
        var wait = WaitForExternalEventAsync<T>(eventName, stopWaiting.Token);
        var timer = CreateTimer(timeout, stopTimer.Token);
        var first = await Task.WhenAny(wait, timer);

        // Cancelled in place: CancelAsync would leave the thread of the workflow.
#pragma warning disable CA1849
        if (first == wait) stopTimer.Cancel();
        else stopWaiting.Cancel();
#pragma warning restore CA1849
        return await wait;
    }

    /// <summary>Sends an event to another instance. Not supported: a sidecar that gets this action repeats the turn for ever; raise the event from an activity.</summary>
    /// <param name="instanceId">The id of the other instance.</param>
    /// <param name="eventName">The name of the event.</param>
    /// <param name="payload">The payload.</param>
    /// <exception cref="NotSupportedException">Always, in this implementation.</exception>
    public abstract void SendEvent(string instanceId, string eventName, object payload);

    /// <summary>Sets the status text that clients see; null clears it.</summary>
    /// <param name="customStatus">Any serializable value.</param>
    public abstract void SetCustomStatus(object? customStatus);

    /// <summary>Calls another workflow and waits for its result.</summary>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    /// <param name="workflowName">The name of the workflow.</param>
    /// <param name="input">The input, or null.</param>
    /// <param name="options">Id, retries and target; null means the defaults.</param>
    /// <exception cref="WorkflowTaskFailedException">At the await: the child failed, was terminated, or its id is taken.</exception>
    public abstract Task<TResult> CallChildWorkflowAsync<TResult>(string workflowName, object? input = null, ChildWorkflowTaskOptions? options = null);

    /// <summary>Calls another workflow without using its result.</summary>
    /// <param name="workflowName">The name of the workflow.</param>
    /// <param name="input">The input, or null.</param>
    /// <param name="options">Id, retries and target; null means the defaults.</param>
    /// <exception cref="WorkflowTaskFailedException">At the await: the child failed, was terminated, or its id is taken.</exception>
    public virtual Task CallChildWorkflowAsync(string workflowName, object? input = null, ChildWorkflowTaskOptions? options = null) =>
        CallChildWorkflowAsync<object>(workflowName, input, options);

    /// <summary>A logger that is silent while the code is replayed.</summary>
    /// <param name="categoryName">The category.</param>
    public abstract ILogger CreateReplaySafeLogger(string categoryName);

    /// <summary>A logger that is silent while the code is replayed.</summary>
    /// <param name="type">The type that names the category.</param>
    public abstract ILogger CreateReplaySafeLogger(Type type);

    /// <summary>A logger that is silent while the code is replayed.</summary>
    /// <typeparam name="T">The type that names the category.</typeparam>
    public abstract ILogger CreateReplaySafeLogger<T>();

    /// <summary>Makes the workflow start again with an empty history when its code returns. Return directly after the call.</summary>
    /// <param name="newInput">The input of the next generation.</param>
    /// <param name="preserveUnprocessedEvents">Whether events that nobody waited for go over to the next generation.</param>
    public abstract void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true);

    /// <summary>A random-looking id that is the same in every replay.</summary>
    public abstract Guid NewGuid();
}
