using System.Collections.Concurrent;
using System.Text.Json;
using Dapr.Workflow;
using Dapr.Workflow.Abstractions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace OrderApp.Tests.Saga;

/// <summary>
/// Runs one workflow in this process: activities at once, events and timers when the test says so. Inputs and results go
/// through JSON, as they do between app and sidecar.
/// </summary>
internal sealed class SagaContext(string instanceId, Func<string, IWorkflowActivity> activityOf, TimeProvider time) : WorkflowContext
{
    // Who follows the group tells it in a thread of its own.
    private readonly Lock _gate = new();
    private readonly Queue<string> _events = new();
    private readonly ConcurrentQueue<Func<Task>> _calls = new();
    private Action<string>? _waiter;
    private Task _last = Task.CompletedTask;

    public override string Name => nameof(OrderApp.Groups.OrderGroupWorkflow);

    public override string InstanceId => instanceId;

    public override DateTime CurrentUtcDateTime => time.GetUtcNow().UtcDateTime;

    public override bool IsReplaying => false;

    /// <summary>The timer that runs, with the time at which it fires; null when there is none.</summary>
    public (DateTime At, TaskCompletionSource Done)? Timer { get; private set; }

    public List<string> Called { get; } = [];

    /// <summary>Ends when the workflow has done what it does then, unless it is at something else: that comes first, and the event is kept for it.</summary>
    public Task RaiseAsync<T>(T payload)
    {
        var json = JsonSerializer.Serialize(payload, JsonSerializerOptions.Web);
        Action<string>? waiter;
        lock (_gate)
        {
            (waiter, _waiter) = (_waiter, null);
            if (waiter is null) _events.Enqueue(json);
        }

        return waiter is null ? Task.CompletedTask : GoAsync(() => waiter(json));
    }

    public Task FireTimerAsync()
    {
        if (Timer is not { } timer) return Task.CompletedTask;
        Timer = null;
        return GoAsync(timer.Done.SetResult);
    }

    public override Task<T> CallActivityAsync<T>(string name, object? input = null, WorkflowTaskOptions? options = null)
    {
        Called.Add(name);
        var done = new TaskCompletionSource<T>();
        _calls.Enqueue(async () =>
        {
            var activity = activityOf(name);
            var result = await activity.RunAsync(new ActivityContext(name, instanceId), Through(input, activity.InputType));
            done.SetResult((T)Through(result, typeof(T))!);
        });
        return done.Task;
    }

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        var timer = new TaskCompletionSource();
        Timer = (fireAt, timer);
        cancellationToken.Register(() =>
        {
            if (Timer?.Done == timer) Timer = null;
        });
        return timer.Task;
    }

    public override Task<T> WaitForExternalEventAsync<T>(string eventName, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_events.TryDequeue(out var buffered)) return Task.FromResult(JsonSerializer.Deserialize<T>(buffered, JsonSerializerOptions.Web)!);
            var arrived = new TaskCompletionSource<T>();
            _waiter = json => arrived.SetResult(JsonSerializer.Deserialize<T>(json, JsonSerializerOptions.Web)!);
            return arrived.Task;
        }
    }

    public override ILogger CreateReplaySafeLogger(string categoryName) => NullLogger.Instance;

    public override ILogger CreateReplaySafeLogger(Type type) => NullLogger.Instance;

    public override ILogger CreateReplaySafeLogger<T>() => NullLogger.Instance;

    public override bool IsPatched(string patchName) => throw new NotSupportedException();

    public override void SendEvent(string instanceId, string eventName, object payload) => throw new NotSupportedException();

    public override void SetCustomStatus(object? customStatus) => throw new NotSupportedException();

    public override Task<TResult> CallChildWorkflowAsync<TResult>(string workflowName, object? input = null, ChildWorkflowTaskOptions? options = null) => throw new NotSupportedException();

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) => throw new NotSupportedException();

    public override Guid NewGuid() => throw new NotSupportedException();

    public override PropagatedHistory? GetPropagatedHistory() => throw new NotSupportedException();

    /// <summary>
    /// Lets the workflow go on until it can only wait for an event or a timer. An activity runs when the code that called it
    /// has come to its await, so that its result goes on there and then; a thread of the pool has neither xunit's context
    /// nor its scheduler, which would do that some time later. One such step at a time.
    /// </summary>
    public Task GoAsync(Action step)
    {
        lock (_gate)
        {
            var before = _last;
            return _last = Task.Run(async () =>
            {
                await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                step();
                while (_calls.TryDequeue(out var call)) await call();
            });
        }
    }

    private static object? Through(object? value, Type type) => JsonSerializer.Deserialize(JsonSerializer.Serialize(value, JsonSerializerOptions.Web), type, JsonSerializerOptions.Web);

    private sealed class ActivityContext(string name, string instanceId) : WorkflowActivityContext
    {
        public override TaskIdentifier Identifier => name;

        public override string TaskExecutionKey => name;

        public override string InstanceId => instanceId;
    }
}
