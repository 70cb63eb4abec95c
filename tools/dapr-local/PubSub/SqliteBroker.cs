using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using DaprLocal.Storage;

namespace DaprLocal.PubSub;

/// <summary>
/// <c>pubsub.sqlite</c>: a durable broker in one file. Publishers that wait together share one commit; consumers are
/// woken after it. Offsets of a partition grow but may have gaps after a failed commit.
/// </summary>
internal sealed class SqliteBroker : IBroker
{
    private const int SweepChunk = 2000;
    private static readonly IReadOnlyDictionary<string, string> NoHeaders = new Dictionary<string, string>();
    private static readonly TimeSpan MaxSweepInterval = TimeSpan.FromHours(1);
    private readonly SqliteDatabase _database;
    private readonly int _partitions;
    private readonly TimeSpan _retention;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ConcurrentDictionary<string, Topic> _topics = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ImmutableList<Action<int>>> _watchers = new(StringComparer.Ordinal);
    private readonly ITimer _sweeper;
    private readonly Lock _lock = new();

    private SqliteBroker(SqliteDatabase database, int partitions, TimeSpan retention, TimeProvider time, ILogger log)
    {
        _database = database;
        (_partitions, _retention) = (partitions, retention);
        _time = time;
        _log = log;
        foreach (var topic in database.Read(LoadTopics)) _topics[topic.Name] = topic;
        var interval = TimeSpan.FromTicks(Math.Clamp(retention.Ticks / 10, TimeSpan.TicksPerSecond, MaxSweepInterval.Ticks));
        _sweeper = time.CreateTimer(_ => _ = SweepQuietlyAsync(), null, interval, interval);
    }

    /// <summary>Opens or creates the file. New topics get so many <paramref name="partitions"/>; records are kept for <paramref name="retention"/>, read or not.</summary>
    public static SqliteBroker Open(string path, int partitions, TimeSpan retention, TimeProvider time, ILogger log) => new(SqliteDatabase.Open(path, SqliteBrokerSql.Schema), partitions, retention, time, log);

    /// <inheritdoc/>
    public async Task PublishAsync(string topic, IReadOnlyList<NewMessage> messages, CancellationToken cancellationToken)
    {
        var target = await TopicAsync(topic, cancellationToken);
        var partitions = new int[messages.Count];
        var headers = new string?[messages.Count];
        for (var i = 0; i < partitions.Length; i++)
        {
            partitions[i] = PartitionOf(target, messages[i]);
            headers[i] = messages[i].Headers.Count == 0 ? null : JsonSerializer.Serialize(messages[i].Headers);
        }

        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        await _database.WriteAsync(
            writer =>
            {
                for (var i = 0; i < partitions.Length; i++)
                {
                    var body = messages[i].Body;
                    writer.Command(SqliteBrokerSql.Append, target.Id, partitions[i], target.Next[partitions[i]]++, messages[i].Key, now, headers[i], ToArray(body)).ExecuteNonQuery();
                }
            },
            cancellationToken);
        if (!_watchers.TryGetValue(topic, out var watchers)) return;
        foreach (var partition in partitions.Length == 1 ? partitions : partitions.Distinct())
        {
            foreach (var watcher in watchers) watcher(partition);
        }
    }

    /// <inheritdoc/>
    public Task ConsumeAsync(string group, IReadOnlyCollection<string> topics, Func<IClaim, Task> serve, CancellationToken stopping) =>
        new SqliteConsumer(this, group, _time, _log).RunAsync(topics, serve, stopping);

