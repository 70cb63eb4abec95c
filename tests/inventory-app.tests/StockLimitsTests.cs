using System.Globalization;
using InventoryApp.Domain;
using InventoryApp.Stock;
using InventoryApp.Storage;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.State;
using OrderInventory.Testing;

namespace InventoryApp.Tests;

/// <summary>What stays bounded whatever happens: calls, documents, queues.</summary>
public sealed class StockLimitsTests
{
    private const int MaxDocument = 256 * 1024;

    private readonly FakeStateStore _state = new();

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(200)]
    public async Task ExecuteAsync_BatchOfAnySize_IsFourCallsAndAPublish(int size)
    {
        var rounds = new StockParts(_state).Rounds();
        await rounds.ExecuteAsync(new SetTotalCommand("p", "set", 1_000));
        var hold = new TaskCompletionSource();
        _state.BeforeSave = save => save.Key == "stock:p" ? hold.Task : Task.CompletedTask;
        _state.Calls.Clear();
        var first = rounds.ExecuteAsync(Deduct(0));
        await Eventually.TrueAsync(() => _state.Calls.LastOrDefault() == "save-many 1" && _state.Calls.Contains("get-many 2"), "the first round saves");
        var batch = Enumerable.Range(1, size).Select(order => rounds.ExecuteAsync(Deduct(order))).ToArray();
        _state.Calls.Clear();
        hold.SetResult();
        await first;
        await Task.WhenAll(batch);
        await rounds.DisposeAsync();

        // The first round writes its archive, then the whole batch is one round; its publish is one call of the subscription.
        Assert.Equal(["save-many", "get-many", "get-many", "save-many", "save-many"], _state.Calls.Select(call => call.Split(' ')[0]));
    }

    [Fact]
    public async Task ExecuteAsync_ArchiveFailsForLong_HoldsUpInsteadOfGrowing()
    {
        var parts = new StockParts(_state, time: new InstantTime());
        var longest = 0;
        _state.BeforeSave = save =>
        {
            if (save.Key == "stock:p") longest = Math.Max(longest, save.Value.Length);
            return Task.CompletedTask;
        };
        _state.FaultOf = save => save.Key.StartsWith("operation", StringComparison.Ordinal) ? SaveFault.NotApplied : SaveFault.None;
        await parts.Rounds().ExecuteAsync(new SetTotalCommand("p", "set", 1_000_000));

        // The longest ids that are allowed, and such that escape badly; each process starts anew.
        var refused = 0;
        for (var batch = 0; batch < 10; batch++)
        {
            var rounds = parts.Rounds();
            var running = Enumerable.Range(batch * 100, 100).Select(order => rounds.ExecuteAsync(Line(new string('<', 120) + order, OperationKind.Deduct))).ToArray();
            foreach (var command in running)
            {
                try { await command; }
                catch (DependencyUnavailableException) { refused++; }
            }
        }

        Assert.InRange(longest, MaxDocument / 8, MaxDocument);
        Assert.InRange(refused, 1, 999);

        // Once the archive works again, so does the product: also in a process that knows nothing of the backlog.
        _state.FaultOf = _ => SaveFault.None;
        var again = parts.Rounds();
        var last = await again.ExecuteAsync(Deduct(1));
        await again.DisposeAsync();
        Assert.True(((StockDecision.Recorded)last.Decision).Operation.Success);
        Assert.Equal(last.Item.Sequence, (await parts.OperationsAsync()).Count);
    }

    [Fact]
    public void MaxBytes_OfAnyOperation_IsNotExceeded()
    {
        foreach (var order in new[] { "o", new string('<', 128), new string('书', 53), "\"\\\u2028\ud83d\ude00é" })
        {
            var command = new LineCommand("p", order, 1000, OperationKind.Restore, long.MaxValue);
            var operation = new StockOperation
            {
                OperationId = command.OperationId,
                Kind = OperationKind.Restore,
                OrderId = order,
                Line = 1000,
                Quantity = long.MinValue,
                Success = false,
                Outcome = Outcome.AlreadyShipped,
                AvailableAfter = long.MinValue,
                ReservedAfter = long.MinValue,
                Sequence = long.MinValue,
                Time = DateTimeOffset.MaxValue.ToOffset(TimeSpan.FromHours(-12)),
            };

            Assert.InRange(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(operation, StockJson.Default.StockOperation).Length, 1, command.MaxBytes);
        }
    }

    [Fact]
    public async Task ExecuteAsync_TooManyForOneProduct_RefusesTheRestAtOnce()
    {
        var hold = new TaskCompletionSource();
        _state.BeforeSave = _ => hold.Task;
        var rounds = new StockParts(_state).Rounds();

        // On xunit's context so many continuations would take long.
        var running = await Task.Run(() => Enumerable.Range(1, 5_500).Select(order => rounds.ExecuteAsync(Deduct(order))).ToArray());

        Assert.InRange(running.Count(command => command.IsFaulted), 1, 500);
        Assert.All(running.Where(command => command.IsFaulted), command => Assert.IsType<DependencyUnavailableException>(command.Exception!.InnerException));
        hold.SetResult();
        await Task.WhenAll(running.Where(command => !command.IsFaulted));
    }

    [Fact]
    public async Task ExecuteAsync_TooManyForAllProducts_RefusesTheRestAndRecovers()
    {
        var hold = new TaskCompletionSource();
        _state.BeforeSave = _ => hold.Task;
        await using var rounds = new StockParts(_state).Rounds();

        // As above. What is in a round does not wait for one.
        var running = await Task.Run(() => Enumerable.Range(1, StockRounds.MaxWaiting + 1_000).Select(order => rounds.ExecuteAsync(Deduct(order, "product-" + order % 50))).ToArray());

        Assert.InRange(running.Count(command => command.IsFaulted), 200, 1_000);
        Assert.True(running[^1].IsFaulted);
        hold.SetResult();
        await Task.WhenAll(running.Where(command => !command.IsFaulted));
        await rounds.ExecuteAsync(Deduct(0));
    }

    [Theory]
    [InlineData(5, true)]
    [InlineData(1000, false)]
    public async Task ExecuteAsync_OutsideWriterKeepsChangingTheDocument_WinsOrAsksAgain(int changes, bool wins)
    {
        var parts = new StockParts(_state, time: new InstantTime());
        using var metrics = new MetricProbe(parts.Meters);
        await parts.Rounds().ExecuteAsync(new SetTotalCommand("p", "set", 10));
        _state.BeforeSave = Storm(changes);

        var command = parts.Rounds().ExecuteAsync(Deduct(1));

        if (wins) Assert.True(((StockDecision.Recorded)(await command).Decision).Operation.Success);
        else await Assert.ThrowsAsync<DependencyUnavailableException>(() => command);
        Assert.InRange(metrics.Sum("inventory.save.retries.total", ("cause", "conflict")), 1, 12);
        _state.BeforeSave = _ => Task.CompletedTask;
        await parts.Rounds().ExecuteAsync(Deduct(1));
        Assert.Equal((9, 2), await LastAsync(parts));
    }

    // Somebody else writes the document right before each of our saves of it, this many times.
    private Func<StateSave, Task> Storm(int left) => async save =>
    {
        if (save.Key != "stock:p") return;
        _state.BeforeSave = _ => Task.CompletedTask;
        var entry = await _state.GetAsync("stock:p", CancellationToken.None);
        await _state.SaveAsync(new StateSave("stock:p", entry.Value!.Value, SaveCondition.None), CancellationToken.None);
        if (left > 1) _state.BeforeSave = Storm(left - 1);
    };

    private static async Task<(long Available, long Sequence)> LastAsync(StockParts parts)
    {
        var item = await parts.Store.ReadAsync("p", CancellationToken.None);
        return (item!.Available, item.Sequence);
    }

    private static LineCommand Deduct(int order, string product = "p") => Line("order" + order.ToString(CultureInfo.InvariantCulture), OperationKind.Deduct, product);

    private static LineCommand Line(string order, OperationKind kind, string product = "p") => new(product, order, 1, kind, 1);
}
