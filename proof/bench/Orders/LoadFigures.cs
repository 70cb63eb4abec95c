using System.Collections.Concurrent;
using HdrHistogram;
using OrderInventory.Bench.Load;

namespace OrderInventory.Bench.Orders;

/// <summary>What a load measured; safe for requests side by side.</summary>
internal sealed class LoadFigures(int seconds)
{
    /// <summary>What became of a request that never got an answer.</summary>
    public const string GaveUp = "no answer";

    /// <summary>Outcome of an order that was accepted, and not decided within the time that its client waited.</summary>
    public const string Undecided = "undecided";

    private readonly Second[] _seconds = [.. Enumerable.Range(0, seconds).Select(_ => new Second())];
    private readonly ConcurrentDictionary<(LoadKind Kind, string Outcome), int> _outcomes = new();
    private readonly Dictionary<LoadKind, Measure> _kinds = Enum.GetValues<LoadKind>().ToDictionary(kind => kind, _ => new Measure());
    private int _missed;
    private int _repeated;

    /// <summary>From the due time of an order to the moment when it was seen decided, of those that were watched.</summary>
    public Measure Decided { get; } = new();

    /// <summary>Requests that were due and not sent, because too many were waiting.</summary>
    public int Missed => _missed;

    /// <summary>Requests that were sent again for want of an answer.</summary>
    public int Repeated => _repeated;

    /// <summary>Requests that have ended.</summary>
    public long Ended => _kinds.Values.Sum(kind => kind.Done);

    /// <summary>99th percentile of all requests of one second, the last one in which any ended, in milliseconds.</summary>
    public double P99 => _seconds.LastOrDefault(second => second.Any)?.Read().P99 ?? 0;

    public void Miss() => Interlocked.Increment(ref _missed);

    public void Repeat() => Interlocked.Increment(ref _repeated);

    /// <summary>A request that ended <paramref name="latency"/> after it was due.</summary>
    public void End(Arrival arrival, string outcome, TimeSpan latency)
    {
        _kinds[arrival.Kind].Count(succeeded: outcome != GaveUp, inTime: true);
        _kinds[arrival.Kind].Record(latency);
        _outcomes.AddOrUpdate((arrival.Kind, outcome), 1, (_, count) => count + 1);
        var end = (int)(arrival.Due + latency).TotalSeconds;
        if (end < seconds) _seconds[end].Add(outcome, latency);
    }

    /// <summary>The figures of each kind that was sent.</summary>
    public IReadOnlyList<LoadFigure> Kinds() =>
    [
        .. _kinds.Where(kind => kind.Value.Done > 0).Select(kind => Figure(kind.Key.ToString(), kind.Value, _outcomes.Where(outcome => outcome.Key.Kind == kind.Key).OrderBy(outcome => outcome.Key.Outcome, StringComparer.Ordinal).ToDictionary(outcome => outcome.Key.Outcome, outcome => outcome.Value))),
    ];

    /// <summary>The figures of the watched orders.</summary>
    public LoadFigure DecidedFigure() => Figure("POST to decided", Decided, new Dictionary<string, int>());

    /// <summary>What happened in each second of the load.</summary>
    public IReadOnlyList<LoadSecond> Seconds() => [.. _seconds.Select(second => second.Read())];

    private static LoadFigure Figure(string name, Measure measure, IReadOnlyDictionary<string, int> outcomes) => new(
        name, measure.Done, measure.Milliseconds(50), measure.Milliseconds(90), measure.Milliseconds(99), measure.Milliseconds(99.9), measure.Milliseconds(100), outcomes);

    private sealed class Second
    {
        // One digit of a duration is enough for a plot, and keeps an hour of seconds small.
        private readonly LongConcurrentHistogram _latencies = new(1, 600_000_000, 1);
        private readonly ConcurrentDictionary<string, int> _outcomes = new();

        public void Add(string outcome, TimeSpan latency)
        {
            _latencies.RecordValue(Math.Clamp((long)latency.TotalMicroseconds, 1, 600_000_000));
            _outcomes.AddOrUpdate(outcome, 1, (_, count) => count + 1);
        }

        public bool Any => _latencies.TotalCount > 0;

        public LoadSecond Read() => new(
            (int)_latencies.TotalCount, At(50), At(99), _outcomes.ToArray().OrderBy(outcome => outcome.Key, StringComparer.Ordinal).ToDictionary(outcome => outcome.Key, outcome => outcome.Value));

        private double At(double percent) => _latencies.TotalCount == 0 ? 0 : _latencies.GetValueAtPercentile(percent) / 1000.0;
    }
}
