using System.Text;
using Confluent.Kafka;

namespace DaprLocal.PubSub;

/// <summary>
/// One member of a consumer group with a thread of its own, which alone talks to the client. Offsets are stored when
/// records have settled and committed by the client once a second, and when partitions are given up.
/// </summary>
internal sealed class KafkaConsumer(KafkaSettings settings, string group, KafkaConnection connection, Func<IClaim, Task> serve, ILogger log)
{
    private const int RoundSize = 500;
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(100);

    // Below the 60 s after which daprd's client, too, would be put out of its group.
    private static readonly TimeSpan GiveUpLimit = TimeSpan.FromSeconds(30);

    private readonly Dictionary<TopicPartition, KafkaClaim> _claims = [];

    // The client keeps a pause over all rebalances, also when the partition is given up and comes back with a new claim.
    private readonly HashSet<TopicPartition> _paused = [];
    private CancellationToken _stopping;
    private long _sequence;

    /// <summary>Serves what the group assigns until <paramref name="stopping"/>.</summary>
    public Task RunAsync(IReadOnlyCollection<string> topics, CancellationToken stopping)
    {
        _stopping = stopping;
        return Task.Factory.StartNew(() => Run(topics), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private void Run(IReadOnlyCollection<string> topics)
    {
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(settings.Consumer(group))
            .SetPartitionsAssignedHandler((client, partitions) => Assign(client, partitions))
            .SetPartitionsRevokedHandler((_, offsets) => GiveUp([.. offsets.Select(offset => offset.TopicPartition)]))
            .SetPartitionsLostHandler((_, offsets) => GiveUp([.. offsets.Select(offset => offset.TopicPartition)]))
            .SetErrorHandler((_, error) => connection.OnError(error))
            .SetLogHandler((_, _) => { })
            .Build();
        consumer.Subscribe(topics);
        try
        {
            while (!_stopping.IsCancellationRequested) Round(consumer);
        }
        finally
        {
            GiveUp([.. _claims.Keys]);
            consumer.Close();
        }
    }

    // Everything that has already been fetched goes to the deliveries at once, so that batches are full.
    private void Round(IConsumer<byte[]?, byte[]?> consumer)
    {
        var filled = new HashSet<KafkaClaim>();
        for (var wait = Idle; filled.Count < RoundSize && Next(consumer, wait) is { } result; wait = TimeSpan.Zero)
        {
            connection.OnAnswer();
            if (!_claims.TryGetValue(result.TopicPartition, out var claim)) continue;
            claim.Add(Message(result));
            filled.Add(claim);
            if (claim.IsFull) break;
        }

        foreach (var claim in filled) claim.Arrived.Set();
        foreach (var (partition, claim) in _claims)
        {
            if (claim.IsLow && _paused.Remove(partition)) consumer.Resume([partition]);
            else if (claim.IsFull && _paused.Add(partition)) consumer.Pause([partition]);
        }
    }

    private ConsumeResult<byte[]?, byte[]?>? Next(IConsumer<byte[]?, byte[]?> consumer, TimeSpan wait)
    {
        try
        {
            return consumer.Consume(wait);
        }
        catch (ConsumeException error) when (!error.Error.IsFatal)
        {
            PubSubLog.ConsumeFailed(log, group, error.Error.Reason);
            return null;
        }
    }

    private void Assign(IConsumer<byte[]?, byte[]?> consumer, List<TopicPartition> partitions)
    {
        foreach (var partition in partitions)
        {
            var claim = new KafkaClaim(partition, offset => Store(consumer, offset), _stopping);
            _claims[partition] = claim;
            claim.Served = Task.Run(() => serve(claim));
        }

        PubSubLog.Assigned(log, group, string.Join(", ", partitions.Select(partition => $"{partition.Topic} {partition.Partition.Value}")));
    }

    // The client goes on to be a member of the group meanwhile; this thread is the only one that may wait here.
    private void GiveUp(List<TopicPartition> partitions)
    {
        var ending = partitions.Where(_claims.ContainsKey).Select(partition => _claims[partition]).ToList();
        foreach (var claim in ending) claim.End();
        Task.WhenAll(ending.Select(claim => claim.Served)).Wait(GiveUpLimit);
        foreach (var claim in ending)
        {
            _claims.Remove(new TopicPartition(claim.Topic, claim.Partition));
            if (claim.Served.IsCompleted) claim.Dispose();
            else PubSubLog.GivenUpEarly(log, group, claim.Topic, claim.Partition);
        }
    }

    private static void Store(IConsumer<byte[]?, byte[]?> consumer, TopicPartitionOffset offset)
    {
        try
        {
            consumer.StoreOffset(offset);
        }
        catch (KafkaException error) when (error.Error.Code == ErrorCode.Local_State)
        {
            // The partition is no longer ours; its next owner gets the record again.
        }
        catch (ObjectDisposedException)
        {
            // The same, after the consumer has closed.
        }
    }

    private BrokerMessage Message(ConsumeResult<byte[]?, byte[]?> result)
    {
        var headers = new Dictionary<string, string>();
        foreach (var header in result.Message.Headers ?? []) headers[header.Key] = Encoding.UTF8.GetString(header.GetValueBytes() ?? []);

        return new BrokerMessage(
            _sequence++,
            result.Topic,
            result.Partition,
            result.Offset,
            result.Message.Key is { } key ? Encoding.UTF8.GetString(key) : null,
            DateTimeOffset.FromUnixTimeMilliseconds(result.Message.Timestamp.UnixTimestampMs),
            headers,
            // daprd reads a record without a value as JSON null.
            result.Message.Value ?? "null"u8.ToArray());
    }
}
