using System.Text.Json.Nodes;
using DaprLocal.Config;
using DaprLocal.Tests.Api;
using OrderInventory.Testing;

namespace DaprLocal.Tests.PubSub;

/// <summary>Plays what was recorded of records that a foreign producer left: what is no CloudEvent, no object, or empty.</summary>
public sealed class NotJsonGoldenTests
{
    private static readonly string[] Records =
    [
        "not json at all", Event(1), """{"foo":1}""", Event(2), "[1,2]", "", Event(3),
    ];

    public static TheoryData<string, bool> Plays
    {
        get
        {
            var plays = new TheoryData<string, bool>();
            foreach (var kind in TestBroker.Kinds)
            {
                plays.Add(kind, true);
                plays.Add(kind, false);
            }

            return plays;
        }
    }

    [Theory]
    [MemberData(nameof(Plays))]
    public async Task Deliver_ForeignRecords_AreDeliveredDeadLetteredOrBlockAsWithDaprd(string kind, bool isEndless)
    {
        using var broker = new TestBroker(kind);
        var topics = new GoldenTopics(broker, "me", "300ms") { IsRawDead = true, Policy = isEndless ? new RetryPolicy(true, TimeSpan.Zero, TimeSpan.FromSeconds(5), -1) : null };
        var recorded = Golden.Read("pubsub/not-json.json")["cases"]!;
        var cases = new[] { "single", "single+deadletter", "bulk", "bulk+deadletter" }.Select((name, i) => (
            Expected: recorded[$"{(isEndless ? "endless" : "no")} policy: {name}"]!,
            Topic: topics.Add($"j{i}", name.EndsWith("+deadletter", StringComparison.Ordinal), name.StartsWith("bulk", StringComparison.Ordinal) ? new BulkSubscribe(10) : null, PublishAsync))).ToList();
        var port = RunningSidecar.FreePort();
        await using var app = await TestApp.StartAsync(port, "[]");
        app.Answer = delivery => Task.FromResult((200, delivery.Body["entries"] is JsonArray entries ? AllSucceed(entries) : ""));
        await using var sidecar = await topics.StartAsync(app);
        List<JsonNode?> Got(string topic) => [.. app.Deliveries.Where(delivery => delivery.Path == "/on/" + topic).SelectMany(delivery => delivery.Body["entries"] is JsonArray entries ? entries.Select(entry => entry!["event"]) : [delivery.Body])];
        await Eventually.TrueAsync(() => cases.TrueForAll(play => Got(play.Topic).Count >= play.Expected["delivered"]!.AsArray().Count && Got(play.Topic + ".dead").Count >= play.Expected["deadLettered"]!.AsArray().Count), "all deliveries");
        foreach (var (expected, topic) in cases)
        {
            Assert.Null(Difference(expected["delivered"]!, Got(topic), topic));
            Assert.Null(Difference(expected["deadLettered"]!, Got(topic + ".dead"), topic));
        }
    }

    private static async Task PublishAsync(RunningSidecar sidecar, string topic)
    {
        foreach (var record in Records) await GoldenTopics.PostAsync(sidecar, $"/v1.0/publish/pubsub/{topic}?metadata.partitionKey=k&metadata.rawPayload=true", record, "text/plain");
    }

    private static string? Difference(JsonNode expected, List<JsonNode?> actual, string topic)
    {
        var letters = new JsonArray([.. expected.AsArray().Select(item =>
        {
            var copy = item!.DeepClone();
            if (copy["topic"] is not null) copy["topic"] = topic + ".dead";
            return copy;
        })]);
        return new GoldenMatch().Difference(letters, new JsonArray([.. actual.Select(item => item?.DeepClone())]));
    }

    private static string AllSucceed(JsonArray entries) => new JsonObject
    {
        ["statuses"] = new JsonArray([.. entries.Select(entry => new JsonObject { ["entryId"] = entry!["entryId"]!.GetValue<string>(), ["status"] = "SUCCESS" })]),
    }.ToJsonString();

    private static string Event(int number) => $$"""{"specversion":"1.0","id":"g{{number}}","source":"s","type":"t","datacontenttype":"application/json","data":{"n": {{number}} } }""";
}
