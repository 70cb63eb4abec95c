using System.Globalization;
using System.Text;
using System.Text.Json;
using InventoryApp.Domain;
using InventoryApp.Stock;
using InventoryApp.Storage;
using InventoryApp.Tests.Exploration;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.State;
using OrderInventory.Testing;

namespace InventoryApp.Tests;

public sealed class StockRoundsTests
{
    private readonly FakeStateStore _state = new();

    [Fact]
    public async Task ExecuteAsync_ManyAtOnce_SellsExactlyWhatThereIs()
    {
        var rounds = Rounds();
        await rounds.ExecuteAsync(new SetTotalCommand("p", "set", 100));

        var results = await Task.WhenAll(Enumerable.Range(1, 150).Select(order => rounds.ExecuteAsync(Deduct(order))));

        Assert.Equal(100, results.Count(result => Operation(result).Success));
        Assert.Equal((0, 100, 100), await BalancesAsync());
    }

    [Fact]
    public async Task ExecuteAsync_ManyAtOnce_SharesRounds()
    {
        var rounds = Rounds();
        await rounds.ExecuteAsync(new SetTotalCommand("p", "set", 1000));
        var first = new TaskCompletionSource();
        _state.BeforeSave = save => save.Key == "stock:p" ? first.Task : Task.CompletedTask;
        _state.Calls.Clear();

        var running = Enumerable.Range(1, 150).Select(order => rounds.ExecuteAsync(Deduct(order))).ToArray();
        first.SetResult();
        await Task.WhenAll(running);
        await rounds.DisposeAsync();

        // What came while the first round ran went into the second one: four calls a round, whatever its size.
        Assert.InRange(_state.Calls.Count, 4, 12);
    }

    [Fact]
    public async Task Execute_ManyProducts_IsOneRoundWithOneCallOfEachKind()
    {
        await CreateAsync(50);
        _state.Calls.Clear();

        var rounds = Rounds();
        var results = await Task.WhenAll(rounds.Execute([.. Products(50).SelectMany(product => new[] { Deduct(1, product), Deduct(2, product) })]));
        await rounds.DisposeAsync();

        Assert.All(results, result => Assert.True(Operation(result).Success));
        Assert.Equal(["get-many 50", "get-many 200", "save-many 50", "save-many 150"], _state.Calls);
    }

    [Theory]
    [InlineData(SaveFault.NotApplied)]
    [InlineData(SaveFault.AppliedButUnknown)]
    public async Task Execute_HalfOfTheBulkSaveFails_EachProductIsDecidedOnceAndNewToItsCaller(SaveFault fault)
    {
        await CreateAsync(10);
        var rounds = Rounds();
        var faults = 1;
        // One of ten is not confirmed, so nobody knows which of them are stored.
        _state.FaultOf = save => save.Key == "stock:p5" && faults-- > 0 ? fault : SaveFault.None;
        var saved = new List<string>();
        _state.BeforeSave = save =>
        {
            if (save.Key.StartsWith("stock:", StringComparison.Ordinal)) saved.Add(save.Key);
            return Task.CompletedTask;
        };

        var results = await Task.WhenAll(rounds.Execute([.. Products(10).Select(product => Deduct(1, product))]));

        Assert.All(results, result => Assert.True(((StockDecision.Recorded)result.Decision).IsNew));
        foreach (var product in Products(10)) Assert.Equal((9, 1, 10), await BalancesAsync(product));
        // What the read shows to be stored is not saved again.
        Assert.Equal(fault == SaveFault.NotApplied ? 11 : 10, saved.Count);
    }

