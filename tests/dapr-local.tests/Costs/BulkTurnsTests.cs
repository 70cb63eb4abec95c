using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using DaprLocal.Config;
using DaprLocal.Costs;
using DaprLocal.Tests.PubSub;
using OrderInventory.Testing;

namespace DaprLocal.Tests.Costs;

/// <summary>With prices, bulk deliveries come as from daprd: one batch at a time for a component, each from one partition.</summary>
public sealed class BulkTurnsTests
{
    private const string TwoTopics = """
        [{"pubsubname":"pubsub","topic":"{t}","route":"/on/t","bulkSubscribe":{"enabled":true,"maxMessagesCount":100,"maxAwaitDurationMs":5}},
         {"pubsubname":"pubsub","topic":"{dlq}","route":"/on/dlq","bulkSubscribe":{"enabled":true,"maxMessagesCount":100,"maxAwaitDurationMs":5}}]
        """;

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 2)]
    public async Task Deliver_TwoTopicsOfAComponent_WaitForEachOther(bool hasCosts, int together)
    {
        using var broker = new TestBroker("sqlite");
        await using var run = await DeliveryRun.StartAsync(broker, TwoTopics, options => hasCosts ? Charged(options) : options);
        var (now, most) = (0, 0);
        run.App.Answer = async delivery =>
        {
            most = Math.Max(most, Interlocked.Increment(ref now));
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
            Interlocked.Decrement(ref now);
            return (200, Answer(delivery, "SUCCESS"));
        };

        await run.PublishAsync("t", 1, "k");
        await run.PublishAsync("t.dlq", 2, "k");
        await Eventually.TrueAsync(() => run.App.Deliveries.Count == 2 && now == 0, "both are delivered");

        Assert.Equal(together, most);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 10)]
    public async Task Deliver_MessagesThatCameMeanwhile_JoinUntilATickIsChosen(bool messagesFirst, int largest)
    {
        var chance = new Choices(messagesFirst);
        using var broker = new TestBroker("sqlite");
        await using var run = await DeliveryRun.StartAsync(broker, TwoTopics, options => Charged(options, chance), partitions: 1);
        var batches = new ConcurrentQueue<int[]>();
        var open = new TaskCompletionSource();
        run.App.Answer = async delivery =>
        {
            batches.Enqueue(NumbersOf(delivery));
            chance.NextBatch();
            await open.Task;
            // Longer than maxAwaitDurationMs: there is always a missed tick beside the messages.
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            return (200, Answer(delivery, "SUCCESS"));
        };
        await run.PublishAsync("t", 0, "k");
        await Eventually.TrueAsync(() => batches.Count == 1, "the first is under way");
        await run.BulkPublishAsync("t", Enumerable.Range(1, 10), "k");
        open.SetResult();
        await Eventually.TrueAsync(() => batches.Sum(batch => batch.Length) == 11, "all are delivered");

        Assert.Equal(Enumerable.Range(0, 11), batches.SelectMany(batch => batch));
        Assert.Equal(largest, batches.Max(batch => batch.Length));
    }

    [Fact]
    public async Task Deliver_EntryFails_ComesAgainBeforeTheNextBatch()
    {
        using var broker = new TestBroker("sqlite");
        await using var run = await DeliveryRun.StartAsync(broker, TwoTopics, Charged, partitions: 1, backOff: "20ms");
        var failed = false;
        run.App.Answer = delivery =>
        {
            var answer = failed ? "SUCCESS" : "RETRY";
            failed = true;
            return Task.FromResult((200, Answer(delivery, answer)));
        };
        await run.PublishAsync("t", 1, "k");
        await run.PublishAsync("t", 2, "k");
        await Eventually.TrueAsync(() => run.App.Deliveries.SelectMany(NumbersOf).Contains(2) && run.App.Deliveries.Count >= 2, "the second is delivered");

        Assert.Equal(NumbersOf(run.App.Deliveries.First()), NumbersOf(run.App.Deliveries.ElementAt(1)));
    }

    private static SidecarOptions Charged(SidecarOptions options) => Charged(options, null);

    private static SidecarOptions Charged(SidecarOptions options, Random? chance) => options with
    {
        Costs = new CostModel(new Prices(2, 1, Enum.GetValues<Operation>().ToDictionary(operation => operation, _ => new Price(0, 0))), TimeProvider.System, chance),
    };

    private static int[] NumbersOf(PubSub.Delivery delivery) => [.. delivery.Body["entries"]!.AsArray().Select(entry => entry!["event"]!["data"]!["n"]!.GetValue<int>())];

    private static string Answer(PubSub.Delivery delivery, string status) => new JsonObject
    {
        ["statuses"] = new JsonArray([.. delivery.Body["entries"]!.AsArray().Select(entry => new JsonObject { ["entryId"] = entry!["entryId"]!.DeepClone(), ["status"] = status })]),
    }.ToJsonString();

    /// <summary>Where a message and a tick are both ready: always the message, or only the first of a batch.</summary>
    private sealed class Choices(bool messagesFirst) : Random
    {
        private bool _isTick;

        public void NextBatch() => _isTick = false;

        public override int Next(int maxValue)
        {
            var choice = _isTick ? 1 : 0;
            _isTick = !messagesFirst;
            return choice;
        }
    }
}
