using System.Globalization;
using System.Text.Json.Nodes;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using DaprLocal.Config;
using DaprLocal.Tests.Api;
using OrderInventory.Testing;

namespace DaprLocal.Tests.PubSub;

/// <summary>
/// A broker for one test: pubsub.sqlite in a folder of its own, or topics and groups of its own on the Kafka that
/// OI_KAFKA or a test names. Suites that hold for every broker take <see cref="Kinds"/> as their parameter.
/// </summary>
internal sealed class TestBroker(string kind, string? kafka = null) : IDisposable
{
    private readonly string? _kafka = kafka ?? Kafka;
    private readonly string _scope = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString("N")[^12..];

    /// <summary>The addresses of Kafka; null where there is none.</summary>
    public static string? Kafka { get; } = Environment.GetEnvironmentVariable("OI_KAFKA") is { Length: > 0 } servers ? servers : null;

    /// <summary>The brokers that are there.</summary>
    public static TheoryData<string> Kinds => Kafka is null ? ["sqlite"] : ["sqlite", "kafka"];

    /// <summary>The folder of the sidecar.</summary>
    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("dapr-local-test-").FullName;

    public bool IsKafka => kind == "kafka";

    /// <summary>The name of a test's topic on this broker.</summary>
    public string Topic(string name) => IsKafka ? $"{_scope}.{name}" : name;

    /// <summary>A text in which <c>{t}</c> and the like stand for topics.</summary>
    public string WithTopics(string text) => text.Replace("{t}", Topic("t"), StringComparison.Ordinal).Replace("{dlq}", Topic("t.dlq"), StringComparison.Ordinal);

    /// <summary>A recorded case with topics of its own, where other runs have used the recorded ones.</summary>
    public JsonNode WithOwnTopics(JsonNode recorded, IEnumerable<string> prefixes) =>
        IsKafka ? JsonNode.Parse(prefixes.Aggregate(recorded.ToJsonString(), (text, prefix) => text.Replace(prefix, $"{_scope}.{prefix}", StringComparison.Ordinal)))! : recorded;

    /// <summary>The component; failed deliveries come again after <paramref name="backOff"/>.</summary>
    public ComponentManifest Component(int partitions = 12, string backOff = "100ms") => kind switch
    {
        "kafka" => RunningSidecar.Component("pubsub", "pubsub.kafka", ("brokers", _kafka!), ("authType", "none"), ("initialOffset", "oldest"), ("consumerGroup", "{appID}-" + _scope), ("backOffDuration", backOff)),
        _ => RunningSidecar.Broker(("partitions", partitions.ToString(CultureInfo.InvariantCulture)), ("backOffDuration", backOff)),
    };

    /// <summary>
    /// Creates topics of these full names with that many partitions, and waits for their leader: for a moment Kafka names one that
    /// still turns records away, and what is repeated then may come behind what was published after it. SQLite creates its own.
    /// </summary>
    public async Task CreateAsync(int partitions, params string[] names)
    {
        if (!IsKafka) return;
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = _kafka }).Build();
        try
        {
            await admin.CreateTopicsAsync(names.Select(name => new TopicSpecification { Name = name, NumPartitions = partitions, ReplicationFactor = 1 }));
        }
        catch (CreateTopicsException error) when (error.Results.All(result => result.Error.Code is ErrorCode.NoError or ErrorCode.TopicAlreadyExists))
        {
            // A second sidecar on the same broker.
        }

        var all = names.SelectMany(name => Enumerable.Range(0, partitions), (name, partition) => new TopicPartitionOffsetSpec { TopicPartition = new(name, partition), OffsetSpec = OffsetSpec.Latest() }).ToList();
        await Eventually.GetAsync(() => AreLedAsync(admin, all), led => led, TimeSpan.FromSeconds(30), "the leaders of the topics");
    }

    private static async Task<bool> AreLedAsync(IAdminClient admin, List<TopicPartitionOffsetSpec> partitions)
    {
        try
        {
            await admin.ListOffsetsAsync(partitions);
            return true;
        }
        catch (KafkaException)
        {
            return false;
        }
    }

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
