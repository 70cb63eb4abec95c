using OrderInventory.Bench.Systems;

namespace OrderInventory.Bench.Orders;

/// <summary>Kills one part of a system after the other at random moments, each when the one before is back.</summary>
internal static class Killer
{
    /// <summary>
    /// Runs until <paramref name="over"/>, or until there were as many kills as <paramref name="options"/> say, adding what it kills
    /// to <paramref name="kills"/>; does nothing when they want no kills.
    /// </summary>
    public static async Task RunAsync(OrderSystem system, LoadOptions options, List<LoadKill> kills, TextWriter progress, TimeProvider time, CancellationToken over)
    {
        if (options.Kill == 0) return;
        var began = time.GetTimestamp();
        var random = new Random(options.Seed);
        try
        {
            while (kills.Count < (options.Kills ?? int.MaxValue))
            {
                await Task.Delay(TimeSpan.FromSeconds(-Math.Log(1 - random.NextDouble()) * options.Kill), time, over);
                var victim = system.Victims[random.Next(system.Victims.Count)];
                var torn = options.Kills is not null && random.Next(2) == 0 && OrderSystem.CanTear(victim);
                kills.Add(new LoadKill(Math.Round(time.GetElapsedTime(began).TotalSeconds, 1), victim));
                await progress.WriteLineAsync($"kill -9 {victim} ({kills.Count}{(options.Kills is { } all ? "/" + all : "")}){(torn ? ", with a torn write" : "")}");
                await system.KillAsync(victim, torn);
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // The load is over.
        }
    }
}
