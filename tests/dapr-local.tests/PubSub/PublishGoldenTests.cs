using System.Text.Json.Nodes;
using DaprLocal.Config;
using DaprLocal.PubSub;
using DaprLocal.Tests.Api;
using Microsoft.Extensions.Time.Testing;

namespace DaprLocal.Tests.PubSub;

/// <summary>Plays what was recorded from daprd's publish APIs on Kafka: the answers, and what the app was delivered.</summary>
public sealed class PublishGoldenTests
{
    private static readonly string[] OfTheConnection = ["host", "content-length", "user-agent", "accept-encoding"];

    // Case name to the reason why it differs.
    private static readonly Dictionary<string, string> Known = new() { ["json_null"] = "the recording does not tell the body null from no body; the player sends none" };

    [Theory]
    [InlineData("publish-grpc")]
    [InlineData("publish-http")]
    public async Task Play_RecordedCases_AnswersAndDeliversAsDaprd(string file)
    {
        var cases = Golden.Cases($"pubsub/{file}.json").ToList();
        var topics = cases.SelectMany(Delivered).Select(delivered => delivered["path"]!.GetValue<string>()["/on/".Length..]).Distinct();
        var subscriptions = topics.Select(topic => new Subscription("pubsub", topic, "/on/" + topic, null, null, new Dictionary<string, string>())).ToList();
        var port = RunningSidecar.FreePort();
        await using var app = await TestApp.StartAsync(port, "[]");
        await using var sidecar = await RunningSidecar.StartAsync(
            [RunningSidecar.Component("pubsub", "pubsub.sqlite", ("connectionString", "pubsub.db"), ("partitions", "3"))],
            options => options with { AppId = "me-pub", AppPort = port, Subscriptions = subscriptions });
        await sidecar.Sidecar.AppReady.WaitAsync(TimeSpan.FromSeconds(10));
        var player = new GoldenPlayer(sidecar, new FakeTimeProvider());
        var differences = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var recorded in cases)
        {
            if (recorded["steps"]!.AsArray().Any(step => step!["grpc"] is not null && step["request"] is null)) continue; // A summary of a load, not an exchange.
            app.Deliveries.Clear();
            var name = recorded["name"]!.GetValue<string>();
            var difference = await player.PlayAsync(recorded) ?? await DeliveriesAsync(app, [.. Delivered(recorded)]);
            if (difference is not null) differences[name] = difference;
        }

        var report = differences.Where(difference => !Known.ContainsKey(difference.Key)).Select(difference => $"{difference.Key}: {difference.Value}");
        Assert.True(!report.Any(), string.Join('\n', report));
    }

    [Fact]
    public void Of_RecordedKeys_IsPartitionOfDaprd()
    {
        foreach (var recorded in Golden.Cases("pubsub/partitioner.json"))
        {
            var count = recorded["partitions"]!.GetValue<int>();
            Assert.All(recorded["keys"]!.AsObject(), pair => Assert.Equal(pair.Value!.GetValue<int>(), Partitioner.Of(pair.Key, count)));
        }
    }

    private static IEnumerable<JsonNode> Delivered(JsonNode recorded) => recorded["steps"]!.AsArray().Where(step => step!["delivered"] is not null).Select(step => step!["delivered"]!);

    // Records without a key lie on any partition, so their order is free.
    private static async Task<string?> DeliveriesAsync(TestApp app, List<JsonNode> expected)
    {
        if (expected.Count == 0) return null;
        await app.WaitForAsync(expected.Count);
        if (app.Deliveries.Count != expected.Count) return $"{app.Deliveries.Count} deliveries, not {expected.Count}";
        string? difference = null;
        foreach (var delivery in app.Deliveries)
        {
            var found = expected.FirstOrDefault(candidate => (difference = Difference(candidate, delivery)) is null);
            if (found is null) return difference;
            expected.Remove(found);
        }

        return null;
    }

    private static string? Difference(JsonNode expected, Delivery actual)
    {
        var match = new GoldenMatch();
        var path = expected["path"]!.GetValue<string>();
        if (actual.Path != path) return $"delivered to {actual.Path}, not {path}";
        var wanted = expected["headers"]!.AsObject();
        foreach (var (name, value) in wanted)
        {
            if (!actual.Headers.TryGetValue(name, out var got)) return $"header {name} was not delivered";
            if (match.TextDifference(value!.GetValue<string>(), got, name) is { } difference) return difference;
        }

        if (actual.Headers.Keys.Except(wanted.Select(pair => pair.Key)).Except(OfTheConnection).FirstOrDefault() is { } extra) return $"header {extra} should not be delivered";
        return expected["body"] is JsonObject { Count: 1 } wrapped && wrapped["text"] is JsonValue text
            ? match.Difference(JsonNode.Parse(text.GetValue<string>()), actual.Body, "delivered")
            : match.Difference(expected["body"], actual.Body, "delivered");
    }
}
