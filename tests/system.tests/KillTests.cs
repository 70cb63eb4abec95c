using System.Collections.Concurrent;
using OrderInventory.Testing;

namespace OrderInventory.System.Tests;

/// <summary>kill -9 of each part while orders run: nothing is lost, nothing happens twice.</summary>
[Collection(OneByOne.Name)]
public sealed class KillTests
{
    private static readonly int OrdersPerRound = FullSize.Or(200, small: 80);

    /// <summary>The product's own processes, and the servers it runs on, when it does.</summary>
    public static TheoryData<string> Victims => [.. LocalSystem.Processes, .. RealServers.InUse];

    // How many of a round's orders are accepted when the kill comes.
    private static readonly int[] Moments = [OrdersPerRound / 20, OrdersPerRound * 2 / 5, OrdersPerRound * 19 / 20];

    [Theory]
    [MemberData(nameof(Victims))]
    public async Task Kill9_AtThreeMoments_KeepsEveryInvariant(string victim)
    {
        await using var system = await LocalSystem.StartAsync();
        var products = new Dictionary<string, long> { ["a"] = 5_000, ["b"] = 250, ["c"] = 40 };
        foreach (var (product, total) in products) await system.PutStockAsync(product, total);
        var orders = new ConcurrentDictionary<string, string>();
        try
        {
            for (var round = 0; round < Moments.Length; round++) await RunRoundAsync(system, victim, round, orders);
            await new Audit(system).CheckAsync(orders, products);
        }
        catch (Exception error)
        {
            throw new InvalidOperationException(system.Output(), error);
        }
    }

    private static async Task RunRoundAsync(LocalSystem system, string victim, int round, ConcurrentDictionary<string, string> orders)
    {
        var accepted = 0;
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var clients = Parallel.ForEachAsync(Enumerable.Range(0, OrdersPerRound), new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (number, _) =>
        {
            var key = Audit.Key("round" + round, number);
            orders[key] = await system.Orders.PlaceAsync(Body(number), key);
            if (Interlocked.Increment(ref accepted) == Moments[round]) reached.SetResult();
        });
        await Task.WhenAny(reached.Task, clients);

        await system.KillAsync(victim);
        await system.StartAsync(victim);
        await clients;
    }

    // Enough, soon gone, and two lines of which one is soon gone.
    private static string Body(int number) => (number % 4) switch
    {
        0 => OrderClient.Body("b", 2),
        1 => """{"userId":"u","lines":[{"productId":"a","quantity":1,"amount":1},{"productId":"c","quantity":1,"amount":1}]}""",
        _ => OrderClient.Body("a", 3),
    };
}