    /// <summary>Records from an offset on, at most that many and about that many bytes, but one at least when there is one.</summary>
    public IReadOnlyList<BrokerMessage> Read(string topic, int partition, long from, int maxCount, int maxBytes)
    {
        if (!_topics.TryGetValue(topic, out var source)) return [];
        return _database.Read(reader =>
        {
            var messages = new List<BrokerMessage>();
            using var rows = reader.Command(SqliteBrokerSql.Read, source.Id, partition, from, maxCount).ExecuteReader();
            for (var bytes = 0; bytes < maxBytes && rows.Read();)
            {
                var body = rows.GetFieldValue<byte[]>(5);
                bytes += body.Length;
                messages.Add(new BrokerMessage(
                    rows.GetInt64(0),
                    topic,
                    partition,
                    rows.GetInt64(1),
                    rows.IsDBNull(2) ? null : rows.GetString(2),
                    DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(3)),
                    rows.IsDBNull(4) ? NoHeaders : JsonSerializer.Deserialize<Dictionary<string, string>>(rows.GetString(4))!,
                    body));
            }

            return messages;
        });
    }

    /// <summary>Where a group goes on in each partition of a topic, which is created when it is new.</summary>
    public async Task<long[]> OffsetsAsync(string group, string topic, CancellationToken cancellationToken)
    {
        var source = await TopicAsync(topic, cancellationToken);
        var offsets = new long[source.Next.Length];
        return _database.Read(reader =>
        {
            using var rows = reader.Command(SqliteBrokerSql.Offsets, group, source.Id).ExecuteReader();
            while (rows.Read()) offsets[rows.GetInt32(0)] = rows.GetInt64(1);
            return offsets;
        });
    }

    /// <summary>Saves where a group goes on.</summary>
    public Task SaveOffsetsAsync(string group, IReadOnlyCollection<TopicOffset> offsets) => _database.WriteAsync(writer =>
    {
        foreach (var (topic, partition, next) in offsets) writer.Command(SqliteBrokerSql.SaveOffset, group, _topics[topic].Id, partition, next).ExecuteNonQuery();
    });

    /// <summary>Calls <paramref name="arrived"/> with the partition after records of the topic became readable; the result ends it.</summary>
    public Action Watch(string topic, Action<int> arrived)
    {
        _watchers.AddOrUpdate(topic, _ => [arrived], (_, all) => all.Add(arrived));
        return () => _watchers.AddOrUpdate(topic, _ => [], (_, all) => all.Remove(arrived));
    }

    /// <summary>Removes records older than the retention; the newest of a partition stays, since it tells the next offset.</summary>
    public async Task SweepAsync()
    {
        var before = (_time.GetUtcNow() - _retention).ToUnixTimeMilliseconds();
        foreach (var topic in _topics.Values)
        {
            for (var partition = 0; partition < topic.Next.Length; partition++)
            {
                while (await _database.WriteAsync(writer => writer.Command(SqliteBrokerSql.Sweep, topic.Id, partition, before, SweepChunk, topic.Next[partition] - 1).ExecuteNonQuery()) == SweepChunk)
                {
                    // More of this partition is old; other writes get their turn in between.
                }
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _sweeper.DisposeAsync();
        await _database.DisposeAsync();
    }

    private static int PartitionOf(Topic topic, NewMessage message)
    {
        var count = topic.Next.Length;
        if (message.Partition is { } wanted) return wanted >= 0 && wanted < count ? wanted : throw new BrokerException($"partition {wanted} does not exist, the topic has {count}");
        if (message.Key is not null) return Partitioner.Of(message.Key, count);
        return (int)((uint)Interlocked.Increment(ref topic.RoundRobin) % (uint)count);
    }

    private static byte[] ToArray(ReadOnlyMemory<byte> body) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(body, out var segment) && segment.Offset == 0 && segment.Array!.Length == segment.Count ? segment.Array : body.ToArray();

    private ValueTask<Topic> TopicAsync(string name, CancellationToken cancellationToken) =>
        _topics.TryGetValue(name, out var topic) ? new(topic) : new(CreateAsync(name, cancellationToken));

    private async Task<Topic> CreateAsync(string name, CancellationToken cancellationToken)
    {
        TopicName.Check(name);
        var id = await _database.WriteAsync(
            writer =>
            {
                writer.Command(SqliteBrokerSql.CreateTopic, name, _partitions).ExecuteNonQuery();
                return (long)writer.Command(SqliteBrokerSql.TopicId, name).ExecuteScalar()!;
            },
            cancellationToken);
        lock (_lock) return _topics.TryGetValue(name, out var topic) ? topic : _topics[name] = new Topic(id, name, new long[_partitions]);
    }

    private static List<Topic> LoadTopics(SqliteReader reader)
    {
        var topics = new Dictionary<long, Topic>();
        using (var rows = reader.Command(SqliteBrokerSql.Topics).ExecuteReader())
        {
            while (rows.Read()) topics[rows.GetInt64(0)] = new Topic(rows.GetInt64(0), rows.GetString(1), new long[rows.GetInt32(2)]);
        }

        using (var rows = reader.Command(SqliteBrokerSql.Heads).ExecuteReader())
        {
            while (rows.Read()) topics[rows.GetInt64(0)].Next[rows.GetInt32(1)] = rows.GetInt64(2);
        }

        return [.. topics.Values];
    }

    // What a sweep could not remove is removed by the next one.
    private async Task SweepQuietlyAsync()
    {
        try
        {
            await SweepAsync();
        }
        catch (Exception error) when (error is Microsoft.Data.Sqlite.SqliteException or System.Threading.Channels.ChannelClosedException)
        {
        }
    }

    // Next is only touched by the one writer.
    private sealed class Topic(long id, string name, long[] next)
    {
        public int RoundRobin;

        public long Id => id;
        public string Name => name;
        public long[] Next => next;
    }
}