    [Fact]
    public async Task Execute_ConflictOnOneProduct_KeepsTheOtherWritersWorkAndHoldsUpNobody()
    {
        var parts = new StockParts(_state);
        using var metrics = new MetricProbe(parts.Meters);
        var rounds = parts.Rounds();
        await CreateAsync(3);
        var other = Rounds();
        _state.BeforeSave = async save =>
        {
            if (save.Key != "stock:p1") return;
            _state.BeforeSave = _ => Task.CompletedTask;
            await other.ExecuteAsync(Deduct(7, "p1"));
        };

        await Task.WhenAll(rounds.Execute([.. Products(3).Select(product => Deduct(1, product))]));

        Assert.Equal((9, 1, 10), await BalancesAsync("p0"));
        Assert.Equal((8, 2, 10), await BalancesAsync("p1"));
        Assert.Equal((9, 1, 10), await BalancesAsync("p2"));
        Assert.Equal((1, 2), (metrics.Sum("inventory.save.retries.total", ("cause", "conflict")), metrics.Sum("inventory.save.retries.total", ("cause", "unconfirmed"))));
    }

    [Fact]
    public async Task Execute_TwoReplicasOnTheSameProducts_DecideEachCommandOnce()
    {
        await CreateAsync(20, total: 5);
        var replicas = new[] { Rounds(), Rounds() };
        StockCommand[] commands = [.. Products(20).SelectMany(product => Enumerable.Range(1, 8).Select(order => Deduct(order, product)))];

        var results = await Task.WhenAll(replicas.SelectMany(replica => replica.Execute(commands)));

        foreach (var product in Products(20)) Assert.Equal((0, 5, 5), await BalancesAsync(product));
        foreach (var same in results.Zip(commands.Concat(commands)).GroupBy(pair => (pair.Second.ProductId, pair.Second.OperationId)))
        {
            Assert.Single(same.Select(pair => Operation(pair.First)).Distinct());
            Assert.Single(same, pair => ((StockDecision.Recorded)pair.First.Decision).IsNew);
        }
    }

    [Fact]
    public async Task Execute_DamagedUnreadableAndLost_FailAlone()
    {
        await CreateAsync(50);
        var before = Rounds();
        await before.ExecuteAsync(Deduct(1, "p4"));
        await before.DisposeAsync();
        await _state.SaveAsync(new StateSave("stock:p1", "{}"u8.ToArray(), SaveCondition.None), CancellationToken.None);
        await _state.SaveAsync(new StateSave("operation:p2:order1:1:deduct", "{}"u8.ToArray(), SaveCondition.None), CancellationToken.None);
        _state.Remove("stock:p4");
        _state.IsUnreadable = key => key is "stock:p3" or "operation:p5:order1:1:restore";

        var running = Rounds().Execute([.. Products(50).Select(product => Deduct(1, product))]);

        foreach (var damaged in new[] { 1, 2, 4 }) await Assert.ThrowsAsync<StockDamagedException>(() => running[damaged]);
        foreach (var unknown in new[] { 3, 5 }) await Assert.ThrowsAsync<DependencyUnavailableException>(() => running[unknown]);
        foreach (var (result, i) in running.Select((result, i) => (result, i)).Where(pair => pair.i is 0 or > 5)) Assert.True(Operation(await result).Success, $"p{i}");
        Assert.False(_state.Values("stock:").ContainsKey("stock:p4"));
    }

    [Fact]
    public async Task ExecuteAsync_ArchiveAheadOfTheDocument_IsDamagedAndNotWrittenOver()
    {
        var parts = new StockParts(_state, time: new InstantTime());
        var before = parts.Rounds();
        await before.ExecuteAsync(new SetTotalCommand("p", "set", 5));
        await before.DisposeAsync();
        // A DEDUCT that only the archive knows: somebody put the document back.
        await parts.Archive.WriteAsync([(StockItem.Unknown("p", DateTimeOffset.UnixEpoch) with { Journal = [Held("order1", 9)] }, 0)], CancellationToken.None);
        var stored = _state.Values("stock:p")["stock:p"];

        await Assert.ThrowsAsync<StockDamagedException>(() => parts.Rounds().ExecuteAsync(new LineCommand("p", "order1", 1, OperationKind.Restore, 1)));

        Assert.Equal(stored, _state.Values("stock:p")["stock:p"]);
    }

