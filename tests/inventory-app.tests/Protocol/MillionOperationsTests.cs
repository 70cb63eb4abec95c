using System.Globalization;
using InventoryApp.Domain;
using InventoryApp.Stock;
using OrderInventory.ServiceDefaults.Rounds;
using OrderInventory.Testing;

namespace InventoryApp.Tests.Protocol;

/// <summary>A product that has been sold a million times: its document is as small and a deduction as cheap as at the start.</summary>
public sealed class MillionOperationsTests
{
    private static readonly int Operations = FullSize.Or(1_000_000, small: 50_000);
    private const int Batch = 200;
    private const int MaxDocument = 256 * 1024;

    [Fact]
    public async Task ApplyAsync_MillionOperations_StaySmallAndCostTheSame()
    {
        var counting = new CountingStore(new FakeStateStore());
        var parts = new StockParts(counting);
        var protocol = parts.Protocol();
        await ApplyAsync(protocol, [new SetTotalCommand("p", "set", Operations)]);
        var costs = new List<(long Calls, long Bytes)>();

        for (var first = 0; first < Operations; first += Batch)
        {
            var (calls, bytes) = (counting.Calls, counting.Bytes);
            await ApplyAsync(protocol, [.. Enumerable.Range(first, Batch).Select(order => new LineCommand("p", "order-" + order.ToString("d7", CultureInfo.InvariantCulture), 1, OperationKind.Deduct, 1))]);
            costs.Add((counting.Calls - calls, counting.Bytes - bytes));
        }

        Assert.All(costs, cost => Assert.Equal(4, cost.Calls));
        // A tenth for numbers that have more digits, and for the journal, which is between none and one archive page.
        Assert.InRange(costs[^100..].Average(cost => cost.Bytes), 1, 1.1 * costs[..100].Average(cost => cost.Bytes));
        Assert.InRange(counting.Largest, 1, MaxDocument);
        Assert.Equal(Operations + 1, counting.Archived);
        var item = await parts.Store.ReadAsync("p", CancellationToken.None);
        Assert.Equal((0, Operations, Operations + 1), (item!.Available, item.Reserved, item.Sequence));
    }

    // As the rounds do.
    private static async Task ApplyAsync(StockProtocol protocol, IReadOnlyList<StockCommand> commands)
    {
        RoundItem<StockCommand, StockResult>[] items = [.. commands.Select(command => new RoundItem<StockCommand, StockResult>(command, command.ProductId))];
        var round = new ProductRound("p", items);
        await protocol.DecideAsync([round]);
        foreach (var item in items) await item.Outcome;
        Assert.True(await protocol.ArchiveAsync([round]));
    }
}
