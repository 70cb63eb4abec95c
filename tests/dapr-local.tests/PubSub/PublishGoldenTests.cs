using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using DaprLocal.Config;
using DaprLocal.Tests.Api;
using Microsoft.Extensions.Time.Testing;
using Xunit.Abstractions;

namespace DaprLocal.Tests.PubSub;

/// <summary>Plays what was recorded from daprd's publish APIs: the answers, what the app was delivered, and the records of Kafka.</summary>
public sealed class PublishGoldenTests(ITestOutputHelper output)
{
    private const int RecordedPartitions = 3;

    public static TheoryData<string, string> Plays
    {
        get
        {
            var plays = new TheoryData<string, string>();
            foreach (var kind in TestBroker.Kinds)
            {
                plays.Add("publish-grpc", kind);
                plays.Add("publish-http", kind);
            }

            return plays;
        }
    }

    [Theory]
    [MemberData(nameof(Plays))]
    public async Task Play_RecordedCases_AnswersAndDeliversAsDaprd(string file, string kind)
    {
        using var broker = new TestBroker(kind);
        var cases = Golden.Cases($"pubsub/{file}.json").Select(recorded => broker.WithOwnTopics(recorded, ["kh-", "kg-", "mh-"])).ToList();
        string[] topics = [.. cases.SelectMany(recorded => Steps(recorded, "delivered")).Select(TopicOf).Distinct()];
        await broker.CreateAsync(RecordedPartitions, topics);
        var component = broker.Component(RecordedPartitions);
        await using var app = await TestApp.StartAsync(RunningSidecar.FreePort(), "[]");
        app.Subscriptions = topics.Select(topic => new Subscription(component.Name, topic, "/on/" + topic, null, null, new Dictionary<string, string>()));
        await using var sidecar = await RunningSidecar.StartAsync([component], options => options with { AppId = "me-pub", AppPort = app.Port }, directory: broker.Directory);
        await sidecar.Sidecar.AppReady.WaitAsync(TimeSpan.FromSeconds(10));
        var player = new GoldenPlayer(sidecar, new FakeTimeProvider());
        var report = new DifferenceReport(file);
        foreach (var recorded in cases)
        {
            app.Deliveries.Clear();
            report.Add(recorded["name"]!.GetValue<string>(), await player.PlayAsync(recorded) ?? await RecordedDelivery.AllAsync(app, [.. Steps(recorded, "delivered")]) ?? Records(broker, recorded));
        }

        report.Check(output);
    }

    [KafkaTheory]
    [InlineData(3)]
    [InlineData(12)]
    public async Task Publish_RecordedKeysToKafka_LieInThePartitionsOfDaprd(int partitions)
    {
        using var broker = new TestBroker("kafka");
        var keys = Golden.Cases("pubsub/partitioner.json").Single(recorded => recorded["partitions"]!.GetValue<int>() == partitions)["keys"]!.AsObject();
        var found = new ConcurrentDictionary<string, int>();
        await using var run = await DeliveryRun.StartAsync(broker, """[{"pubsubname":"pubsub","topic":"{t}","route":"/on/t"}]""", partitions: partitions);
        run.App.Answer = delivery =>
        {
            found[delivery.Body["data"]!["key"]!.GetValue<string>()] = int.Parse(delivery.Headers["__partition"], CultureInfo.InvariantCulture);
            return Task.FromResult((200, ""));
        };
        foreach (var key in keys.Select(pair => pair.Key)) await run.PublishKeyAsync("t", key);
        await run.App.WaitForAsync(keys.Count);
        Assert.All(keys, pair => Assert.Equal(pair.Value!.GetValue<int>(), found[pair.Key]));
    }

    [Fact]
    public void Of_RecordedKeys_IsPartitionOfDaprd()
    {
        foreach (var recorded in Golden.Cases("pubsub/partitioner.json"))
        {
            var count = recorded["partitions"]!.GetValue<int>();
            Assert.All(recorded["keys"]!.AsObject(), pair => Assert.Equal(pair.Value!.GetValue<int>(), DaprLocal.PubSub.Partitioner.Of(pair.Key, count)));
        }
    }

    private static IEnumerable<JsonNode> Steps(JsonNode recorded, string kind) => recorded["steps"]!.AsArray().Select(step => step![kind]).OfType<JsonNode>();

    private static string TopicOf(JsonNode delivered) => delivered["path"]!.GetValue<string>()["/on/".Length..];

    private static string? Records(TestBroker broker, JsonNode recorded)
    {
        var delivered = Steps(recorded, "delivered").FirstOrDefault();
        var expected = Steps(recorded, "kafkaRecord").ToList();
        return broker.IsKafka && delivered is not null && expected.Count > 0 ? KafkaRecords.Difference(expected, KafkaRecords.Read(TopicOf(delivered))) : null;
    }
}