    [Fact]
    public async Task ExecuteAsync_DocumentOfANewerVersion_KeepsItsMembers()
    {
        var before = Rounds();
        await before.ExecuteAsync(new SetTotalCommand("p", "set", 5));
        await before.DisposeAsync();
        var document = Encoding.UTF8.GetString(_state.Values("stock:p")["stock:p"]);
        var newer = document.Replace("\"productId\"", "\"warehouse\":{\"name\":\"w\"},\"productId\"", StringComparison.Ordinal).Replace("\"operationId\"", "\"reason\":[1],\"operationId\"", StringComparison.Ordinal);
        await _state.SaveAsync(new StateSave("stock:p", Encoding.UTF8.GetBytes(newer), SaveCondition.None), CancellationToken.None);
        var rounds = Rounds();

        await rounds.ExecuteAsync(Deduct(1));
        await rounds.DisposeAsync();

        var kept = JsonElement.Parse(_state.Values("stock:p")["stock:p"]);
        Assert.Equal("w", kept.GetProperty("warehouse").GetProperty("name").GetString());
        Assert.Equal(4, kept.GetProperty("available").GetInt64());
        Assert.Equal(1, kept.GetProperty("journal")[0].GetProperty("reason")[0].GetInt32());
        Assert.Equal(1, JsonElement.Parse(_state.Values("operation:p:set")["operation:p:set"]).GetProperty("reason")[0].GetInt32());
    }

    [Fact]
    public async Task ExecuteAsync_HotProduct_DoesNotHoldUpOthers()
    {
        var rounds = Rounds();
        var hold = new TaskCompletionSource();
        _state.BeforeSave = save => save.Key == "stock:hot" ? hold.Task : Task.CompletedTask;
        var hot = Enumerable.Range(1, 1_000).Select(order => rounds.ExecuteAsync(Deduct(order, "hot"))).ToArray();

        var others = await Task.WhenAll(Products(50).Select(product => rounds.ExecuteAsync(Deduct(1, product)))).WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System);

