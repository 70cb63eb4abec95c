using System.Collections.Concurrent;
using System.Diagnostics;
using OrderInventory.ServiceDefaults.Rounds;
using OrderInventory.Testing;

namespace OrderInventory.ServiceDefaults.Tests;

public sealed class RoundQueueTests : IAsyncLifetime
{
    private static readonly RoundLimits Limits = new(Lanes: 2, MaxItems: 10, MaxBytes: 1_000, MaxWaiting: 50);

    private readonly ConcurrentQueue<Round> _rounds = new();
    private readonly List<RoundQueue<int, string>> _queues = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var round in _rounds) round.End();
        foreach (var queue in _queues) await queue.DisposeAsync();
    }

    [Fact]
    public async Task AddAsync_WhileARoundRuns_WaitsAndSharesTheNextOne()
    {
        var queue = Queue(Limits with { Lanes = 1 });
        var first = queue.AddAsync(1, "a");
        var running = await RoundAsync(0);
        var later = Enumerable.Range(2, 5).Select(i => queue.AddAsync(i, $"k{i}")).ToArray();
        Assert.Equal(5, queue.Waiting);

        running.End();
        (await RoundAsync(1)).End();

        Assert.Equal("done 1", await first);
        Assert.Equal(["done 2", "done 3", "done 4", "done 5", "done 6"], await Task.WhenAll(later));
        Assert.Equal(2, _rounds.Count);
        Assert.Equal(0, queue.Waiting);
    }

    [Fact]
    public async Task AddMany_Items_GoIntoOneRound()
    {
        var running = Queue(Limits).AddMany(Enumerable.Range(0, 10).Select(i => (i, $"k{i}", 1)));

        (await RoundAsync(0)).End();

        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"done {i}"), await Task.WhenAll(running));
        Assert.Single(_rounds);
    }

    [Fact]
    public async Task AddAsync_OtherKeys_RunSideBySideInAsManyLanesAsThereAre()
    {
        var queue = Queue(Limits);
        _ = queue.AddAsync(1, "a");
        await RoundAsync(0);
        _ = queue.AddAsync(2, "b");
        await RoundAsync(1);
        var third = queue.AddAsync(3, "c");

        Assert.Equal(1, queue.Waiting);
        _rounds.First().End();
        (await RoundAsync(2)).End();
        Assert.Equal("done 3", await third);
    }

    [Fact]
    public async Task AddAsync_KeyInHand_WaitsForItsRoundAndOthersDoNot()
    {
        var queue = Queue(Limits);
        _ = queue.AddAsync(1, "hot");
        var hot = await RoundAsync(0);
        var again = queue.AddAsync(2, "hot");
        var other = queue.AddAsync(3, "b");

        (await RoundAsync(1)).End();
        Assert.Equal("done 3", await other);
        Assert.False(again.IsCompleted);
        Assert.Equal(2, _rounds.Count);

        hot.End();
        (await RoundAsync(2)).End();
        Assert.Equal("done 2", await again);
    }

    [Fact]
    public async Task AddAsync_SameKey_StaysInOrderWithinAndAcrossRounds()
    {
        var queue = Queue(Limits with { MaxItems = 3 });
        var running = Enumerable.Range(0, 20).Select(i => queue.AddAsync(i, i % 2 == 0 ? "even" : "odd")).ToArray();

        for (var number = 0; running.Any(item => !item.IsCompleted); number++)
        {
            (await RoundAsync(number)).End();
            await Eventually.TrueAsync(() => _rounds.Count > number + 1 || running.All(item => item.IsCompleted), "the next round, or the end");
        }

        foreach (var parity in new[] { 0, 1 })
            Assert.Equal(Enumerable.Range(0, 10).Select(i => 2 * i + parity), _rounds.SelectMany(round => round.Items).Select(item => item.Item).Where(item => item % 2 == parity));
        Assert.All(_rounds, round => Assert.InRange(round.Items.Count, 1, 3));
    }

    [Fact]
    public async Task AddMany_HotKeyAndOthers_TheOthersComeBeforeTheRestOfTheHotOne()
    {
        var queue = Queue(Limits with { Lanes = 1 });
        _ = queue.AddMany(Enumerable.Range(0, 25).Select(i => (i, "hot", 0)).Concat([(100, "b", 0), (101, "c", 0)]));

        for (var number = 0; number < 3; number++) (await RoundAsync(number)).End();

        Assert.Equal(Enumerable.Range(0, 10), _rounds.ElementAt(0).Items.Select(item => item.Item));
        Assert.Equal([100, 101, .. Enumerable.Range(10, 8)], _rounds.ElementAt(1).Items.Select(item => item.Item));
    }

    [Fact]
    public async Task AddMany_ManyBytes_AreSplitAndOneItemMayBeLarger()
    {
        var queue = Queue(Limits with { Lanes = 1 });
        var running = queue.AddMany([(1, "a", 600), (2, "a", 400), (3, "a", 1), (4, "b", 5_000), (5, "c", 10)]);

        for (var number = 0; number < 3; number++) (await RoundAsync(number)).End();
        await Task.WhenAll(running);

        Assert.Equal([[1, 2], [4], [5, 3]], _rounds.Select(round => round.Items.Select(item => item.Item).ToArray()));
    }

    [Fact]
    public async Task AddAsync_TooManyWait_RefusesTheRestAndGoesOn()
    {
        var queue = Queue(Limits with { MaxWaitingOfKey = 20 });
        _ = queue.AddAsync(0, "a");
        await RoundAsync(0);
        _ = queue.AddAsync(0, "b");
        await RoundAsync(1);

        var sameKey = Enumerable.Range(0, 21).Select(i => queue.AddAsync(i, "a")).ToArray();
        var other = Enumerable.Range(0, 31).Select(i => queue.AddAsync(i, $"k{i}")).ToArray();

        await Assert.ThrowsAsync<DependencyUnavailableException>(() => sameKey[20]);
        await Assert.ThrowsAsync<DependencyUnavailableException>(() => other[30]);
        Assert.Equal(50, queue.Waiting);
        Assert.Equal(2, sameKey.Concat(other).Count(item => item.IsCompleted));
    }

    [Fact]
    public async Task Round_SomeDoneSomeFailedSomeForgotten_EachHasItsOutcome()
    {
        var queue = new RoundQueue<int, string>(Limits, async items =>
        {
            items[0].Done("first");
            items[0].Fail(new InvalidOperationException("too late"));
            items[1].Fail(new ArgumentException("bad"));
            Assert.True(items[0].IsDone && items[1].IsDone && !items[2].IsDone);
            await Task.Yield();
        });

        var running = queue.AddMany([(0, "a", 0), (1, "b", 0), (2, "c", 0)]);

        Assert.Equal("first", await running[0]);
        await Assert.ThrowsAsync<ArgumentException>(() => running[1]);
        await Assert.ThrowsAsync<InvalidOperationException>(() => running[2]);
        await queue.DisposeAsync();
    }

    [Fact]
    public async Task Round_Throws_FailsWhatIsLeftAndTheNextOneRuns()
    {
        var rounds = 0;
        await using var queue = new RoundQueue<int, string>(Limits, items =>
        {
            items[0].Done("done");
            if (++rounds == 1) throw new TimeoutException("slow");
            return Task.CompletedTask;
        });

        var running = queue.AddMany([(0, "a", 0), (1, "a", 0)]);

        Assert.Equal("done", await running[0]);
        await Assert.ThrowsAsync<TimeoutException>(() => running[1]);
        Assert.Equal("done", await queue.AddAsync(2, "a"));
    }

    [Fact]
    public async Task Round_WhatItsLaneWaitsForFails_TheLaneGoesOn()
    {
        var queue = new RoundQueue<int, string>(Limits with { Lanes = 1 }, items =>
        {
            foreach (var item in items) item.Done($"done {item.Item}");
            return Task.FromResult(Task.FromException(new InvalidOperationException("broken")));
        });
        _queues.Add(queue);

        Assert.Equal("done 1", await queue.AddAsync(1, "a").WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System));
        Assert.Equal("done 2", await queue.AddAsync(2, "a").WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System));
    }

    [Fact]
    public async Task DisposeAsync_FailsWhatWaitsAndWaitsForWhatRuns()
    {
        var queue = Queue(Limits with { Lanes = 1 });
        var first = queue.AddAsync(1, "a");
        var running = await RoundAsync(0);
        var waiting = queue.AddAsync(2, "b");

        var disposed = queue.DisposeAsync().AsTask();

        await Assert.ThrowsAsync<DependencyUnavailableException>(() => waiting);
        await Assert.ThrowsAsync<DependencyUnavailableException>(() => queue.AddAsync(3, "c"));
        Assert.False(disposed.IsCompleted);
        running.End();
        await disposed;
        Assert.Equal("done 1", await first);
        await queue.DisposeAsync();
    }

    [Fact]
    public async Task Round_OfACallerWithATrace_IsNotInIt()
    {
        var seen = new TaskCompletionSource<Activity?>();
        await using var queue = new RoundQueue<int, string>(Limits, items =>
        {
            seen.TrySetResult(Activity.Current);
            items[0].Done("done");
            return Task.CompletedTask;
        });
        using var caller = new Activity("caller").Start();

        await queue.AddAsync(1, "a");

        Assert.Null(await seen.Task);
        Assert.Same(caller, Activity.Current);
    }

    [Fact]
    public async Task AddAsync_ManyThreadsAndKeys_NoKeyIsTwiceInHandAndNothingIsLost()
    {
        var busy = new ConcurrentDictionary<string, bool>();
        var last = new ConcurrentDictionary<string, int>();
        await using var queue = new RoundQueue<int, string>(new RoundLimits(Lanes: 3, MaxItems: 7, MaxBytes: 40, MaxWaiting: 100_000), async items =>
        {
            foreach (var key in items.Select(item => item.Key).Distinct()) Assert.True(busy.TryAdd(key, true));
            await Task.Yield();
            foreach (var item in items)
            {
                Assert.True(last.GetValueOrDefault(item.Key, -1) < item.Item);
                last[item.Key] = item.Item;
                item.Done(item.Key);
            }

            foreach (var key in items.Select(item => item.Key).Distinct()) busy.TryRemove(key, out _);
        });

        // Each caller has keys of its own, so that their order is known.
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(() =>
            Task.WhenAll(Enumerable.Range(0, 2_000).Select(i => queue.AddAsync(i, $"{caller}-{i % 5}", i % 11))))));

        Assert.Equal(16_000, outcomes.Sum(caller => caller.Length));
    }

    private RoundQueue<int, string> Queue(RoundLimits limits)
    {
        var queue = new RoundQueue<int, string>(limits, async items =>
        {
            var round = new Round(items);
            _rounds.Enqueue(round);
            await round.Ended;
            foreach (var item in items) item.Done($"done {item.Item}");
        });
        _queues.Add(queue);
        return queue;
    }

    private async Task<Round> RoundAsync(int number)
    {
        await Eventually.TrueAsync(() => _rounds.Count > number, $"round {number} begins");
        return _rounds.ElementAt(number);
    }

    /// <summary>A round that runs until the test ends it.</summary>
    private sealed class Round(IReadOnlyList<RoundItem<int, string>> items)
    {
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IReadOnlyList<RoundItem<int, string>> Items => items;

        public Task Ended => _end.Task;

        public void End() => _end.TrySetResult();
    }
}
