using System.Globalization;
using InventoryApp.Domain;
using InventoryApp.Stock;
using InventoryApp.Storage;
using Microsoft.Extensions.Time.Testing;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.State;
using OrderInventory.Testing;

namespace InventoryApp.Tests;

/// <summary>What stays bounded whatever happens: calls, documents, queues, writers.</summary>
public sealed class StockWriterLimitsTests
{
    private const int MaxDocument = 256 * 1024;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private readonly FakeStateStore _state = new();

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(200)]
    public async Task ExecuteAsync_BatchOfAnySize_IsFourCallsAndAPublish(int size)
    {
        var writer = new StockParts(_state).Writer();
        await writer.ExecuteAsync(new SetTotalCommand("p", "set", 1_000));
        await IdleAsync(writer);
        var hold = new TaskCompletionSource();
        _state.BeforeSave = save => save.Key == "stock:p" ? hold.Task : Task.CompletedTask;
        var first = writer.ExecuteAsync(Deduct(0));
        await Eventually.GetAsync(() => Task.FromResult(_state.Calls.Last()), call => call == "save stock:p", Soon, "the first round saves");
        var batch = Enumerable.Range(1, size).Select(order => writer.ExecuteAsync(Deduct(order))).ToArray();
        _state.Calls.Clear();
        hold.SetResult();
        await first;
        await Task.WhenAll(batch);
        await IdleAsync(writer);

        // The first round writes its archive, then the whole batch is one round; its publish is one call of the subscription.
        Assert.Equal(["save-many", "get", "get-many", "save", "save-many"], _state.Calls.Select(call => call.Split(' ')[0]));
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
        await parts.Writer().ExecuteAsync(new SetTotalCommand("p", "set", 1_000_000));

        // The longest ids that are allowed, and such that escape badly; each process starts anew.
        var refused = 0;
        for (var batch = 0; batch < 10; batch++)
        {
            var writer = parts.Writer();
            var running = Enumerable.Range(batch * 100, 100).Select(order => writer.ExecuteAsync(Line(new string('<', 120) + order, OperationKind.Deduct))).ToArray();
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
        var last = await parts.Writer().ExecuteAsync(Deduct(1));
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
        var writer = new StockParts(_state).Writer();

        var running = Enumerable.Range(1, 5_500).Select(order => writer.ExecuteAsync(Deduct(order))).ToArray();

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
        using var writers = new StockParts(_state).Writers();

        // On xunit's context so many continuations would take long.
        var running = await Task.Run(() => Enumerable.Range(1, StockWriters.MaxWaiting + 10).Select(order => writers.ExecuteAsync(Deduct(order, "product-" + order % 50))).ToArray());

        Assert.Equal(10, running.Count(command => command.IsFaulted));
        hold.SetResult();
        await Task.WhenAll(running.SkipLast(10));
        await writers.ExecuteAsync(Deduct(0));
    }

    [Fact]
    public async Task StockWriters_Idle_Disappear()
    {
        var time = new FakeTimeProvider();
        var parts = new StockParts(_state, time: time);
        using var metrics = new MetricProbe(parts.Meters);
        using var writers = parts.Writers();
        foreach (var product in new[] { "p", "q" }) await writers.ExecuteAsync(Deduct(1, product));
        var hold = new TaskCompletionSource();
        _state.BeforeSave = save => save.Key == "stock:q" ? hold.Task : Task.CompletedTask;
        var busy = writers.ExecuteAsync(Deduct(2, "q"));
        Assert.Equal(2, Writers());

        // A writer is idle a moment after its answer.
        Task<double> SweepAsync()
        {
            time.Advance(StockWriters.SweepPeriod);
            return Task.FromResult(Writers());
        }

        double Writers()
        {
            metrics.Observe();
            return metrics.Of("inventory.writers").Last();
        }

        await Eventually.GetAsync(SweepAsync, count => count == 1, Soon, "only the busy writer is left");

        hold.SetResult();
        await busy;
    }

    [Theory]
    [InlineData(5, true)]
    [InlineData(1000, false)]
    public async Task ExecuteAsync_OutsideWriterKeepsChangingTheDocument_WinsOrAsksAgain(int changes, bool wins)
    {
        var parts = new StockParts(_state, time: new InstantTime());
        using var metrics = new MetricProbe(parts.Meters);
        await parts.Writer().ExecuteAsync(new SetTotalCommand("p", "set", 10));
        _state.BeforeSave = Storm(changes);

        var command = parts.Writer().ExecuteAsync(Deduct(1));

        if (wins) Assert.True(((StockDecision.Recorded)(await command).Decision).Operation.Success);
        else await Assert.ThrowsAsync<DependencyUnavailableException>(() => command);
        Assert.InRange(metrics.Sum("inventory.save.retries.total", ("cause", "conflict")), 1, 12);
        _state.BeforeSave = _ => Task.CompletedTask;
        await parts.Writer().ExecuteAsync(Deduct(1));
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

    private static async Task IdleAsync(StockWriter writer) => await Eventually.GetAsync(() => Task.FromResult(writer.IsIdle), idle => idle, Soon, "the writer is idle");

    private static async Task<(long Available, long Sequence)> LastAsync(StockParts parts)
    {
        var (item, _) = await parts.Store.ReadAsync("p", CancellationToken.None);
        return (item!.Available, item.Sequence);
    }

    private static LineCommand Deduct(int order, string product = "p") => Line("order" + order.ToString(CultureInfo.InvariantCulture), OperationKind.Deduct, product);

    private static LineCommand Line(string order, OperationKind kind, string product = "p") => new(product, order, 1, kind, 1);
}
