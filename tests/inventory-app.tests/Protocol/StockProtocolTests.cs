using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using InventoryApp.Domain;
using InventoryApp.Stock;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.State;
using OrderInventory.Testing;

namespace InventoryApp.Tests.Protocol;

/// <summary>What the stock protocol promises on any state store: in memory, and real ones through the sidecar.</summary>
public sealed class StockProtocolTests(StockStores stores) : IClassFixture<StockStores>
{
    private static readonly Config RandomRuns = Config.QuickThrowOnFailure.WithMaxTest(FullSize.Or(60, small: 20)).WithEndSize(200);
    private static int _products;

    [Theory]
    [MemberData(nameof(StockStores.Here), MemberType = typeof(StockStores))]
    public async Task ExecuteAsync_RandomCommandsAndFaults_AgreeWithPlainStock(string store)
    {
        var state = await stores.OpenAsync(store);

        // Not made smaller when one fails: on a real store that would take hours.
        var steps = ArbMap.Default.GeneratorFor<(byte Kind, byte Order, byte Replica)[]>().ToArbitrary();
        var seeds = ArbMap.Default.GeneratorFor<int>().ToArbitrary();
        // The runner is not asynchronous.
        await Task.Run(() => Prop.ForAll(steps, seeds, (steps, seed) => RandomRunAsync(state, steps, seed).GetAwaiter().GetResult()).Check(RandomRuns));
    }

    [Theory]
    [MemberData(nameof(StockStores.Here), MemberType = typeof(StockStores))]
    public async Task ExecuteAsync_HundredBuyersOfHundredUnits_SellExactlyThose(string store) => await SellAsync(await stores.OpenAsync(store), NewProduct(), 100, 100, 150);

    [Theory]
    [MemberData(nameof(StockStores.Here), MemberType = typeof(StockStores))]
    public async Task ExecuteAsync_256BuyersOfManyUnits_SellExactlyThose(string store)
    {
        var units = FullSize.Or(10_000, small: 2_000);

        await SellAsync(await stores.OpenAsync(store), NewProduct(), 256, units, units + 300);
    }

    [Theory]
    [MemberData(nameof(StockStores.Here), MemberType = typeof(StockStores))]
    public async Task ExecuteAsync_OutsideWriterWinsTwoOfThreeSaves_SellExactlyWhatThereIs(string store)
    {
        var (product, stormy) = (NewProduct(), new StormyStore(await stores.OpenAsync(store)));

        await SellAsync(stormy, product, 40, 400, 500);

        // A round for as many orders as there are buyers at most, and two lost races for each.
        Assert.InRange(stormy.Won, 2 * 500 / 40, int.MaxValue);
    }

    private static async Task SellAsync(IStateStore state, string product, int buyers, int units, int orders)
    {
        var replica = new StockParts(state);
        await using var rounds = replica.Rounds();
        await UntilDecidedAsync(() => rounds.ExecuteAsync(new SetTotalCommand(product, "set", units)));
        var next = 0;

        var sold = await Task.WhenAll(Enumerable.Range(0, buyers).Select(_ => Task.Run(async () =>
        {
            var held = 0;
            for (int order; (order = Interlocked.Increment(ref next)) <= orders;)
            {
                var result = await UntilDecidedAsync(() => rounds.ExecuteAsync(Line(product, order, OperationKind.Deduct, 1)));
                if (((StockDecision.Recorded)result.Decision).Operation.Success) held++;
            }

            return held;
        })));

        Assert.Equal(units, sold.Sum());
        var item = await replica.Store.ReadAsync(product, CancellationToken.None);
        Assert.Equal((0, units, units), (item!.Available, item.Reserved, item.Total));
        var recorded = await replica.OperationsAsync(product);
        Assert.Equal(Enumerable.Range(1, orders + 1).Select(number => (long)number), recorded.Select(operation => operation.Sequence));
    }

    private static async Task RandomRunAsync(IStateStore state, (byte Kind, byte Order, byte Replica)[] steps, int seed)
    {
        string[] products = [NewProduct(), NewProduct(), NewProduct()];
        var random = new Random(seed);
        StockRounds Replica() => new StockParts(new FaultyStore(state, random), time: new InstantTime()).Rounds();
        var replicas = new[] { Replica(), Replica() };
        var commands = new Dictionary<(string, string), StockCommand>();
        var answers = new List<(string Product, StockOperation Operation)>();
        foreach (var together in steps.Chunk(5))
        {
            var running = together.Select(async step =>
            {
                var command = Command(products[step.Kind / 8 % 3], step.Kind, step.Order % 12 + 1);
                lock (commands) commands[(command.ProductId, command.OperationId)] = command;
                if (step.Replica % 16 == 0) replicas[0] = Replica();
                var result = await UntilDecidedAsync(() => replicas[step.Replica % 2].ExecuteAsync(command));
                if (result.Decision is StockDecision.Recorded recorded) lock (answers) answers.Add((command.ProductId, recorded.Operation));
            });
            await Task.WhenAll(running);
        }

        foreach (var replica in replicas) await replica.DisposeAsync();
        foreach (var product in products) await CheckAsync(state, product, commands, [.. answers.Where(answer => answer.Product == product).Select(answer => answer.Operation)]);
    }

    private static async Task CheckAsync(IStateStore state, string product, Dictionary<(string, string), StockCommand> commands, List<StockOperation> answers)
    {
        var parts = new StockParts(state);
        var operations = await parts.OperationsAsync(product);
        var plain = new PlainStock();
        foreach (var operation in operations)
        {
            var (outcome, quantity) = plain.Apply(commands[(product, operation.OperationId)]);
            Assert.Equal((outcome, quantity, plain.Available), (operation.Outcome, operation.Quantity, operation.AvailableAfter));
            Assert.True(plain.Available >= 0);
        }

        Assert.Equal(operations.Count, operations.DistinctBy(operation => operation.OperationId).Count());
        Assert.All(answers, answer => Assert.Contains(answer, operations));
        var item = await parts.Store.ReadAsync(product, CancellationToken.None);
        if (item is not null) Assert.Equal((plain.Available, plain.Reserved, plain.Total), (item.Available, item.Reserved, item.Total));
    }

    // An id always means the same command, as it does on the wire.
    private static StockCommand Command(string product, byte kind, int number) => (kind % 8) switch
    {
        0 => new SetTotalCommand(product, "set:" + Text(number), number * 3),
        1 => new ChangeTotalCommand(product, ChangeTotalCommand.IdOf("in" + Text(number)), OperationKind.Restock, number),
        2 => new ChangeTotalCommand(product, ChangeTotalCommand.IdOf("fix" + Text(number)), OperationKind.Adjust, number - 7),
        3 or 4 => Line(product, number, OperationKind.Restore, number % 3 + 1),
        5 => Line(product, number, OperationKind.Ship, number % 3 + 1),
        _ => Line(product, number, OperationKind.Deduct, number % 3 + 1),
    };

    private static LineCommand Line(string product, int order, OperationKind kind, long quantity) => new(product, "o" + Text(order), 1, kind, quantity);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string NewProduct() => "product-" + Text(Interlocked.Increment(ref _products));

    private static async Task<StockResult> UntilDecidedAsync(Func<Task<StockResult>> execute)
    {
        for (var attempt = 0; attempt < 200; attempt++)
        {
            try
            {
                return await execute();
            }
            catch (DependencyUnavailableException)
            {
                // The broker would deliver it again.
            }
        }

        throw new InvalidOperationException("The command was never decided.");
    }
}
