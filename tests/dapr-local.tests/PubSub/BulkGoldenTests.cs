using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using DaprLocal.Config;
using DaprLocal.Tests.Api;
using OrderInventory.Testing;
using Xunit.Abstractions;

namespace DaprLocal.Tests.PubSub;

/// <summary>Plays every recorded answer of an app to a bulk delivery, and compares the delivery itself.</summary>
public sealed class BulkGoldenTests(ITestOutputHelper output)
{
    private static readonly JsonNode File = Golden.Read("pubsub/bulk-subscribe.json");
    private static readonly BulkSubscribe Bulk = new(File["bulkSubscribe"]!["maxMessagesCount"]!.GetValue<int>());

    [Theory]
    [MemberData(nameof(TestBroker.Kinds), MemberType = typeof(TestBroker))]
    public async Task Play_Answers_AreDeliveredAsByDaprd(string kind)
    {
        using var broker = new TestBroker(kind);
        var topics = new GoldenTopics(broker, "me-bulk", "300ms");
        var plays = File["cases"]!.AsArray().Select((recorded, i) => new Play(recorded!, topics.Add($"b{i}", recorded!["deadLetterTopic"]!.GetValue<bool>(), Bulk, GoldenTopics.Numbers(6)))).ToDictionary(play => play.Topic);
        Assert.Equal(40, plays.Count);
        var port = RunningSidecar.FreePort();
        await using var app = await TestApp.StartAsync(port, "[]");
        app.Answer = delivery => Task.FromResult(plays[delivery.Path["/on/".Length..].Replace(".dead", "", StringComparison.Ordinal)].Answer(delivery));
        await using var sidecar = await topics.StartAsync(app);
        await Eventually.TrueAsync(() => plays.Values.All(play => play.IsComplete), $"all batches of {string.Join(", ", plays.Values.Where(play => !play.IsComplete).Select(play => play.Name))}", seconds: 60);
        var report = new DifferenceReport("bulk-subscribe");
        foreach (var play in plays.Values) report.Add(play.Name, play.Difference());
        report.Check(output);
    }

    [Theory]
    [MemberData(nameof(TestBroker.Kinds), MemberType = typeof(TestBroker))]
    public async Task Deliver_ManyAndMixedMessages_HasRecordedSizesAndShape(string kind)
    {
        using var broker = new TestBroker(kind);
        var topics = new GoldenTopics(broker, "me-bulk", "300ms");
        var many = topics.Add("many", hasDeadLetters: false, Bulk, GoldenTopics.Numbers(25));
        var shape = topics.Add("shape", hasDeadLetters: false, Bulk, PublishShapesAsync);
        var port = RunningSidecar.FreePort();
        await using var app = await TestApp.StartAsync(port, "[]");
        app.Answer = delivery => Task.FromResult((200, AllSucceed(delivery)));
        await using var sidecar = await topics.StartAsync(app);
        var sizes = File["sizesOf25AtOnce"]!.AsArray().Select(size => size!.GetValue<int>()).ToArray();
        await app.WaitForAsync(sizes.Length + 1);
        Assert.Equal(sizes, app.Deliveries.Where(delivery => delivery.Path == "/on/" + many).Select(delivery => delivery.Body["entries"]!.AsArray().Count));
        var recorded = JsonNode.Parse(File["shape"]![0]!["delivered"]!.ToJsonString().Replace("\"shape\"", $"\"{shape}\"", StringComparison.Ordinal).Replace("/on/shape", "/on/" + shape, StringComparison.Ordinal))!;
        Assert.Null(RecordedDelivery.Difference(recorded, app.Deliveries.Single(delivery => delivery.Path == "/on/" + shape)));
    }

    private static async Task PublishShapesAsync(RunningSidecar sidecar, string topic)
    {
        var path = $"/v1.0/publish/pubsub/{topic}?metadata.partitionKey=k";
        await GoldenTopics.PostAsync(sidecar, path + "&metadata.cloudevent.id=a", """{"n":1}""", "application/json");
        await GoldenTopics.PostAsync(sidecar, path + "&metadata.cloudevent.id=b", "hello", "text/plain");
        await GoldenTopics.PostAsync(sidecar, path + "&metadata.rawPayload=true", """{"r":1}""", "application/json");
        await GoldenTopics.PostAsync(sidecar, path, """{"specversion":"1.0","id":"c","source":"s","type":"t","data":{"n":4}}""", "application/cloudevents+json");
    }

    private static string AllSucceed(Delivery delivery) => new JsonObject
    {
        ["statuses"] = new JsonArray([.. delivery.Body["entries"]!.AsArray().Select(entry => new JsonObject { ["entryId"] = entry!["entryId"]!.GetValue<string>(), ["status"] = "SUCCESS" })]),
    }.ToJsonString();

    private sealed class Play(JsonNode recorded, string topic)
    {
        private readonly string _expected = recorded["batches"]!.ToJsonString();
        private readonly int[] _dead = [.. (recorded["deadLettered"]?.AsArray() ?? []).Select(n => n!.GetValue<int>())];
        private readonly ConcurrentQueue<int[]> _batches = [];
        private readonly ConcurrentQueue<string> _entryIds = [];
        private readonly ConcurrentQueue<int> _letters = [];

        public string Topic => topic;
        public string Name => recorded["name"]!.GetValue<string>();
        public bool IsComplete => _batches.Count >= recorded["batches"]!.AsArray().Count && _letters.Count >= _dead.Length;

        public (int Status, string Body) Answer(Delivery delivery)
        {
            if (delivery.Path.EndsWith(".dead", StringComparison.Ordinal))
            {
                _letters.Enqueue(delivery.Body["data"]!["n"]!.GetValue<int>());
                return (200, "");
            }

            var entries = delivery.Body["entries"]!.AsArray();
            var isFirst = _batches.IsEmpty;
            _batches.Enqueue([.. entries.Select(entry => entry!["event"]!["data"]!["n"]!.GetValue<int>())]);
            _entryIds.Enqueue(string.Join(' ', entries.Select(entry => entry!["entryId"])));
            return isFirst ? GoldenTopics.AnswerOf(recorded["firstAnswerToTheBatchWithMessage2"]!) : (200, AllSucceed(delivery));
        }

        public string? Difference()
        {
            var batches = new JsonArray([.. _batches.Select(batch => new JsonArray([.. batch.Select(n => JsonValue.Create(n))]))]).ToJsonString();
            if (batches != _expected) return $"batches {batches}, not {_expected}";
            if (recorded["entryIdsAreKeptOnRedelivery"]?.GetValue<bool>() == true && _entryIds.Distinct().Count() != 1) return "a redelivery has other entry ids";
            return _letters.Order().SequenceEqual(_dead) ? null : $"dead letters {string.Join(' ', _letters)}, not {string.Join(' ', _dead)}";
        }
    }
}
