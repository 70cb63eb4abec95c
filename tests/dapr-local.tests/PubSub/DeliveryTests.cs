using System.Collections.Concurrent;
using DaprLocal.Config;
using OrderInventory.Testing;

namespace DaprLocal.Tests.PubSub;

/// <summary>Deliveries from every durable broker to an app, through a whole sidecar.</summary>
public sealed class DeliveryTests
{
    private const string Single = """[{"pubsubname":"pubsub","topic":"{t}","route":"/on/t"}]""";
    private const string WithDeadLetters = """[{"pubsubName":"pubsub","topic":"{t}","routes":{"default":"on/t"},"deadLetterTopic":"{dlq}"},{"pubsubname":"pubsub","topic":"{dlq}","route":"/on/dlq"}]""";
    private const string Bulk = """[{"pubsubname":"pubsub","topic":"{t}","route":"/on/t","deadLetterTopic":"{dlq}","bulkSubscribe":{"enabled":true,"maxMessagesCount":10,"maxAwaitDurationMs":100}},{"pubsubname":"pubsub","topic":"{dlq}","route":"/on/dlq"}]""";

    [Theory]
    [MemberData(nameof(TestBroker.Kinds), MemberType = typeof(TestBroker))]
    public async Task Publish_ManyByManyCallers_EachDeliveredOnceInOrderOfItsKey(string kind)
    {
        using var broker = new TestBroker(kind);
        await using var run = await DeliveryRun.StartAsync(broker, Single);
        var seen = new ConcurrentDictionary<string, List<int>>();
        run.App.Answer = delivery =>
        {
            var key = delivery.Headers["__key"];
            var list = seen.GetOrAdd(key, _ => []);
            lock (list) list.Add(delivery.Body["data"]!["n"]!.GetValue<int>());
            return Task.FromResult((200, ""));
        };
        var each = FullSize.Or(full: 100, small: 30);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(async key =>
        {
            for (var n = 0; n < each; n++) await run.PublishAsync("t", n, "key-" + key);
        }));
        await run.App.WaitForAsync(50 * each, seconds: 60);
        Assert.Equal(50, seen.Count);
        Assert.All(seen.Values, numbers => Assert.Equal(Enumerable.Range(0, each), numbers));
    }

    [Theory]
    [MemberData(nameof(TestBroker.Kinds), MemberType = typeof(TestBroker))]
    public async Task Deliver_Message_HasHeadersOfRecordAndTokens(string kind)
    {
        using var broker = new TestBroker(kind);
        await using var run = await DeliveryRun.StartAsync(broker, Single, options => options with { AppToken = "app-token" });
        await run.PublishAsync("t", 1, "k", ("cloudevent.id", "id-1"), ("Shop", "north"));
        await run.App.WaitForAsync(1);
        var delivery = Assert.Single(run.App.Deliveries);
        Assert.Equal("/on/t", delivery.Path);
        Assert.Equal("application/cloudevents+json", delivery.Headers["content-type"]);
        Assert.Equal(("pubsub", "app-token", "k", broker.Topic("t"), "0", "north", "id-1"), (delivery.Headers["pubsubname"], delivery.Headers["dapr-api-token"], delivery.Headers["__key"], delivery.Headers["__topic"], delivery.Headers["__offset"], delivery.Headers["shop"], delivery.Headers["cloudevent.id"]));
        Assert.Equal("id-1", delivery.Body["id"]!.GetValue<string>());
        Assert.True(delivery.Headers.ContainsKey("__timestamp") && delivery.Headers.ContainsKey("__partition"));
    }

    [Theory]
    [MemberData(nameof(TestBroker.Kinds), MemberType = typeof(TestBroker))]
    public async Task Restart_AfterSomeDeliveries_GoesOnBehindTheLastAck(string kind)
    {
        using var broker = new TestBroker(kind);
        await using (var first = await DeliveryRun.StartAsync(broker, Single, partitions: 1))
        {
            for (var n = 0; n < 5; n++) await first.PublishAsync("t", n, "k");
            await first.App.WaitForAsync(5);
            first.App.Answer = _ => Task.FromResult((503, ""));
            for (var n = 5; n < 8; n++) await first.PublishAsync("t", n, "k");
            await first.App.WaitForAsync(6);
        }

        await using var second = await DeliveryRun.StartAsync(broker, Single, partitions: 1);
        await second.App.WaitForAsync(3);
        Assert.Equal([5, 6, 7], second.Numbers());
    }

    [Theory]
    [MemberData(nameof(TestBroker.Kinds), MemberType = typeof(TestBroker))]
    public async Task Deliver_AppGoesDownAndComesBack_GoesOnByItself(string kind)
    {
        using var broker = new TestBroker(kind);
        await using var run = await DeliveryRun.StartAsync(broker, WithDeadLetters);
        await run.App.StopAsync();
        for (var n = 0; n < 3; n++) await run.PublishAsync("t", n, "k");
        await run.App.StartAsync();
        await run.App.WaitForAsync(3, seconds: 5);
        Assert.Equal([0, 1, 2], run.Numbers("/on/t"));
        Assert.Empty(run.Numbers("/on/dlq"));
    }

    [Theory]
    [MemberData(nameof(TestBroker.Kinds), MemberType = typeof(TestBroker))]
    public async Task Deliver_FailureWithBoundedPolicy_GoesToDeadLetterTopicWithItsOrigin(string kind)
    {
        using var broker = new TestBroker(kind);
        await using var run = await DeliveryRun.StartAsync(broker, WithDeadLetters, options => options with { Resiliency = Inbound(new RetryPolicy(false, TimeSpan.FromMilliseconds(20), TimeSpan.Zero, 2)) });
        run.App.Answer = delivery => Task.FromResult((delivery.Path == "/on/t" && delivery.Body["data"]!["n"]!.GetValue<int>() == 1 ? 503 : 200, ""));
        for (var n = 1; n <= 3; n++) await run.PublishAsync("t", n, "k");
        await run.App.WaitForAsync(6);
        Assert.Equal([1, 1, 1, 2, 3], run.Numbers("/on/t"));
        var letter = Assert.Single(run.App.Deliveries, delivery => delivery.Path == "/on/dlq");
        Assert.Equal((broker.Topic("t"), "k", 1), (letter.Headers["__topic"], letter.Headers["__key"], letter.Body["data"]!["n"]!.GetValue<int>()));
    }

    [Theory]
    [MemberData(nameof(TestBroker.Kinds), MemberType = typeof(TestBroker))]
    public async Task DeliverBulk_SomeEntriesFail_OnlyThoseComeAgainAndOthersGoOn(string kind)
    {
        using var broker = new TestBroker(kind);
        await using var run = await DeliveryRun.StartAsync(broker, Bulk, options => options with { Resiliency = Inbound(new RetryPolicy(false, TimeSpan.FromMilliseconds(200), TimeSpan.Zero, -1)) });
        var batches = new ConcurrentQueue<int[]>();
        var failed = 0;
        run.App.Answer = delivery =>
        {
            if (delivery.Path != "/on/t") return Task.FromResult((200, ""));
            var entries = delivery.Body["entries"]!.AsArray();
            batches.Enqueue([.. entries.Select(entry => entry!["event"]!["data"]!["n"]!.GetValue<int>())]);
            var statuses = entries.Select(entry =>
            {
                var n = entry!["event"]!["data"]!["n"]!.GetValue<int>();
                var word = n == 3 ? "DROP" : n == 2 && failed++ < 2 ? "RETRY" : "SUCCESS";
                return $$"""{"entryId":"{{entry["entryId"]}}","status":"{{word}}"}""";
            });
            return Task.FromResult((200, $$"""{"statuses":[{{string.Join(',', statuses)}}]}"""));
        };
        await run.BulkPublishAsync("t", Enumerable.Range(1, 4), "k");
        await Eventually.TrueAsync(() => batches.Count == 3, "three batches");
        Assert.Equal([[1, 2, 3, 4], [2], [2]], batches);
        await Eventually.TrueAsync(() => run.Numbers("/on/dlq").Length == 1, "a dead letter");
        Assert.Equal([3], run.Numbers("/on/dlq"));
        await run.BulkPublishAsync("t", [5], "k");
        await Eventually.TrueAsync(() => batches.Count == 4, "the next batch");
    }

    [Fact]
    public async Task DeliverBulk_ManyPartitions_BatchesAreFullAndInOrderOfArrival()
    {
        using var broker = new TestBroker("sqlite");
        await using var run = await DeliveryRun.StartAsync(broker, Bulk);
        var batches = new ConcurrentQueue<int[]>();
        var opened = Task.CompletedTask;
        run.App.Answer = async delivery =>
        {
            var (entries, mayAnswer) = (delivery.Body["entries"]!.AsArray(), opened);
            batches.Enqueue([.. entries.Select(entry => entry!["event"]!["data"]!["n"]!.GetValue<int>())]);
            await mayAnswer;
            return (200, $$"""{"statuses":[{{string.Join(',', entries.Select(entry => $$"""{"entryId":"{{entry!["entryId"]}}","status":"SUCCESS"}"""))}}]}""");
        };
        // So that every partition is served before it counts.
        for (var n = 0; n <= 20; n++) await run.PublishAsync("t", n, "key-" + n);
        await Eventually.TrueAsync(() => batches.Sum(batch => batch.Length) == 21, "each key was delivered once");
        batches.Clear();
        var open = new TaskCompletionSource();
        opened = open.Task;

        await run.PublishAsync("t", 0, "key-0");
        await Eventually.TrueAsync(() => batches.Count == 1, "a batch is under way");
        for (var n = 1; n <= 20; n++) await run.PublishAsync("t", n, "key-" + n);
        open.SetResult();
        await Eventually.TrueAsync(() => batches.Count == 3, "three batches");

        Assert.Equal([[0], [.. Enumerable.Range(1, 10)], [.. Enumerable.Range(11, 10)]], batches);
    }

    [Fact]
    public async Task Subscribe_WithRoutingRules_AppIsRefusedWithReason()
    {
        using var broker = new TestBroker("sqlite");
        await using var run = await DeliveryRun.StartAsync(broker, """[{"pubsubname":"pubsub","topic":"{t}","routes":{"rules":[{"match":"has(event.type)","path":"/x"}],"default":"/y"}}]""", waits: false);
        var error = await Assert.ThrowsAsync<FormatException>(() => run.Sidecar.Sidecar.AppReady.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Contains("with routing rules, which dapr-local does not have", error.Message, StringComparison.Ordinal);
    }

    private static ResiliencyTargets Inbound(RetryPolicy policy) =>
        ResiliencyTargets.None with { Inbound = new Dictionary<string, ComponentPolicy> { ["pubsub"] = new(policy, null) } };
}
