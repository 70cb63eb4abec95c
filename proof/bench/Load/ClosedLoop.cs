namespace OrderInventory.Bench.Load;

/// <summary>Buyers who each begin the next operation when the last one has ended.</summary>
internal static class ClosedLoop
{
    /// <summary>Runs what <paramref name="operationOf"/> gives each buyer by number, which tells whether it succeeded, for a warm-up and the measured time; returns when all have ended, sooner when cancelled.</summary>
    public static async Task RunAsync(int buyers, TimeSpan warmUp, TimeSpan measured, Func<int, Func<Task<bool>>> operationOf, Measure measure, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, buyers).Select(buyer => Task.Run(async () =>
        {
            var operation = operationOf(buyer);
            for (TimeSpan begun; (begun = time.GetElapsedTime(start)) < warmUp + measured && !cancellationToken.IsCancellationRequested;)
            {
                var succeeded = await operation();
                var ended = time.GetElapsedTime(start);
                measure.Count(succeeded, inTime: ended >= warmUp && ended <= warmUp + measured);
                if (begun >= warmUp) measure.Record(ended - begun);
            }
        }, CancellationToken.None)));
        cancellationToken.ThrowIfCancellationRequested();
        measure.Measured += measured;
    }
}
