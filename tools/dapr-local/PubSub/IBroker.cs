namespace DaprLocal.PubSub;

/// <summary>A record to append. Without a key the broker chooses the partition; <paramref name="Partition"/> names it.</summary>
internal sealed record NewMessage(string? Key, IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body, int? Partition = null);

/// <summary>A record of a topic. <paramref name="Sequence"/> grows with every record that a consumer reads: arrival order over partitions.</summary>
internal sealed record BrokerMessage(
    long Sequence,
    string Topic,
    int Partition,
    long Offset,
    string? Key,
    DateTimeOffset Time,
    IReadOnlyDictionary<string, string> Headers,
    ReadOnlyMemory<byte> Body);

/// <summary>Refuses records; the message reaches the publisher, and none, some or all of them may be in the topic.</summary>
internal sealed class BrokerException(string message) : Exception(message);

/// <summary>
/// A log of topics with partitions, as Kafka's: order within a partition, offsets per consumer group that are saved after
/// the consumer has worked, records kept for a time whether read or not.
/// </summary>
internal interface IBroker : IAsyncDisposable
{
    /// <summary>Appends records; ends when all are durable.</summary>
    /// <exception cref="BrokerException">Not all were taken: a topic name or partition that cannot be, or a server that does not answer.</exception>
    Task PublishAsync(string topic, IReadOnlyList<NewMessage> messages, CancellationToken cancellationToken);

    /// <summary>
    /// Joins a group and serves the partitions that it gets until <paramref name="stopping"/>; topics that are new are
    /// created. <paramref name="serve"/> runs once for each claim and returns soon after the claim has ended; then the
    /// offsets are saved and the partition is given up.
    /// </summary>
    Task ConsumeAsync(string group, IReadOnlyCollection<string> topics, Func<IClaim, Task> serve, CancellationToken stopping);
}

/// <summary>One partition of a topic while it is this consumer's to serve. Only one reader at a time.</summary>
internal interface IClaim
{
    /// <summary>The topic.</summary>
    string Topic { get; }

    /// <summary>The partition's number.</summary>
    int Partition { get; }

    /// <summary>Cancelled when the partition goes to another consumer or the sidecar stops: take nothing new.</summary>
    CancellationToken Ended { get; }

    /// <summary>Set when records may have arrived.</summary>
    Signal Arrived { get; }

    /// <summary>The next records, at most that many and about that many bytes; empty when there are none yet.</summary>
    IReadOnlyList<BrokerMessage> Read(int maxCount, int maxBytes);

    /// <summary>Notes where the group goes on.</summary>
    void Settle(long next);
}
