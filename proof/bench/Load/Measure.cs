using HdrHistogram;

namespace OrderInventory.Bench.Load;

/// <summary>What one contestant did: over all of its turns, warm-ups left out of the figures but not of the counts.</summary>
internal sealed class Measure
{
    private const long LongestMicroseconds = 600_000_000;
    private const int Digits = 3;

    private readonly LongConcurrentHistogram _latencies = new(1, LongestMicroseconds, Digits);
    private long _inTime;
    private long _done;
    private long _succeeded;

    /// <summary>Time measured in, in all turns together.</summary>
    public TimeSpan Measured { get; set; }

    /// <summary>Everything that was done, warm-ups and what ended late included.</summary>
    public long Done => Interlocked.Read(ref _done);

    /// <summary>Those of <see cref="Done"/> that got what they asked for.</summary>
    public long Succeeded => Interlocked.Read(ref _succeeded);

    /// <summary>Operations that ended while it was measured, by second.</summary>
    public double PerSecond => Measured > TimeSpan.Zero ? Interlocked.Read(ref _inTime) / Measured.TotalSeconds : 0;

    /// <summary>Latency in milliseconds below which <paramref name="percent"/> of the measured operations stayed.</summary>
    public double Milliseconds(double percent) => _latencies.TotalCount == 0 ? 0 : _latencies.GetValueAtPercentile(percent) / 1000.0;

    /// <summary>An operation that ended; <paramref name="inTime"/>: within the measured time, whenever it began.</summary>
    public void Count(bool succeeded, bool inTime)
    {
        Interlocked.Increment(ref _done);
        if (succeeded) Interlocked.Increment(ref _succeeded);
        if (inTime) Interlocked.Increment(ref _inTime);
    }

    /// <summary>The latency of an operation that began within the measured time, whenever it ended.</summary>
    public void Record(TimeSpan latency) => _latencies.RecordValue(Math.Clamp((long)latency.TotalMicroseconds, 1, LongestMicroseconds));
}
