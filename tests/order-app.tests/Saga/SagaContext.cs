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
    private readonly Queue<string> _events = new();
    private Action<string>? _waiter;
    private TaskCompletionSource _blocked = New();
    private int _running;

    public override string Name => "OrderWorkflow";

    public override string InstanceId => instanceId;

    public override DateTime CurrentUtcDateTime => time.GetUtcNow().UtcDateTime;

    public override bool IsReplaying => false;

    /// <summary>The timer that runs, with the time at which it fires; null when there is none.</summary>
    public (DateTime At, TaskCompletionSource Done)? Timer { get; private set; }

    /// <summary>Done when the workflow can only go on with another event or timer.</summary>
    public Task Blocked => _blocked.Task;

    public List<string> Called { get; } = [];

    public void Raise<T>(T payload)
    {
        var json = JsonSerializer.Serialize(payload, JsonSerializerOptions.Web);
        if (_waiter is not { } waiter)
        {
            _events.Enqueue(json);
            return;
        }

        _waiter = null;
        Go(() => waiter(json));
    }

    public void FireTimer()
    {
        if (Timer is not { } timer) return;
        Timer = null;
        Go(timer.Done.SetResult);
    }

    public override Task<T> CallActivityAsync<T>(string name, object? input = null, WorkflowTaskOptions? options = null)
    {
        Called.Add(name);
        Interlocked.Increment(ref _running);
        if (_blocked.Task.IsCompleted) _blocked = New();
        var done = new TaskCompletionSource<T>();
        _ = RunAsync(name, input, done);
        return done.Task;
    }

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        var timer = New();
        Timer = (fireAt, timer);
        cancellationToken.Register(() =>
        {
            if (Timer?.Done == timer) Timer = null;
        });
        return timer.Task;
    }

    public override Task<T> WaitForExternalEventAsync<T>(string eventName, CancellationToken cancellationToken = default)
    {
        if (_events.TryDequeue(out var buffered)) return Task.FromResult(JsonSerializer.Deserialize<T>(buffered, JsonSerializerOptions.Web)!);
        var arrived = new TaskCompletionSource<T>();
        _waiter = json => arrived.SetResult(JsonSerializer.Deserialize<T>(json, JsonSerializerOptions.Web)!);
        return arrived.Task;
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

    /// <summary>The code after an await runs inside <paramref name="step"/>; when it returns, the workflow waits, for an activity or for the test.</summary>
    public void Go(Action step)
    {
        _blocked = New();
        Interlocked.Increment(ref _running);
        // Without xunit's context, which would run what comes after an await some time later.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        step();
        SynchronizationContext.SetSynchronizationContext(context);
        Done();
    }

    // Only after the code that was waiting for it has run: it may have started the next one.
    private void Done()
    {
        if (Interlocked.Decrement(ref _running) == 0) _blocked.TrySetResult();
    }

    private async Task RunAsync<T>(string name, object? input, TaskCompletionSource<T> done)
    {
        var activity = activityOf(name);
        var result = await activity.RunAsync(new ActivityContext(name, instanceId), Through(input, activity.InputType));
        done.SetResult((T)Through(result, typeof(T))!);
        Done();
    }

    private static object? Through(object? value, Type type) => JsonSerializer.Deserialize(JsonSerializer.Serialize(value, JsonSerializerOptions.Web), type, JsonSerializerOptions.Web);

    private static TaskCompletionSource New() => new();

    private sealed class ActivityContext(string name, string instanceId) : WorkflowActivityContext
    {
        public override TaskIdentifier Identifier => name;

        public override string TaskExecutionKey => name;

        public override string InstanceId => instanceId;
    }
}
