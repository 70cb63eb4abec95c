using System.Collections.Concurrent;
using Confluent.Kafka;

namespace DaprLocal.PubSub;

/// <summary>One partition that a <see cref="KafkaConsumer"/> holds: records between its thread and the delivery.</summary>
internal sealed class KafkaClaim(TopicPartition partition, Action<TopicPartitionOffset> store, CancellationToken stopping) : IClaim, IDisposable
{
    private const int MaxCount = 500;
    private const int MaxBytes = 8 * 1024 * 1024;
    private readonly ConcurrentQueue<BrokerMessage> _arrived = [];
    private readonly CancellationTokenSource _ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
    private int _bytes;

    /// <inheritdoc/>
    public string Topic => partition.Topic;

    /// <inheritdoc/>
    public int Partition => partition.Partition;

    /// <inheritdoc/>
    public CancellationToken Ended => _ended.Token;

    /// <inheritdoc/>
    public Signal Arrived { get; } = new();

    /// <summary>The delivery.</summary>
    public Task Served { get; set; } = Task.CompletedTask;

    /// <summary>True when so much waits for the delivery that no more should be fetched.</summary>
    public bool IsFull => _arrived.Count >= MaxCount || Volatile.Read(ref _bytes) >= MaxBytes;

    /// <summary>True when little waits.</summary>
    public bool IsLow => _arrived.Count < MaxCount / 4 && Volatile.Read(ref _bytes) < MaxBytes / 4;

    /// <summary>Adds a record; the delivery is woken by <see cref="Arrived"/>.</summary>
    public void Add(BrokerMessage message)
    {
        Interlocked.Add(ref _bytes, message.Body.Length);
        _arrived.Enqueue(message);
    }

    /// <inheritdoc/>
    public IReadOnlyList<BrokerMessage> Read(int maxCount, int maxBytes)
    {
        var messages = new List<BrokerMessage>();
        for (var bytes = 0; messages.Count < maxCount && bytes < maxBytes && _arrived.TryDequeue(out var message);)
        {
            bytes += message.Body.Length;
            Interlocked.Add(ref _bytes, -message.Body.Length);
            messages.Add(message);
        }

        if (!_arrived.IsEmpty) Arrived.Set();
        return messages;
    }

    /// <inheritdoc/>
    public void Settle(long next) => store(new TopicPartitionOffset(partition, next));

    /// <summary>Lets the delivery take nothing new.</summary>
    public void End() => _ended.Cancel();

    public void Dispose() => _ended.Dispose();
}
