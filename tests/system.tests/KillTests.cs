using OrderInventory.Testing;

namespace OrderInventory.System.Tests;

/// <summary>kill -9 of each part while orders run: nothing is lost, nothing happens twice.</summary>
[Collection(OneKilledSystem.Name)]
public sealed class KillTests(KilledSystem killed)
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
        foreach (var (product, total) in new[] { ("a", 5_000), ("b", 250), ("c", 40) }) await killed.PutStockAsync($"{victim}-{product}", total);
        try
        {
            for (var round = 0; round < Moments.Length; round++) await RunRoundAsync(victim, round);
            await killed.CheckAsync();
        }
        catch (Exception error)
        {
            throw new InvalidOperationException(killed.Local.Output(), error);
        }
    }

    private async Task RunRoundAsync(string victim, int round)
    {
        var accepted = 0;
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var clients = Parallel.ForEachAsync(Enumerable.Range(0, OrdersPerRound), new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (number, _) =>
        {
            var key = Audit.Key($"{victim}-round{round}", number);
            killed.Orders[key] = await killed.Local.Orders.PlaceAsync(Body(victim, number), key);
            if (Interlocked.Increment(ref accepted) == Moments[round]) reached.SetResult();
        });
        await Task.WhenAny(reached.Task, clients);

        await killed.Local.KillAsync(victim);
        await killed.Local.StartAsync(victim);
        await clients;
    }

    // Enough, soon gone, and two lines of which one is soon gone.
    private static string Body(string victim, int number) => (number % 4) switch
    {
        0 => OrderClient.Body(victim + "-b", 2),
        1 => $$"""{"userId":"u","lines":[{"productId":"{{victim}}-a","quantity":1,"amount":1},{"productId":"{{victim}}-c","quantity":1,"amount":1}]}""",
        _ => OrderClient.Body(victim + "-a", 3),
    };
}
