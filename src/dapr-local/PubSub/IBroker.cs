namespace DaprLocal.PubSub;

/// <summary>A record to append. Without a key the broker chooses the partition; <paramref name="Partition"/> names it.</summary>
internal sealed record NewMessage(string? Key, IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body, int? Partition = null);

/// <summary>A record of a topic. <paramref name="Sequence"/> grows with every record of the broker: arrival order over partitions.</summary>
internal sealed record BrokerMessage(
    long Sequence,
    string Topic,
    int Partition,
    long Offset,
    string? Key,
    DateTimeOffset Time,
    IReadOnlyDictionary<string, string> Headers,
    ReadOnlyMemory<byte> Body);

/// <summary>The offset that a consumer group reads next.</summary>
internal readonly record struct TopicOffset(string Topic, int Partition, long Next);

/// <summary>Refuses a record; the message reaches the publisher.</summary>
internal sealed class BrokerException(string message) : Exception(message);

/// <summary>
/// A log of topics with partitions, as Kafka's: order within a partition, offsets per consumer group that the consumer
/// saves after it has worked, records kept for a time whether read or not.
/// </summary>
internal interface IBroker : IAsyncDisposable
{
    /// <summary>Appends all records in one durable write, or none.</summary>
    /// <exception cref="BrokerException">A topic name or partition that cannot be.</exception>
    Task PublishAsync(string topic, IReadOnlyList<NewMessage> messages, CancellationToken cancellationToken);

    /// <summary>The number of partitions of a topic, which is created when it is new.</summary>
    Task<int> PartitionsOfAsync(string topic, CancellationToken cancellationToken);

    /// <summary>Records from an offset on, at most that many and about that many bytes, but one at least when there is one.</summary>
    IReadOnlyList<BrokerMessage> Read(string topic, int partition, long from, int maxCount, int maxBytes);

    /// <summary>Where a group goes on in each partition of a topic.</summary>
    Task<long[]> OffsetsAsync(string group, string topic, CancellationToken cancellationToken);

    /// <summary>Saves where a group goes on.</summary>
    Task SaveOffsetsAsync(string group, IReadOnlyCollection<TopicOffset> offsets);

    /// <summary>Calls <paramref name="arrived"/> with the partition after records of the topic became readable. Dispose to end.</summary>
    IDisposable Watch(string topic, Action<int> arrived);
}
