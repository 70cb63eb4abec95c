using Dapr.Common.Serialization;
using Dapr.TaskHub.Protos;
using Microsoft.Extensions.Logging;

namespace Dapr.Workflow.Worker.Replay;

/// <summary>The context of one turn: turns the calls of workflow code into operations with ids, in program order.</summary>
internal sealed class ReplayContext(
    string instanceId,
    HistoryEvent started,
    TurnState state,
    OperationTable operations,
    EventInbox inbox,
    PatchLog patches,
    IDaprSerializer serializer,
    ILoggerFactory loggers) : WorkflowContext
{
    private readonly DeterministicIds _ids = new(
        started.ExecutionStarted.WorkflowInstance?.InstanceId is { Length: > 0 } original ? original : instanceId,
        started.ExecutionStarted.WorkflowInstance?.ExecutionId);

    // Of a call from another app, the router names the caller first and this app as its target.
    private readonly string? _appId = started.Router is { } router ? (router.HasTargetAppID ? router.TargetAppID : router.SourceAppID) : null;

    public override string Name => started.ExecutionStarted.Name;

    public override string InstanceId => instanceId;

    public override DateTime CurrentUtcDateTime
    {
        get
        {
            state.Guard();
            return state.Now;
        }
    }

    public override bool IsReplaying
    {
        get
        {
            state.Guard();
            return state.IsReplaying;
        }
    }

    /// <summary>The serialized custom status; null when none is set.</summary>
    public string? CustomStatus { get; private set; }

    /// <summary>The next generation that the code asked for, if it did.</summary>
    public (string Input, bool KeepEvents)? NextGeneration { get; private set; }

    public override bool IsPatched(string patchName)
    {
        state.Guard();
        ArgumentException.ThrowIfNullOrEmpty(patchName);
        return patches.IsPatched(patchName);
    }

    public override Task CallActivityAsync(string name, object? input = null, WorkflowTaskOptions? options = null) =>
        CallActivityAsync<NoResult>(name, input, options);

    public override Task<T> CallActivityAsync<T>(string name, object? input = null, WorkflowTaskOptions? options = null)
    {
        state.Guard();
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (options?.RetryPolicy is not { } policy) return Schedule<T>(name, input, options, key: null).Task;

        // One key for the whole chain: it is the idempotency key of the activity.
        var key = _ids.ExecutionKey(operations.NextId, name);
        return RetryAsync(
            policy,
            () => Schedule<T>(name, input, options, key),
            (id, fireAt) => ActionFactory.ActivityRetry(id, fireAt, key),
            mayRetry: failure => !failure.IsNonRetriable);
    }

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        state.Guard();
        if (fireAt.Kind != DateTimeKind.Utc) throw new ArgumentException("The time of a timer must be UTC.", nameof(fireAt));
        if (cancellationToken.IsCancellationRequested) return Task.FromCanceled(cancellationToken);
        var timer = StartTimer(id => ActionFactory.Timer(id, fireAt));
        if (cancellationToken.CanBeCanceled)
        {
            cancellationToken.UnsafeRegister(_ =>
            {
                if (state.IsTurnThread && operations.Close(timer)) timer.Cancel(cancellationToken);
            }, null);
        }

        return timer.Task;
    }

    public override Task<T> WaitForExternalEventAsync<T>(string eventName, CancellationToken cancellationToken = default)
    {
        state.Guard();
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        var waiter = new EventWaiter<T>(state);
        if (inbox.TryTake(eventName, out var payload))
        {
            waiter.Complete(payload, serializer);
        }
        else if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }
        else
        {
            inbox.Wait(eventName, waiter);
            waiter.CancelOn(cancellationToken);
        }

        return waiter.Task;
    }

    public override Task<T> WaitForExternalEventAsync<T>(string eventName, TimeSpan timeout)
    {
        state.Guard();
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        var waiter = new EventWaiter<T>(state);
        if (inbox.TryTake(eventName, out var payload))
        {
            // An event that is there needs no timer: the rule is part of the ids of every history and must never change.
            waiter.Complete(payload, serializer);
            return waiter.Task;
        }

        if (timeout == TimeSpan.Zero) return Task.FromCanceled<T>(new CancellationToken(canceled: true));
        inbox.Wait(eventName, waiter);
        if (timeout < TimeSpan.Zero) return waiter.Task;

        var id = operations.NextId;
        var fireAt = state.Now.Add(timeout);
        var timer = new TimeoutOperation(waiter, eventName);
        if (!operations.IsRecorded(id)) timer.Action = ActionFactory.EventTimeout(id, fireAt, eventName);
        operations.Add(timer);
        return waiter.Task;
    }

    public override void SendEvent(string instanceId, string eventName, object payload) =>
        throw new NotSupportedException("A sidecar repeats a turn that sends an event for ever. Raise the event from an activity, through DaprWorkflowClient.RaiseEventAsync.");

    public override void SetCustomStatus(object? customStatus)
    {
        state.Guard();
        CustomStatus = customStatus is null ? null : serializer.Payload(customStatus);
    }

    public override Task CallChildWorkflowAsync(string workflowName, object? input = null, ChildWorkflowTaskOptions? options = null) =>
        CallChildWorkflowAsync<NoResult>(workflowName, input, options);

    public override Task<TResult> CallChildWorkflowAsync<TResult>(string workflowName, object? input = null, ChildWorkflowTaskOptions? options = null)
    {
        state.Guard();
        ArgumentException.ThrowIfNullOrEmpty(workflowName);
        if (options?.InstanceId is { } given) InstanceIds.Validate(given, nameof(options));
        if (options?.RetryPolicy is not { } policy) return ScheduleChild<TResult>(workflowName, input, options, ChildId()).Task;

        // Without an id of its own every attempt is another child; a given one is recreated, because the failed child is terminal.
        var first = ChildId();
        string? next = first;
        return RetryAsync(
            policy,
            () =>
            {
                var id = next ?? ChildId();
                next = null;
                return ScheduleChild<TResult>(workflowName, input, options, id);
            },
            (id, fireAt) => ActionFactory.ChildRetry(id, fireAt, first),

            // Every failed child of the official SDK is marked non-retriable; honouring that would disable these retries.
            mayRetry: static _ => true);

        string ChildId() => options?.InstanceId ?? _ids.NextGuid().ToString();
    }

    public override ILogger CreateReplaySafeLogger(string categoryName) => new ReplaySafeLogger(loggers.CreateLogger(categoryName), state);

    public override ILogger CreateReplaySafeLogger(Type type) => new ReplaySafeLogger(loggers.CreateLogger(type), state);

    public override ILogger CreateReplaySafeLogger<T>() => CreateReplaySafeLogger(typeof(T));

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true)
    {
        state.Guard();
        NextGeneration = (serializer.Payload(newInput), preserveUnprocessedEvents);
    }

    public override Guid NewGuid()
    {
        state.Guard();
        return _ids.NextGuid();
    }

    private Operation<T> Schedule<T>(string name, object? input, WorkflowTaskOptions? options, string? key)
    {
        var id = operations.NextId;
        var operation = new Operation<T>(OperationKind.Activity, name);
        if (!operations.IsRecorded(id))
        {
            operation.ExecutionKey = key ?? _ids.ExecutionKey(id, name);
            operation.Action = ActionFactory.Activity(id, name, serializer.Payload(input), operation.ExecutionKey, options, _appId);
        }

        operations.Add(operation);
        return operation;
    }

    private Operation<T> ScheduleChild<T>(string name, object? input, ChildWorkflowTaskOptions? options, string childId)
    {
        var id = operations.NextId;
        var operation = new Operation<T>(OperationKind.Child, name);
        if (!operations.IsRecorded(id)) operation.Action = ActionFactory.Child(id, name, childId, serializer.Payload(input), options, _appId);
        operations.Add(operation);
        return operation;
    }

    private Operation<NoResult> StartTimer(Func<int, WorkflowAction> build)
    {
        var id = operations.NextId;
        var timer = new Operation<NoResult>(OperationKind.Timer, "");
        if (!operations.IsRecorded(id)) timer.Action = build(id);
        operations.Add(timer);
        return timer;
    }

    private async Task<T> RetryAsync<T>(WorkflowRetryPolicy policy, Func<Operation<T>> attempt, Func<int, DateTime, WorkflowAction> timer, Func<WorkflowTaskFailureDetails, bool> mayRetry)
    {
        var first = state.Now;
        for (var number = 0; ; number++)
        {
            TimeSpan delay;
            try
            {
                return await attempt().Task;
            }
            catch (WorkflowTaskFailedException e) when (mayRetry(e.FailureDetails) && policy.DelayAfter(number, state.Now - first) is { } next)
            {
                delay = next;
            }

            var fireAt = state.Now.Add(delay);
            await StartTimer(id => timer(id, fireAt)).Task;
        }
    }
}
