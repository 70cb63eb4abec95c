using OrderInventory.Bench.Systems;

namespace OrderInventory.Bench.Orders;

/// <summary>Kills one part of a system after the other at random moments, each when the one before is back.</summary>
internal static class Killer
{
    /// <summary>Runs until <paramref name="over"/>, adding what it kills to <paramref name="kills"/>; does nothing when <paramref name="meanSeconds"/> is 0.</summary>
    public static async Task RunAsync(OrderSystem system, int meanSeconds, int seed, List<LoadKill> kills, TextWriter progress, TimeProvider time, CancellationToken over)
    {
        if (meanSeconds == 0) return;
        var began = time.GetTimestamp();
        var random = new Random(seed);
        try
        {
            while (true)
            {
                await Task.Delay(TimeSpan.FromSeconds(-Math.Log(1 - random.NextDouble()) * meanSeconds), time, over);
                var victim = system.Processes[random.Next(system.Processes.Count)];
                kills.Add(new LoadKill(Math.Round(time.GetElapsedTime(began).TotalSeconds, 1), victim));
                await progress.WriteLineAsync($"kill -9 {victim}");
                await system.KillAsync(victim);
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // The load is over.
        }
    }
}
