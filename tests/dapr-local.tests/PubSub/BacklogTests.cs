using System.Collections.Concurrent;
using DaprLocal.PubSub;
using DaprLocal.Sidecars;
using Microsoft.Extensions.Logging.Abstractions;
using OrderInventory.Testing;

namespace DaprLocal.Tests.PubSub;

/// <summary>More than a consumer reads ahead, while nobody takes it.</summary>
public sealed class BacklogTests
{
    private const int Partitions = 2;
    private const int Records = 700;

    // As a killed sidecar does that is in the group until its session ends, a second member comes and goes.
    [Theory]
    [MemberData(nameof(TestBroker.Kinds), MemberType = typeof(TestBroker))]
    public async Task Consume_AMemberComesAndGoesMeanwhile_EverythingIsReadInTheEnd(string kind)
    {
        using var test = new TestBroker(kind);
        var (topic, group) = (test.Topic("t"), test.Topic("g"));
        await test.CreateAsync(Partitions, topic);
        await using var broker = await OpenAsync(test);
        for (var partition = 0; partition < Partitions; partition++)
            await broker.PublishAsync(topic, [.. Enumerable.Range(0, Records).Select(_ => new NewMessage("k", new Dictionary<string, string>(), "1"u8.ToArray(), partition))], CancellationToken.None);
        using var stop = new CancellationTokenSource();
        var (first, second) = (new Member(), new Member());
        var consuming = broker.ConsumeAsync(group, [topic], first.ServeAsync, stop.Token);
        await Eventually.TrueAsync(() => first.Held.Count == Partitions && first.Held.All(claim => claim is not KafkaClaim { IsFull: false }), "as much as can be is read ahead", 30);

        if (test.IsKafka)
        {
            using var leave = new CancellationTokenSource();
            await using var other = await OpenAsync(test);
            var alsoConsuming = other.ConsumeAsync(group, [topic], second.ServeAsync, leave.Token);
            await Eventually.TrueAsync(() => second.Held.Count == 1 && first.Held.Count == 1, "each has a partition", 30);
            await leave.CancelAsync();
            await alsoConsuming;
            await Eventually.TrueAsync(() => first.Held.Count == Partitions, "the first one has both again", 30);
        }

        first.Take.SetResult();
        await Eventually.TrueAsync(() => first.Taken.Count == Partitions * Records, "everything is read", 30);

        Assert.Equal(Enumerable.Range(0, Records).Select(offset => (long)offset), first.Taken.Where(record => record.Partition == 0).Select(record => record.Offset));
        await stop.CancelAsync();
        await consuming;
    }

    private static async Task<IBroker> OpenAsync(TestBroker test) => test.IsKafka
        ? await KafkaBroker.OpenAsync(new KafkaSettings(new ComponentSettings(test.Component())), TimeSpan.FromSeconds(10), NullLogger.Instance)
        : SqliteBroker.Open(Path.Combine(test.Directory, "t.db"), Partitions, TimeSpan.FromDays(1), TimeProvider.System, NullLogger.Instance);

    /// <summary>Takes nothing before <see cref="Take"/>, then everything.</summary>
    private sealed class Member
    {
        private readonly ConcurrentDictionary<IClaim, bool> _held = new();

        public ICollection<IClaim> Held => _held.Keys;

        public ConcurrentQueue<BrokerMessage> Taken { get; } = [];

        public TaskCompletionSource Take { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task ServeAsync(IClaim claim)
        {
            _held[claim] = true;
            try
            {
                await Take.Task.WaitAsync(claim.Ended);
                while (true)
                {
                    foreach (var message in claim.Read(100, int.MaxValue))
                    {
                        Taken.Enqueue(message);
                        claim.Settle(message.Offset + 1);
                    }

                    await claim.Arrived.WaitAsync(claim.Ended);
                }
            }
            catch (OperationCanceledException) when (claim.Ended.IsCancellationRequested)
            {
                _held.TryRemove(claim, out _);
            }
        }
    }
}
