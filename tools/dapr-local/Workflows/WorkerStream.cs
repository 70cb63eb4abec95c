using System.Threading.Channels;
using Dapr.TaskHub.Protos;

namespace DaprLocal.Workflows;

/// <summary>One connected worker: what is on its way to it and what it has not answered. Guarded by the work table's lock.</summary>
internal sealed class WorkerStream
{
    private const int MaxQueued = 128;
    private const int MaxTurns = 4_096;
    private const int MaxActivities = 16_384;
    private readonly Channel<WorkItem> _items = Channel.CreateBounded<WorkItem>(new BoundedChannelOptions(MaxQueued) { SingleReader = true });

    /// <summary>Items to send.</summary>
    public ChannelReader<WorkItem> Items => _items.Reader;

    /// <summary>Instances whose turn is out here.</summary>
    public HashSet<string> Turns { get; } = [];

    /// <summary>Activities that are out here.</summary>
    public HashSet<ActivityKey> Activities { get; } = [];

    /// <summary>How much the worker has to answer.</summary>
    public int Outstanding => Turns.Count + Activities.Count;

    /// <summary>Whether a turn can be sent here.</summary>
    public bool TakesTurns => Turns.Count < MaxTurns && _items.Reader.Count < MaxQueued;

    /// <summary>Whether an activity can be sent here.</summary>
    public bool TakesActivities => Activities.Count < MaxActivities && _items.Reader.Count < MaxQueued;

    /// <summary>Queues an item; only after <see cref="TakesTurns"/> or <see cref="TakesActivities"/> under the same lock.</summary>
    public bool Send(WorkItem item) => _items.Writer.TryWrite(item);

    /// <summary>Ends the stream from the engine's side.</summary>
    public void Close() => _items.Writer.TryComplete();
}

/// <summary>Identity of one scheduled activity.</summary>
internal readonly record struct ActivityKey(string ExecutionId, int TaskId);

/// <summary>A turn that a worker is thinking about.</summary>
internal sealed record TurnInFlight(RunState State, TurnPlan Plan, string Token)
{
    /// <summary>Length of the history that the worker was shown as past.</summary>
    public int HistoryLength { get; } = State.Events.Count;
}
