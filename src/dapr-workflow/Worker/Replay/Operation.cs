using Dapr.Common.Serialization;
using Dapr.TaskHub.Protos;

namespace Dapr.Workflow.Worker.Replay;

/// <summary>The kinds of durable work that take an id. Correlation is by kind and id, never by id alone.</summary>
internal enum OperationKind : byte
{
    /// <summary>An activity.</summary>
    Activity,

    /// <summary>A timer.</summary>
    Timer,

    /// <summary>A child workflow.</summary>
    Child,
}

/// <summary>The result type of calls whose result is not wanted: it is never deserialized.</summary>
internal readonly struct NoResult;

/// <summary>One durable piece of work that the code asked for: an action to send, and a task that its resolution completes.</summary>
internal abstract class Operation(OperationKind kind, string name)
{
    public OperationKind Kind { get; } = kind;

    public string Name { get; } = name;

    /// <summary>The action to send; null when the history already has the operation.</summary>
    public WorkflowAction? Action { get; set; }

    /// <summary>The idempotency key with which an activity is known to have been scheduled, if so.</summary>
    public string? ExecutionKey { get; set; }

    /// <summary>Whether the history holds the event that records the action.</summary>
    public bool IsConfirmed { get; set; }

    /// <summary>Whether the task is completed; a later resolution is a duplicate.</summary>
    public bool IsResolved { get; set; }

    /// <summary>Whether code waits for the operation itself, and not only for something that it ends.</summary>
    public virtual bool IsAwaited => true;

    /// <summary>Completes the task and runs the code that waits for it, on this thread.</summary>
    public abstract void Complete(string? payload, IDaprSerializer serializer);

    /// <summary>Fails the task and runs the code that waits for it, on this thread.</summary>
    public abstract void Fail(Exception exception);
}

/// <summary>An operation that workflow code awaits.</summary>
internal sealed class Operation<T>(OperationKind kind, string name) : Operation(kind, name)
{
    // Continuations run inline on purpose: this is what keeps workflow code on the thread of its turn.
    private readonly TaskCompletionSource<T> _completion = new();

    public Task<T> Task => _completion.Task;

    public override void Complete(string? payload, IDaprSerializer serializer)
    {
        if (typeof(T) == typeof(NoResult))
        {
            _completion.TrySetResult(default!);
            return;
        }

        T result;
        try
        {
            result = serializer.Deserialize<T>(payload ?? "")!;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Fail(e);
            return;
        }

        _completion.TrySetResult(result);
    }

    public override void Fail(Exception exception)
    {
        _completion.TrySetException(exception);

        // The code may have stopped waiting (WhenAny): that is no unobserved exception.
        _ = _completion.Task.Exception;
    }

    public void Cancel(CancellationToken token) => _completion.TrySetCanceled(token);
}

/// <summary>The timer behind an event wait with a timeout.</summary>
internal sealed class TimeoutOperation(EventWaiter waiter, string eventName) : Operation(OperationKind.Timer, eventName)
{
    public override bool IsAwaited => false;

    public override void Complete(string? payload, IDaprSerializer serializer) => waiter.TimeOut();

    public override void Fail(Exception exception) => waiter.TimeOut();
}
