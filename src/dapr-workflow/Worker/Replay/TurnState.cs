namespace Dapr.Workflow.Worker.Replay;

/// <summary>What all parts of one turn share: its thread, its clock and whether anything durable is awaited.</summary>
internal sealed class TurnState
{
    private volatile int _thread;

    /// <summary>The time of the last WorkflowStarted event (UTC).</summary>
    public DateTime Now { get; set; }

    /// <summary>Whether the event in hand is from an earlier turn.</summary>
    public bool IsReplaying { get; set; }

    /// <summary>Open operations and event waits. When it is zero and the code has not ended, nothing can ever wake the code again.</summary>
    public int OpenWaits { get; set; }

    /// <summary>Whether the caller is the thread that runs the turn now.</summary>
    public bool IsTurnThread => _thread == Environment.CurrentManagedThreadId;

    /// <summary>Binds the turn to the calling thread.</summary>
    public void Enter() => _thread = Environment.CurrentManagedThreadId;

    /// <summary>Ends the turn: from now on every member of the context throws.</summary>
    public void Leave() => _thread = 0;

    /// <summary>Throws when workflow code has left the thread of its turn.</summary>
    public void Guard()
    {
        if (!IsTurnThread)
        {
            throw new InvalidOperationException(
                "The workflow context was used outside of the thread of its turn. Workflow code may await only tasks of its context; Task.Run, Task.Delay and I/O belong in an activity.");
        }
    }
}
