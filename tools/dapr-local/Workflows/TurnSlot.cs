namespace DaprLocal.Workflows;

/// <summary>Where an instance that has something to do stands.</summary>
internal enum TurnPhase
{
    /// <summary>Waits for a worker with room.</summary>
    Queued,

    /// <summary>A worker has the turn.</summary>
    Out,

    /// <summary>It is being read or saved, or a pause has to pass.</summary>
    Busy,
}

/// <summary>Scheduling state of one instance; it exists only while there is something to do, so there is never a second turn.</summary>
internal sealed class TurnSlot(string instanceId)
{
    /// <summary>The instance.</summary>
    public string InstanceId => instanceId;

    /// <summary>Where it stands.</summary>
    public TurnPhase Phase { get; set; } = TurnPhase.Queued;

    /// <summary>Something came while the slot was busy: look again afterwards.</summary>
    public bool Again { get; set; }

    /// <summary>Try although the instance is stalled.</summary>
    public bool Retry { get; set; }

    /// <summary>The turn, while out or being saved.</summary>
    public TurnInFlight? Turn { get; set; }

    /// <summary>The worker that has it.</summary>
    public WorkerStream? Stream { get; set; }

    /// <summary>Responses to this turn that did not fit.</summary>
    public int Rejections { get; set; }
}
