using DaprLocal.Config;
using DaprLocal.Tests.Api;

namespace DaprLocal.Tests.PubSub;

/// <summary>Mistakes in a <c>pubsub.kafka</c> component stop the start with file and line; no server is needed for them.</summary>
public sealed class KafkaStartTests
{
    [Theory]
    [InlineData("brokers", "", "needs metadata 'brokers'")]
    [InlineData("authType", "", "needs metadata 'authType'")]
    [InlineData("authType", "None", "dapr-local knows none, password")]
    [InlineData("initialOfset", "oldest", "metadata 'initialOfset', which dapr-local does not know for pubsub.kafka")]
    [InlineData("initialOffset", "first", "must be newest or oldest, not 'first'")]
    [InlineData("compression", "zip", "must be none or gzip or snappy or lz4 or zstd, not 'zip'")]
    [InlineData("producerRequiredAcks", "two", "must be all or local or none")]
    [InlineData("maxMessageBytes", "1MB", "must be a number")]
    [InlineData("consumeRetryEnabled", "false", "does not know for pubsub.kafka")]
    [InlineData("excludeHeaderMetaRegex", "a", "does not know for pubsub.kafka")]
    [InlineData("brokers", "127.0.0.1:1", "no Kafka server lets it in at 127.0.0.1:1")]
    public async Task Start_WrongMetadata_NamesFileLineAndRemedy(string name, string value, string remedy)
    {
        var metadata = new Dictionary<string, string> { ["brokers"] = "127.0.0.1:1", ["authType"] = "none", [name] = value };
        var error = await Assert.ThrowsAsync<ConfigurationException>(() => RunningSidecar.StartAsync([RunningSidecar.Component("pubsub", "pubsub.kafka", [.. metadata.Select(pair => (pair.Key, pair.Value))])]));
        Assert.StartsWith("test.yaml:1: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, error.Message, StringComparison.Ordinal);
    }
}
