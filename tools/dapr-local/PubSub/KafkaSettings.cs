using System.Text;
using System.Text.RegularExpressions;
using Confluent.Kafka;
using DaprLocal.Config;
using DaprLocal.Sidecars;

namespace DaprLocal.PubSub;

/// <summary>The metadata of a <c>pubsub.kafka</c> component as settings of the client; what it cannot serve is refused.</summary>
internal sealed class KafkaSettings
{
    private const int DefaultMaxMessageBytes = 1024 * 1024;

    // What daprd knows and this client does by itself, or what has no counterpart in it.
    private static readonly string[] WithoutEffect =
        ["version", "channelBufferSize", "consumeRetryInterval", "dialTimeout", "readTimeout", "writeTimeout", "metadataTimeout", "authRequired", "consumerID"];

    private static readonly string[] Known =
    [
        "brokers", "consumerGroup", "clientID", "initialOffset", "maxMessageBytes", "compression", "producerRequiredAcks", "producerRetryMax",
        "consumeRetryEnabled", "backOffPolicy", "backOffDuration", "backOffMaxRetries", "heartbeatInterval", "sessionTimeout",
        "consumerGroupRebalanceStrategy", "consumerFetchMin", "consumerFetchDefault", "clientConnectionTopicMetadataRefreshInterval",
        "escapeHeaders", "excludeHeaderMetaRegex",
    ];

    private readonly ComponentSettings _settings;
    private readonly Regex? _excluded;
    private readonly bool _escapes;

    /// <summary>Reads and checks the metadata.</summary>
    /// <exception cref="ConfigurationException">An unknown key, or a value that has no meaning or cannot be served.</exception>
    public KafkaSettings(ComponentSettings settings)
    {
        _settings = settings;
        settings.AllowOnly([.. Known, .. KafkaSecurity.Known, .. TopicScopes.Known], WithoutEffect);
        Brokers = settings.Required("brokers");
        MaxMessageBytes = settings.Number("maxMessageBytes", DefaultMaxMessageBytes, 1000, 1_000_000_000);
        _escapes = settings.Flag("escapeHeaders", false);
        var excluded = settings.Text("excludeHeaderMetaRegex", "");
        try
        {
            _excluded = excluded.Length == 0 ? null : new Regex(excluded, RegexOptions.NonBacktracking);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            throw settings.Wrong($"metadata 'excludeHeaderMetaRegex' is not a regular expression: {error.Message}");
        }

        if (!settings.Flag("consumeRetryEnabled", true)) throw settings.Wrong("metadata 'consumeRetryEnabled' must be true: without it failed messages would be lost");
        settings.Choice("backOffPolicy", "constant", new Dictionary<string, bool> { ["constant"] = true });
        settings.Choice("backOffMaxRetries", "-1", new Dictionary<string, bool> { ["-1"] = true });
        Producer();
        Consumer("check");
    }

    /// <summary>The addresses of the servers.</summary>
    public string Brokers { get; }

    /// <summary>The largest record that is sent.</summary>
    public int MaxMessageBytes { get; }

    /// <summary>True when a header of that name is passed on.</summary>
    public bool Maps(string header) => _excluded?.IsMatch(header) is not true;

    /// <summary>The text of a key or of a header's value.</summary>
    public string Text(byte[]? bytes) => bytes is null ? "" : _escapes ? Uri.EscapeDataString(Encoding.UTF8.GetString(bytes)) : Encoding.UTF8.GetString(bytes);

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
        PartitionAssignmentStrategy = _settings.Choice("consumerGroupRebalanceStrategy", "range", new Dictionary<string, PartitionAssignmentStrategy>
        {
            ["range"] = PartitionAssignmentStrategy.Range,
            ["roundrobin"] = PartitionAssignmentStrategy.RoundRobin,
        }),
        FetchMinBytes = _settings.Number("consumerFetchMin", 1, 1, 100_000_000),
        MaxPartitionFetchBytes = _settings.Number("consumerFetchDefault", 1024 * 1024, 1, 1_000_000_000),
        AllowAutoCreateTopics = true,
    };

    private ClientConfig Common() => KafkaSecurity.Apply(_settings, new ClientConfig
    {
        BootstrapServers = Brokers,
        ClientId = _settings.Text("clientID", "dapr-local"),
        MessageMaxBytes = MaxMessageBytes,
        TopicMetadataRefreshIntervalMs = Milliseconds("clientConnectionTopicMetadataRefreshInterval", TimeSpan.FromMinutes(8)),
        // A server that comes back is used at once.
        ReconnectBackoffMs = 100,
        ReconnectBackoffMaxMs = 1000,
    });

    private int Milliseconds(string name, TimeSpan fallback) => (int)_settings.Duration(name, fallback).TotalMilliseconds;
}