        Assert.All(others, result => Assert.Equal("UNKNOWN_PRODUCT", Operation(result).Outcome));
        Assert.All(hot, command => Assert.False(command.IsCompleted));
        hold.SetResult();
        await Task.WhenAll(hot);
    }

    [Fact]
    public async Task ExecuteAsync_CreatedByAnotherWriterBetweenTheReads_IsDecidedOnWhatThatOneStored()
    {
        var other = Rounds();
        // The document is read, then the archive; in between another process creates the product.
        var reads = new BetweenReads(_state, async () =>
        {
            await other.ExecuteAsync(new SetTotalCommand("p", "set", 10));
            await other.DisposeAsync();
        });

        var result = await new StockParts(reads).Rounds().ExecuteAsync(Deduct(1));

        Assert.True(Operation(result).Success);
        Assert.Equal((9, 1, 10), await BalancesAsync());
    }

    [Fact]
    public async Task ExecuteAsync_SaveAppliedButUnknown_CountsOnce()
    {
        var rounds = Rounds();
        await rounds.ExecuteAsync(new SetTotalCommand("p", "set", 10));
        var faults = new Queue<SaveFault>([SaveFault.AppliedButUnknown, SaveFault.NotApplied]);
        _state.FaultOf = save => save.Key == "stock:p" && faults.TryDequeue(out var fault) ? fault : SaveFault.None;

        Assert.True(Operation(await rounds.ExecuteAsync(Deduct(1))).Success);

        Assert.Equal((9, 1, 10), await BalancesAsync());
    }

    [Fact]
    public async Task ExecuteAsync_TwoReplicas_KeepEachOthersOperations()
    {
        var replicas = new[] { Rounds(), Rounds() };
        await replicas[0].ExecuteAsync(new SetTotalCommand("p", "set", 40));

        // Both replicas get every command, as after a rebalance.
        var results = await Task.WhenAll(Enumerable.Range(1, 50).SelectMany(order => replicas.Select(replica => replica.ExecuteAsync(Deduct(order)))));

        Assert.Equal((0, 40, 40), await BalancesAsync());
        foreach (var same in results.GroupBy(result => Operation(result).OperationId)) Assert.Single(same.Select(Operation).Distinct());
    }

    [Fact]
    public async Task ExecuteAsync_RepeatAfterTrim_GetsTheRecordedOutcome()
    {
        var rounds = Rounds();
        await rounds.ExecuteAsync(new SetTotalCommand("p", "set", 1_000));
        for (var order = 1; order <= 300; order++) await rounds.ExecuteAsync(Deduct(order));

        var repeated = (StockDecision.Recorded)(await Rounds().ExecuteAsync(Deduct(1))).Decision;

        Assert.False(repeated.IsNew);
        Assert.Equal(999, repeated.Operation.AvailableAfter);
        await rounds.DisposeAsync();
        var item = await Store().ReadAsync("p", CancellationToken.None);
        Assert.InRange(item!.Journal.Length, 1, 32);
        Assert.Equal(301, _state.Values("operation:p:").Count);
    }

    [Fact]
    public async Task ExecuteAsync_ArchiveFails_JournalKeepsTheOperations()
    {
        _state.FaultOf = save => save.Key.StartsWith("operation:", StringComparison.Ordinal) ? SaveFault.NotApplied : SaveFault.None;
        var rounds = Rounds();
        await rounds.ExecuteAsync(new SetTotalCommand("p", "set", 10));
        await rounds.ExecuteAsync(Deduct(1));
        _state.FaultOf = _ => SaveFault.None;

        var repeated = (StockDecision.Recorded)(await Rounds().ExecuteAsync(Deduct(1))).Decision;

        Assert.False(repeated.IsNew);
        Assert.Equal((9, 1, 10), await BalancesAsync());
    }

    [Fact]
    public async Task ExecuteAsync_StoreDown_FailsAndRecordsNothing()
    {
        _state.Unreadable = true;

        await Assert.ThrowsAsync<DependencyUnavailableException>(() => Rounds().ExecuteAsync(Deduct(1)));

        Assert.Empty(_state.Values(""));
    }

    private StockStore Store() => new(_state);

    private StockRounds Rounds() => new StockParts(_state).Rounds();

    // By a process that has ended: what it archives is there, and it holds no product in a round.
    private async Task CreateAsync(int products, long total = 10)
    {
        var rounds = Rounds();
        await Task.WhenAll(rounds.Execute([.. Products(products).Select(product => new SetTotalCommand(product, "set", total))]));
        await rounds.DisposeAsync();
    }

    private static IEnumerable<string> Products(int count) => Enumerable.Range(0, count).Select(i => "p" + i.ToString(CultureInfo.InvariantCulture));

    private static LineCommand Deduct(int order, string product = "p") => new(product, "order" + order, 1, OperationKind.Deduct, 1);

    private static StockOperation Held(string order, long quantity) => new()
    {
        OperationId = LineCommand.IdOf(order, 1, OperationKind.Deduct),
        Kind = OperationKind.Deduct,
        OrderId = order,
        Line = 1,
        Quantity = quantity,
        Success = true,
        Outcome = Outcome.Held,
        AvailableAfter = 0,
        Sequence = 2,
        Time = DateTimeOffset.UnixEpoch,
    };

    private static StockOperation Operation(StockResult result) => ((StockDecision.Recorded)result.Decision).Operation;

    private async Task<(long Available, long Reserved, long Total)> BalancesAsync(string product = "p")
    {
        var item = (await Store().ReadAsync(product, CancellationToken.None))!;
        return (item.Available, item.Reserved, item.Total);
    }

    /// <summary>Does something after the first bulk read.</summary>
    private sealed class BetweenReads(IStateStore store, Func<Task> between) : PassingStore(store)
    {
        private bool _isDone;

        public override async Task<IReadOnlyDictionary<string, StateEntry>> GetManyAsync(IReadOnlyCollection<string> keys, int maxBytes, CancellationToken cancellationToken)
        {
            var found = await base.GetManyAsync(keys, maxBytes, cancellationToken);
            if (!_isDone) await between();
            _isDone = true;
            return found;
        }
    }
}
