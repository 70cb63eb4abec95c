namespace DaprLocal.PubSub;

/// <summary>The offset that a consumer group reads next.</summary>
internal readonly record struct TopicOffset(string Topic, int Partition, long Next);

/// <summary>A consumer group of <see cref="SqliteBroker"/>; the file has one user, so all partitions are its own until it stops.</summary>
internal sealed class SqliteConsumer(SqliteBroker broker, string group, TimeProvider time, ILogger log)
{
    /// <summary>Serves all partitions of the topics.</summary>
    public async Task RunAsync(IReadOnlyCollection<string> topics, Func<IClaim, Task> serve, CancellationToken stopping)
    {
        await using var committer = new OffsetCommitter(broker, group, time, log);
        var watches = new List<Action>();
        try
        {
            var all = new List<Claim>();
            foreach (var topic in topics)
            {
                var offsets = await broker.OffsetsAsync(group, topic, stopping);
                var claims = offsets.Select((offset, partition) => new Claim(broker, committer, topic, partition, offset, stopping)).ToArray();
                watches.Add(broker.Watch(topic, partition => claims[partition].Arrive()));
                all.AddRange(claims);
            }

            await Task.WhenAll(all.Select(claim => Task.Run(() => serve(claim), CancellationToken.None)));
        }
        finally
        {
            foreach (var end in watches) end();
        }
    }

    private sealed class Claim(SqliteBroker broker, OffsetCommitter committer, string topic, int partition, long offset, CancellationToken ended) : IClaim
    {
        private long _next = offset;
        private volatile bool _mayHaveMore = true;

        public string Topic => topic;
        public int Partition => partition;
        public CancellationToken Ended => ended;
        public Signal Arrived { get; } = new();

        public void Arrive()
        {
            _mayHaveMore = true;
            Arrived.Set();
        }

        public IReadOnlyList<BrokerMessage> Read(int maxCount, int maxBytes)
        {
            if (!_mayHaveMore) return [];
            _mayHaveMore = false;
            var messages = broker.Read(topic, partition, _next, maxCount, maxBytes);
            if (messages.Count == 0) return messages;
            _next = messages[^1].Offset + 1;
            // There may be more behind what fitted.
            Arrive();
            return messages;
        }

        public void Settle(long next) => committer.Settle(topic, partition, next);
    }
}
