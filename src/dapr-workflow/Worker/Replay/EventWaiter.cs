using Dapr.Common.Serialization;

namespace Dapr.Workflow.Worker.Replay;

/// <summary>One wait for an external event. It ends once: by the event, its timeout or its cancellation.</summary>
internal abstract class EventWaiter(TurnState state)
{
    private bool _closed;

    /// <summary>Claims the end of the wait.</summary>
    public bool TryClose()
    {
        if (_closed) return false;
        _closed = true;
        state.OpenWaits--;
        return true;
    }

    /// <summary>Hands over the payload, after the wait was claimed, and runs the code that waits, on this thread.</summary>
    public abstract void Complete(string? payload, IDaprSerializer serializer);

    /// <summary>Ends the wait without an event, unless it has ended.</summary>
    public void TimeOut()
    {
        if (TryClose()) Cancel(CancellationToken.None);
    }

    /// <summary>Ends the wait without an event when workflow code cancels the token; a cancellation from elsewhere is not deterministic and is ignored.</summary>
    public void CancelOn(CancellationToken token)
    {
        if (!token.CanBeCanceled) return;
        token.UnsafeRegister(_ =>
        {
            if (state.IsTurnThread && TryClose()) Cancel(token);
        }, null);
    }

    protected abstract void Cancel(CancellationToken token);
}

/// <summary>A wait for an event with a payload of type <typeparamref name="T"/>.</summary>
internal sealed class EventWaiter<T>(TurnState state) : EventWaiter(state)
{
    private readonly TaskCompletionSource<T> _completion = new();

    public Task<T> Task => _completion.Task;

    public override void Complete(string? payload, IDaprSerializer serializer)
    {
        T value;
        try
        {
            value = serializer.Deserialize<T>(payload ?? "")!;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            _completion.TrySetException(e);
            _ = _completion.Task.Exception;
            return;
        }

        _completion.TrySetResult(value);
    }

    protected override void Cancel(CancellationToken token) => _completion.TrySetCanceled(token);
}
