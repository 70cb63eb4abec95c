namespace DaprLocal.PubSub;

/// <summary>A record with its id in the batch it was first delivered in, which it keeps.</summary>
internal sealed class DeliveryItem(BrokerMessage message, DeliveryPartition partition)
{
    /// <summary>The record.</summary>
    public BrokerMessage Message => message;

    /// <summary>The partition it was read from.</summary>
    public DeliveryPartition Partition => partition;

    /// <summary>Its number in its batch.</summary>
    public int EntryId { get; set; }

    /// <summary>The trace that its event names, if any.</summary>
    public string? TraceParent { get; set; }

    /// <summary>True when it needs no more deliveries, unless its batch starts over.</summary>
    public bool IsSettled { get; set; }
}

/// <summary>
/// One partition of a subscription: what has been read and not delivered, and the batch under way. While entries of
/// a batch wait for their retry, the records behind it wait as well, so that a key keeps its order.
/// </summary>
internal sealed class DeliveryPartition(IClaim claim)
{
    private readonly Queue<DeliveryItem> _ahead = [];
    private readonly List<DeliveryItem> _batch = [];
    private DateTimeOffset? _dueAt;

    /// <summary>Failures of the batch so far.</summary>
    public FailureCount Failures;

    /// <summary>The partition itself.</summary>
    public IClaim Claim => claim;

    /// <summary>When the entries that failed become due; null when none wait.</summary>
    public DateTimeOffset? DueAt => _dueAt;

    /// <summary>The entries of the batch that have not settled.</summary>
    public List<DeliveryItem> Open => _batch.FindAll(item => !item.IsSettled);

    /// <summary>The records that may be delivered in a new batch; none while a batch is under way.</summary>
    public IEnumerable<DeliveryItem> Ahead => _batch.Count == 0 ? _ahead : [];

    /// <summary>Reads ahead up to <paramref name="maxCount"/> records.</summary>
    public void Fill(int maxCount, int maxBytes)
    {
        if (_batch.Count > 0 || _ahead.Count >= maxCount) return;
        foreach (var message in claim.Read(maxCount - _ahead.Count, maxBytes)) _ahead.Enqueue(new DeliveryItem(message, this));
    }

    /// <summary>Begins a batch with the first records.</summary>
    public void Begin(int count)
    {
        for (var i = 0; i < count; i++) _batch.Add(_ahead.Dequeue());
    }

    /// <summary>Lets the entries that have not settled come again, or all of the batch.</summary>
    public void Postpone(DateTimeOffset dueAt, bool startsOver)
    {
        _dueAt = dueAt;
        if (startsOver) _batch.ForEach(item => item.IsSettled = false);
        claim.Arrived.Set();
    }

    /// <summary>Ends the batch: all of it has settled.</summary>
    public void Complete()
    {
        claim.Settle(_batch[^1].Message.Offset + 1);
        _batch.Clear();
        _dueAt = null;
        Failures = default;
        claim.Arrived.Set();
    }
}
