using OrderInventory.ServiceDefaults.Rounds;
using OrderInventory.ServiceDefaults.State;
using OrderInventory.Testing;

namespace OrderInventory.ServiceDefaults.Tests;

public sealed class PagedListTests : IAsyncLifetime
{
    private readonly FakeStateStore _state = new();
    private PagedList _lists = null!;

    public Task InitializeAsync()
    {
        _lists = Lists();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _lists.DisposeAsync();

    [Fact]
    public async Task AddAsync_ManyAtOnceToManyLists_AreThereOnceInFewCalls()
    {
        var hold = new TaskCompletionSource();
        _state.BeforeSave = _ => hold.Task;
        var first = _lists.AddAsync("list0", "first");
        await Eventually.TrueAsync(() => _state.Calls.Count == 2, "the first round saves");

        var running = Enumerable.Range(0, 180).Select(i => _lists.AddAsync($"list{i % 3}", $"item{i / 3 % 30}")).ToArray();
        hold.SetResult();
        await first;
        await Task.WhenAll(running);

        Assert.Equal(31, (await ItemsAsync("list0")).Length);
        foreach (var list in new[] { "list1", "list2" }) Assert.Equal(Enumerable.Range(0, 30).Select(i => $"item{i}"), (await ItemsAsync(list)).Reverse());
        Assert.InRange(_state.Calls.Count(call => call.StartsWith("save", StringComparison.Ordinal)), 2, 8);
    }

    [Fact]
    public async Task AddAsync_MoreThanAPage_AreListedNewestFirstWithStablePositions()
    {
        for (var round = 0; round < 5; round++) await Task.WhenAll(Enumerable.Range(round * 150, 150).Select(i => _lists.AddAsync("list", $"item{i:d3}")));

        var items = await ItemsAsync("list");

        Assert.Equal(Enumerable.Range(0, 750).Select(i => $"item{i:d3}").Reverse(), items.OrderDescending(StringComparer.Ordinal));
        var middle = await _lists.ListAsync("list", 400, 10, CancellationToken.None);
        Assert.Equal(Enumerable.Range(390, 10).Reverse(), middle.Select(item => item.Position));
        Assert.Equal(items[350..360], middle.Select(item => item.Item));
    }

    [Theory]
    [InlineData(SaveFault.NotApplied)]
    [InlineData(SaveFault.AppliedButUnknown)]
    public async Task AddAsync_SaveNotConfirmed_IsThereOnce(SaveFault fault)
    {
        var faults = 2;
        _state.FaultOf = save => save.Key == "test:b" && faults-- > 0 ? fault : SaveFault.None;

        await Task.WhenAll(_lists.AddAsync("a", "1"), _lists.AddAsync("b", "1"), _lists.AddAsync("b", "2"));

        Assert.Equal(["1"], await ItemsAsync("a"));
        Assert.Equal(["1", "2"], (await ItemsAsync("b")).Order());
    }

    [Fact]
    public async Task AddAsync_OneListDamagedOrUnreadable_FailsAlone()
    {
        await _state.SaveAsync(new StateSave("test:damaged", "[]"u8.ToArray(), SaveCondition.None), CancellationToken.None);
        _state.IsUnreadable = key => key == "test:unreadable";

        var (damaged, unreadable, good) = (_lists.AddAsync("damaged", "1"), _lists.AddAsync("unreadable", "1"), _lists.AddAsync("good", "1"));

        await good;
        await Assert.ThrowsAsync<DependencyUnavailableException>(() => damaged);
        await Assert.ThrowsAsync<DependencyUnavailableException>(() => unreadable);
        Assert.Equal(["1"], await ItemsAsync("good"));
    }

    [Fact]
    public async Task AddAsync_RepeatedAfterItsPageWasClosed_IsThereOnceWhenItIsKnownSinceWhen()
    {
        var then = TimeProvider.System.GetUtcNow();
        await _lists.AddAsync("list", "early", then);
        await Task.WhenAll(Enumerable.Range(0, 199).Select(i => _lists.AddAsync("list", $"item{i}")));
        await _lists.AddAsync("list", "last");

        await _lists.AddAsync("list", "early", then);

        Assert.Single(await ItemsAsync("list"), "early");
        Assert.Single(_state.Values("test-page:"));
    }

    [Fact]
    public async Task AddAsync_TwoReplicas_LoseNothing()
    {
        await using var other = Lists();

        await Task.WhenAll(Enumerable.Range(0, 300).Select(i => (i % 2 == 0 ? _lists : other).AddAsync("list", $"item{i}")));

        Assert.Equal(Enumerable.Range(0, 300).Select(i => $"item{i}").Order(), (await ItemsAsync("list")).Order());
    }

    private PagedList Lists() => new("test", _state, new Backoff(Random.Shared, TimeProvider.System), TimeProvider.System);

    private async Task<string[]> ItemsAsync(string list) => [.. (await _lists.ListAsync(list, null, 10_000, CancellationToken.None)).Select(item => item.Item)];
}
