using InventoryApp.Domain;
using InventoryApp.Stock;
using InventoryApp.Storage;
using OrderInventory.ServiceDefaults;
using OrderInventory.Testing;

namespace InventoryApp.Tests;

public sealed class StockWriterTests
{
    private readonly FakeStateStore _state = new();

    [Fact]
    public async Task ExecuteAsync_ManyAtOnce_SellsExactlyWhatThereIs()
    {
        var writer = Writer();
        await writer.ExecuteAsync(new SetTotalCommand("p", "set", 100));

        var results = await Task.WhenAll(Enumerable.Range(1, 150).Select(order => writer.ExecuteAsync(Deduct(order))));

        Assert.Equal(100, results.Count(result => Operation(result).Success));
        Assert.Equal((0, 100, 100), await BalancesAsync());
    }

    [Fact]
    public async Task ExecuteAsync_ManyAtOnce_SharesRounds()
    {
        var writer = Writer();
        await writer.ExecuteAsync(new SetTotalCommand("p", "set", 1000));
        var first = new TaskCompletionSource();
        _state.BeforeSave = save => save.Key == "stock:p" ? first.Task : Task.CompletedTask;
        _state.Calls.Clear();

        var running = Enumerable.Range(1, 150).Select(order => writer.ExecuteAsync(Deduct(order))).ToArray();
        first.SetResult();
        await Task.WhenAll(running);
        await Eventually.GetAsync(() => Task.FromResult(writer.IsIdle), idle => idle, TimeSpan.FromSeconds(5), "the writer is idle");

        // What came while the first round ran went into the second one: four calls a round, whatever its size.
        Assert.InRange(_state.Calls.Count, 4, 12);
    }

    [Fact]
    public async Task ExecuteAsync_SaveAppliedButUnknown_CountsOnce()
    {
        var writer = Writer();
        await writer.ExecuteAsync(new SetTotalCommand("p", "set", 10));
        var faults = new Queue<SaveFault>([SaveFault.AppliedButUnknown, SaveFault.NotApplied]);
        _state.FaultOf = save => save.Key == "stock:p" && faults.TryDequeue(out var fault) ? fault : SaveFault.None;

        Assert.True(Operation(await writer.ExecuteAsync(Deduct(1))).Success);

        Assert.Equal((9, 1, 10), await BalancesAsync());
    }

    [Fact]
    public async Task ExecuteAsync_TwoReplicas_KeepEachOthersOperations()
    {
        var replicas = new[] { Writer(), Writer() };
        await replicas[0].ExecuteAsync(new SetTotalCommand("p", "set", 40));

        // Both replicas get every command, as after a rebalance.
        var results = await Task.WhenAll(Enumerable.Range(1, 50).SelectMany(order => replicas.Select(replica => replica.ExecuteAsync(Deduct(order)))));

        Assert.Equal((0, 40, 40), await BalancesAsync());
        foreach (var same in results.GroupBy(result => Operation(result).OperationId)) Assert.Single(same.Select(Operation).Distinct());
    }

    [Fact]
    public async Task ExecuteAsync_RepeatAfterTrim_GetsTheRecordedOutcome()
    {
        var writer = Writer();
        await writer.ExecuteAsync(new SetTotalCommand("p", "set", 1_000));
        for (var order = 1; order <= 300; order++) await writer.ExecuteAsync(Deduct(order));

        var repeated = (StockDecision.Recorded)(await Writer().ExecuteAsync(Deduct(1))).Decision;

        Assert.False(repeated.IsNew);
        Assert.Equal(999, repeated.Operation.AvailableAfter);
        var (item, _) = await Store().ReadAsync("p", CancellationToken.None);
        Assert.InRange(item!.Journal.Length, 1, 32);
        Assert.Equal(301, _state.Values("operation:p:").Count);
    }

    [Fact]
    public async Task ExecuteAsync_ArchiveFails_JournalKeepsTheOperations()
    {
        _state.FaultOf = save => save.Key.StartsWith("operation:", StringComparison.Ordinal) ? SaveFault.NotApplied : SaveFault.None;
        var writer = Writer();
        await writer.ExecuteAsync(new SetTotalCommand("p", "set", 10));
        await writer.ExecuteAsync(Deduct(1));
        _state.FaultOf = _ => SaveFault.None;

        var repeated = (StockDecision.Recorded)(await Writer().ExecuteAsync(Deduct(1))).Decision;

        Assert.False(repeated.IsNew);
        Assert.Equal((9, 1, 10), await BalancesAsync());
    }

    [Fact]
    public async Task ExecuteAsync_StoreDown_FailsAndRecordsNothing()
    {
        _state.Unreadable = true;

        await Assert.ThrowsAsync<DependencyUnavailableException>(() => Writer().ExecuteAsync(Deduct(1)));

        Assert.Empty(_state.Values(""));
    }

    private StockStore Store() => new(_state);

    private StockWriter Writer() => new StockParts(_state).Writer();

    private static LineCommand Deduct(int order) => new("p", "order" + order, 1, OperationKind.Deduct, 1);

    private static StockOperation Operation(StockResult result) => ((StockDecision.Recorded)result.Decision).Operation;

    private async Task<(long Available, long Reserved, long Total)> BalancesAsync()
    {
        var item = (await Store().ReadAsync("p", CancellationToken.None)).Item!;
        return (item.Available, item.Reserved, item.Total);
    }
}
