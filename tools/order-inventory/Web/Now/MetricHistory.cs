using System.Text.Json;
using OrderInventory.Cli;

namespace OrderInventory.Web.Now;

/// <summary>What happened in one second, summed over the processes that were asked.</summary>
internal sealed class Second(long number)
{
    /// <summary>Its number since the epoch.</summary>
    public long Number => number;

    /// <summary>Orders that were placed.</summary>
    public double Placed { get; set; }

    /// <summary>Stock operations that were recorded.</summary>
    public double Operations { get; set; }

    /// <summary>Transitions by status.</summary>
    public Dictionary<string, double> Reached { get; } = [];

    /// <summary>Decided orders by the most seconds that they took; infinite for longer than any bound.</summary>
    public SortedDictionary<double, long> Decided { get; } = [];
}

/// <summary>Reads the instruments of both apps once a second and keeps what happened in the last five minutes.</summary>
internal sealed class MetricHistory(SystemClient system, TimeProvider time) : BackgroundService
{
    /// <summary>Seconds that are kept.</summary>
    public const int Kept = 300;

    private const int MaxInstances = 20;
    private static readonly TimeSpan Gone = TimeSpan.FromSeconds(15);

    private readonly Lock _lock = new();
    private readonly LinkedList<Second> _seconds = [];
    private readonly Dictionary<string, (ReadMetrics Metrics, DateTimeOffset At)> _last = [];
    private readonly Dictionary<string, (DateTimeOffset Read, DateTimeOffset? Counted)> _apps = [];

    /// <summary>The seconds of the last while, oldest first; those in which nothing happened are left out.</summary>
    public IReadOnlyList<Second> Last(int seconds)
    {
        var first = Now - seconds;
        lock (_lock) return [.. _seconds.Where(second => second.Number > first)];
    }

    /// <summary>A sum over what the processes that were seen lately show now; null when none of <paramref name="app"/> was.</summary>
    public double? Gauge(AppClient app, Func<ReadMetrics, double> value)
    {
        var now = time.GetUtcNow();
        lock (_lock) return _apps.TryGetValue(app.Name, out var known) && now - known.Read < Gone ? _last.Values.Where(seen => now - seen.At < Gone).Sum(seen => value(seen.Metrics)) : null;
    }

    /// <summary>True when something is known of what happened in this app in the last while, and be it that nothing did.</summary>
    public bool IsKnown(AppClient app, int seconds)
    {
        lock (_lock) return _apps.TryGetValue(app.Name, out var known) && known.Counted > time.GetUtcNow().AddSeconds(-seconds);
    }

    /// <summary>The number of this second.</summary>
    public long Now => time.GetUtcNow().ToUnixTimeSeconds();

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        try
        {
            do await Task.WhenAll(ReadAsync(system.Orders, stoppingToken), ReadAsync(system.Inventory, stoppingToken));
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The console ends.
        }
    }

    private async Task ReadAsync(AppClient app, CancellationToken cancellationToken)
    {
        try
        {
            if ((await app.DataAsync("/api/metrics", cancellationToken))?.Deserialize<ReadMetrics>(JsonSerializerOptions.Web) is { } read) Add(app.Name, read);
        }
        catch (Exception error) when (error is NotAnsweredException or UnauthorizedAccessException)
        {
            // Pages say so; the history has a gap.
        }
    }

    private void Add(string app, ReadMetrics read)
    {
        lock (_lock)
        {
            var before = _last.GetValueOrDefault(read.Instance).Metrics;
            if (_last.Count >= MaxInstances && before is null) _last.Remove(_last.MinBy(seen => seen.Value.At).Key);
            _last[read.Instance] = (read, time.GetUtcNow());
            _apps[app] = (time.GetUtcNow(), before is null ? _apps.GetValueOrDefault(app).Counted : time.GetUtcNow());
            // What a process did before it was seen first happened at nobody knows which time.
            if (before is null) return;
            var now = Now;
            if (_seconds.Last?.Value.Number != now) _seconds.AddLast(new Second(now));
            while (_seconds.First!.Value.Number <= now - Kept) _seconds.RemoveFirst();
            Add(_seconds.Last!.Value, before, read);
        }
    }

    private static void Add(Second second, ReadMetrics before, ReadMetrics read)
    {
        second.Placed += Since(metrics => metrics.Sum("orders.created.total", "outcome", "created"));
        second.Operations += Since(metrics => metrics.Sum("inventory.deduction.total"));
        foreach (var status in read.Of("orders.transitions.total").Select(series => series.Tags.GetValueOrDefault("status") ?? "").Distinct())
            second.Reached[status] = second.Reached.GetValueOrDefault(status) + Since(metrics => metrics.Sum("orders.transitions.total", "status", status));
        var known = Buckets(before);
        foreach (var (upTo, count) in Buckets(read)) second.Decided[upTo] = second.Decided.GetValueOrDefault(upTo) + count - known.GetValueOrDefault(upTo);

        double Since(Func<ReadMetrics, double> value) => value(read) - value(before);
    }

    private static Dictionary<double, long> Buckets(ReadMetrics metrics) => metrics.Of("orders.outcome.duration").SelectMany(series => series.Buckets ?? [])
        .GroupBy(bucket => bucket.UpTo ?? double.PositiveInfinity).ToDictionary(same => same.Key, same => same.Sum(bucket => bucket.Count));
}
