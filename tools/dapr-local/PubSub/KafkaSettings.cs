using Confluent.Kafka;
using DaprLocal.Config;
using DaprLocal.Sidecars;

namespace DaprLocal.PubSub;

/// <summary>The metadata of a <c>pubsub.kafka</c> component as settings of the client; what it cannot serve is refused.</summary>
internal sealed class KafkaSettings
{
    private const int DefaultMaxMessageBytes = 1024 * 1024;

    // "version" is the protocol's, which this client finds out by itself.
    private static readonly string[] Known =
    [
        "brokers", "version", "consumerGroup", "clientID", "initialOffset", "maxMessageBytes", "compression", "producerRequiredAcks", "producerRetryMax",
        "backOffDuration", "heartbeatInterval", "sessionTimeout",
    ];

    private readonly ComponentSettings _settings;

    /// <summary>Reads and checks the metadata.</summary>
    /// <exception cref="ConfigurationException">An unknown key, or a value that has no meaning or cannot be served.</exception>
    public KafkaSettings(ComponentSettings settings)
    {
        _settings = settings;
        settings.AllowOnly([.. Known, .. KafkaSecurity.Known, .. TopicScopes.Known]);
        Brokers = settings.Required("brokers");
        MaxMessageBytes = settings.Number("maxMessageBytes", DefaultMaxMessageBytes, 1000, 1_000_000_000);
        Producer();
        Consumer("check");
    }

    /// <summary>The addresses of the servers.</summary>
    public string Brokers { get; }

    /// <summary>The largest record that is sent.</summary>
    public int MaxMessageBytes { get; }

    /// <summary>The settings of the producer.</summary>
    public ProducerConfig Producer()
    {
        var producer = new ProducerConfig(Common())
        {
            Acks = _settings.Choice("producerRequiredAcks", "all", new Dictionary<string, Acks> { ["all"] = Acks.All, ["local"] = Acks.Leader, ["none"] = Acks.None }),
            CompressionType = _settings.Choice("compression", "none", new Dictionary<string, CompressionType>
            {
                ["none"] = CompressionType.None,
                ["gzip"] = CompressionType.Gzip,
                ["snappy"] = CompressionType.Snappy,
                ["lz4"] = CompressionType.Lz4,
                ["zstd"] = CompressionType.Zstd,
            }),
            MessageSendMaxRetries = _settings.Number("producerRetryMax", 5, 0, 1000),
            MessageMaxBytes = MaxMessageBytes,
            MaxInFlight = 1,
            LingerMs = 0,
            MessageTimeoutMs = 10_000,
            AllowAutoCreateTopics = true,
        };
        // daprd's choice (see Partitioner), for which the library has no name.
        producer.Set("partitioner", "fnv1a_random");
        return producer;
    }

    /// <summary>The settings of a member of a group.</summary>
    public ConsumerConfig Consumer(string group) => new(Common())
    {
        GroupId = group,
        AutoOffsetReset = _settings.Choice("initialOffset", "newest", new Dictionary<string, AutoOffsetReset> { ["newest"] = AutoOffsetReset.Latest, ["oldest"] = AutoOffsetReset.Earliest }),
        EnableAutoCommit = true,
        EnableAutoOffsetStore = false,
        AutoCommitIntervalMs = 1000,
        HeartbeatIntervalMs = Milliseconds("heartbeatInterval", TimeSpan.FromSeconds(3)),
        SessionTimeoutMs = Milliseconds("sessionTimeout", TimeSpan.FromSeconds(10)),
        AllowAutoCreateTopics = true,
    };

    private ClientConfig Common() => KafkaSecurity.Apply(_settings, new ClientConfig
    {
        BootstrapServers = Brokers,
        ClientId = _settings.Text("clientID", "dapr-local"),
        MessageMaxBytes = MaxMessageBytes,
        // A server that comes back is used at once.
        ReconnectBackoffMs = 100,
        ReconnectBackoffMaxMs = 1000,
    });

    private int Milliseconds(string name, TimeSpan fallback) => (int)_settings.Duration(name, fallback).TotalMilliseconds;
}
