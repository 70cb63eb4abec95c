namespace OrderInventory.Bench.Load;

/// <summary>
/// Arrivals that do not wait for each other, at random intervals (Poisson). A latency counts from the moment the arrival
/// was due, so that a slow system cannot hide by slowing the load down.
/// </summary>
internal static class OpenLoop
{
    private const int Seed = 20_260_101;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    /// <summary>Runs <paramref name="operation"/> <paramref name="perSecond"/> times a second on average; returns when all have ended.</summary>
    public static async Task RunAsync(double perSecond, TimeSpan warmUp, TimeSpan measured, Func<Task<bool>> operation, Measure measure, TimeProvider time, CancellationToken cancellationToken)
    {
        var random = new Random(Seed);
        var running = new List<Task>();
        var start = time.GetTimestamp();
        var due = TimeSpan.Zero;
        while (true)
        {
            due += TimeSpan.FromSeconds(-Math.Log(1 - random.NextDouble()) / perSecond);
            if (due >= warmUp + measured) break;
            while (time.GetElapsedTime(start) < due) await Task.Delay(Tick, time, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            var wanted = due;
            running.Add(Task.Run(async () =>
            {
                var succeeded = await operation();
                var ended = time.GetElapsedTime(start);
                measure.Count(succeeded, inTime: ended >= warmUp && ended <= warmUp + measured);
                if (wanted >= warmUp) measure.Record(ended - wanted);
            }, CancellationToken.None));
        }

        await Task.WhenAll(running);
        measure.Measured += measured;
    }
}
