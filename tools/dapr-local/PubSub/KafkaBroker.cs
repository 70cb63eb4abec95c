using System.Text;
using Confluent.Kafka;

namespace DaprLocal.PubSub;

/// <summary>
/// <c>pubsub.kafka</c>: records, keys and partitions as daprd writes them. One request at a time is on its way to each
/// server, so that a repeated one cannot change the order; a crash may leave a record there twice, never out of place.
/// </summary>
internal sealed class KafkaBroker : IBroker
{
    private static readonly TimeSpan TopicLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FlushLimit = TimeSpan.FromSeconds(5);
    private readonly KafkaSettings _settings;
    private readonly KafkaConnection _connection;
    private readonly ILogger _log;
    private readonly IProducer<byte[]?, byte[]> _producer;
    private readonly IAdminClient _admin;

    private KafkaBroker(KafkaSettings settings, ILogger log)
    {
        _settings = settings;
        _log = log;
        _connection = new KafkaConnection(settings.Brokers, log);
        _producer = new ProducerBuilder<byte[]?, byte[]>(settings.Producer())
            .SetErrorHandler((_, error) => _connection.OnError(error))
            .SetLogHandler((_, _) => { })
            .Build();
        _admin = new DependentAdminClientBuilder(_producer.Handle).Build();
    }

    /// <summary>Connects; ends when a server has answered.</summary>
    /// <exception cref="KafkaException">None did within <paramref name="limit"/>, or one turned this client away.</exception>
    public static async Task<KafkaBroker> OpenAsync(KafkaSettings settings, TimeSpan limit, ILogger log)
    {
        var broker = new KafkaBroker(settings, log);
        try
        {
            // The client has no call that does not block.
            await Task.Run(() => broker._admin.GetMetadata(limit));
            return broker;
        }
        catch (KafkaException) when (broker._connection.Refusal is { } refusal)
        {
            await broker.DisposeAsync();
            throw new KafkaException(refusal);
        }
        catch
        {
            await broker.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task PublishAsync(string topic, IReadOnlyList<NewMessage> messages, CancellationToken cancellationToken)
    {
        TopicName.Check(topic);
        var errors = await Task.WhenAll(messages.Select(message => SendAsync(topic, message, cancellationToken)));
        if (Array.Exists(errors, error => error is not null)) throw new BrokerException(string.Join('\n', errors.OfType<string>().Distinct()));
        _connection.OnAnswer();
    }

    /// <inheritdoc/>
    public async Task ConsumeAsync(string group, IReadOnlyCollection<string> topics, Func<IClaim, Task> serve, CancellationToken stopping)
    {
        foreach (var topic in topics) await CreateAsync(topic, stopping);
        await new KafkaConsumer(_settings, group, _connection, serve, _log).RunAsync(topics, stopping);
    }

    public async ValueTask DisposeAsync()
    {
        await Task.Run(() => _producer.Flush(FlushLimit));
        _admin.Dispose();
        _producer.Dispose();
    }

    // Null when the record is durable, else why it is not.
    private async Task<string?> SendAsync(string topic, NewMessage message, CancellationToken cancellationToken)
    {
        var record = new Message<byte[]?, byte[]>
        {
            Key = message.Key is null ? null : Encoding.UTF8.GetBytes(message.Key),
            Value = message.Body.ToArray(),
            Headers = [],
        };
        foreach (var (name, value) in message.Headers)
            record.Headers.Add(name, Encoding.UTF8.GetBytes(value));

        try
        {
            await _producer.ProduceAsync(new TopicPartition(topic, message.Partition ?? Partition.Any), record, cancellationToken);
            return null;
        }
        catch (KafkaException error)
        {
            return error.Error.Code switch
            {
                ErrorCode.MsgSizeTooLarge => $"kafka: the message is larger than maxMessageBytes ({_settings.MaxMessageBytes}) or the topic allows",
                ErrorCode.Local_UnknownPartition => $"kafka: partition {message.Partition} does not exist",
                _ => $"kafka: {error.Error.Reason}",
            };
        }
    }

    // Asking for a topic creates it where the server lets it; the partitions appear a moment later. One that never does is
    // left to the client, which goes on looking for it.
    private async Task CreateAsync(string topic, CancellationToken stopping)
    {
        for (var attempt = 0; attempt < 50; attempt++)
        {
            var metadata = await Task.Run(() => _admin.GetMetadata(topic, TopicLimit), stopping);
            if (metadata.Topics.Find(found => found.Topic == topic) is { Error.Code: ErrorCode.NoError, Partitions.Count: > 0 }) return;
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, stopping);
        }
    }
}
