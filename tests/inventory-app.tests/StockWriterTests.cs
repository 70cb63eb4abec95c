using FsCheck.Xunit;
using InventoryApp.Domain;
using InventoryApp.Stock;
using InventoryApp.Storage;
using Microsoft.Extensions.Logging.Abstractions;
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
        Assert.InRange(item!.Journal.Length, 1, 3);
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

    [Property(MaxTest = 60)]
    public void ExecuteAsync_RandomCommandsAndFaults_KeepInvariants(int seed) => RandomRunAsync(new Random(seed)).GetAwaiter().GetResult();

    private static async Task RandomRunAsync(Random random)
    {
        var state = new FakeStateStore { FaultOf = _ => (SaveFault)random.Next(0, 3) };
        StockWriter Replica() => new("p", new StockStore(state), TimeProvider.System, NullLogger.Instance);
        var replicas = new[] { Replica(), Replica() };
        await UntilDoneAsync(() => replicas[0].ExecuteAsync(new SetTotalCommand("p", "set", 6)));
        for (var step = 0; step < 30; step++)
        {
            if (random.Next(10) == 0) replicas[random.Next(2)] = Replica();
            var kind = (OperationKind)random.Next(1, 4);
            await UntilDoneAsync(() => replicas[random.Next(2)].ExecuteAsync(new LineCommand("p", "o" + random.Next(1, 6), 1, kind, 2)));
            var item = (await new StockStore(state).ReadAsync("p", CancellationToken.None)).Item!;
            Assert.True(item.Available >= 0);
            Assert.Equal(item.Total, item.Available + item.Reserved);
        }

        // I2: the balances are the sum of what is recorded.
        var last = (await new StockStore(state).ReadAsync("p", CancellationToken.None)).Item!;
        var archived = state.Values("operation:p:").Values.Select(bytes => System.Text.Json.JsonSerializer.Deserialize(bytes, StockJson.Default.StockOperation)!);
        var all = last.Journal.Concat(archived).DistinctBy(operation => operation.Sequence).ToArray();
        Assert.Equal(last.Sequence, all.Length);
        long Sum(OperationKind kind) => all.Where(operation => operation.Kind == kind && operation.Success).Sum(operation => operation.Quantity);
        Assert.Equal(last.Reserved, Sum(OperationKind.Deduct) - Sum(OperationKind.Restore) - Sum(OperationKind.Ship));
        Assert.Equal(last.Total, 6 - Sum(OperationKind.Ship));
    }

    private static async Task UntilDoneAsync(Func<Task> work)
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            try
            {
                await work();
                return;
            }
            catch (DependencyUnavailableException)
            {
                // The broker would deliver it again.
            }
        }

        Assert.Fail("The command never succeeded.");
    }

    private StockStore Store() => new(_state);

    private StockWriter Writer() => new("p", Store(), TimeProvider.System, NullLogger.Instance);

    private static LineCommand Deduct(int order) => new("p", "order" + order, 1, OperationKind.Deduct, 1);

    private static StockOperation Operation(StockResult result) => ((StockDecision.Recorded)result.Decision).Operation;

    private async Task<(long Available, long Reserved, long Total)> BalancesAsync()
    {
        var item = (await Store().ReadAsync("p", CancellationToken.None)).Item!;
        return (item.Available, item.Reserved, item.Total);
    }
}
