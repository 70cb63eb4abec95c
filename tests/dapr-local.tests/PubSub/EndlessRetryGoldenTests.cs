using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using DaprLocal.Config;
using DaprLocal.Tests.Api;
using OrderInventory.Testing;

namespace DaprLocal.Tests.PubSub;

/// <summary>Plays what was recorded of a dead letter topic with an endless policy, as the apps have it, and of the order of deliveries.</summary>
public sealed class EndlessRetryGoldenTests
{
    private static readonly JsonNode File = Golden.Read("pubsub/endless-retry-and-order.json");
    private static readonly RetryPolicy Endless = new(true, TimeSpan.Zero, TimeSpan.FromSeconds(5), -1);

    [Theory]
    [MemberData(nameof(TestBroker.Kinds), MemberType = typeof(TestBroker))]
    public async Task Deliver_TransientFailuresAndDrop_RetriesTheFirstAndDeadLettersTheSecond(string kind)
    {
        using var broker = new TestBroker(kind);
        var topics = new GoldenTopics(broker, "me", "300ms") { Policy = Endless };
        var single = topics.Add("single", hasDeadLetters: true, null, GoldenTopics.Numbers(4));
        var bulk = topics.Add("bulk", hasDeadLetters: true, new BulkSubscribe(10), GoldenTopics.Numbers(4));
        var port = RunningSidecar.FreePort();
        await using var app = await TestApp.StartAsync(port, "[]");
        var batches = new ConcurrentQueue<int[]>();
        var failures = 0;
        app.Answer = delivery =>
        {
            if (delivery.Path == "/on/" + single) return Task.FromResult(SingleAnswer(Number(delivery.Body), () => failures++ < 5));
            if (delivery.Path != "/on/" + bulk) return Task.FromResult((200, ""));
            var entries = delivery.Body["entries"]!.AsArray();
            batches.Enqueue([.. entries.Select(entry => Number(entry!["event"]!))]);
            return Task.FromResult((200, BulkAnswer(entries, n => n == 3 ? "DROP" : n == 2 && batches.Count < 6 ? "RETRY" : "SUCCESS")));
        };
        await using var sidecar = await topics.StartAsync(app);
        int[] Dead(string topic) => [.. app.Deliveries.Where(delivery => delivery.Path == $"/on/{topic}.dead").Select(delivery => Number(delivery.Body))];
        int[] delivered = Numbers(File["single"]!["deliveries"]!);
        int[] Delivered() => [.. app.Deliveries.Where(delivery => delivery.Path == "/on/" + single).Select(delivery => Number(delivery.Body))];
        var expected = File["bulk"]!["batches"]!.AsArray().Select(batch => Numbers(batch!)).ToArray();
        await Eventually.TrueAsync(() => Delivered().Length >= delivered.Length && batches.Count >= expected.Length && Dead(single).Length > 0 && Dead(bulk).Length > 0, "all deliveries", seconds: 60);
        Assert.Equal(delivered, Delivered());
        Assert.Equal(expected, batches);
        Assert.Equal(Numbers(File["single"]!["deadLettered"]!), Dead(single));
        Assert.Equal(Numbers(File["bulk"]!["deadLettered"]!), Dead(bulk));
    }

    [Theory]
    [MemberData(nameof(TestBroker.Kinds), MemberType = typeof(TestBroker))]
    public async Task Deliver_OneSlowMessage_HoldsUpItsPartitionOnlyAndKeepsTheOrder(string kind)
    {
        var recorded = File["ordering"]!;
        int[] slow = [.. recorded["partitionOfTheSlowOne"]!.AsArray().Select(pair => pair![0]!.GetValue<int>())];
        var others = recorded["otherPartitions"]!.AsObject().ToDictionary(pair => int.Parse(pair.Key, CultureInfo.InvariantCulture), pair => pair.Value!.AsArray().Select(item => item![0]!.GetValue<int>()).ToArray());
        using var broker = new TestBroker(kind);
        await using var run = await DeliveryRun.StartAsync(broker, """[{"pubsubname":"pubsub","topic":"{t}","route":"/on/t"}]""", partitions: 3);
        var released = new TaskCompletionSource();
        run.App.Answer = async delivery =>
        {
            if (Number(delivery.Body) == 5) await released.Task;
            return (200, "");
        };
        for (var n = 0; n < 30; n++) await run.PublishAsync("t", n, $"key{n % 6}");
        int[] Of(int partition) => [.. run.App.Deliveries.Where(delivery => delivery.Headers["__partition"] == $"{partition}").Select(delivery => Number(delivery.Body))];
        await Eventually.TrueAsync(() => others.All(other => Of(other.Key).Length == other.Value.Length) && Of(0).Contains(5), "all messages of the other partitions, and the slow one");
        Assert.Equal(slow.TakeWhile(n => n != 5).Append(5), Of(0));
        released.SetResult();
        await run.App.WaitForAsync(30);
        Assert.Equal(slow, Of(0));
        Assert.All(others, other => Assert.Equal(other.Value, Of(other.Key)));
    }

    private static (int, string) SingleAnswer(int number, Func<bool> fails) => number switch
    {
        1 when fails() => (503, ""),
        2 => (200, """{"status":"DROP"}"""),
        _ => (200, ""),
    };

    private static string BulkAnswer(JsonArray entries, Func<int, string> status) => new JsonObject
    {
        ["statuses"] = new JsonArray([.. entries.Select(entry => new JsonObject { ["entryId"] = entry!["entryId"]!.GetValue<string>(), ["status"] = status(Number(entry["event"]!)) })]),
    }.ToJsonString();

    private static int Number(JsonNode body) => body["data"]!["n"]!.GetValue<int>();

    private static int[] Numbers(JsonNode list) => [.. list.AsArray().Select(n => n!.GetValue<int>())];
}
