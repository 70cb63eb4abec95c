using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace OrderInventory.ServiceDefaults.Metrics;

/// <summary>What the instruments of this process show at the moment when somebody asks.</summary>
internal sealed class CurrentMetrics : IDisposable
{
    private const int CollectMilliseconds = 2_000;

    private readonly Lock _lock = new();
    private readonly Copier _copier = new();

    public CurrentMetrics() => Reader = new BaseExportingMetricReader(_copier) { TemporalityPreference = MetricReaderTemporalityPreference.Cumulative };

    /// <summary>What has to be added to the meter provider.</summary>
    public MetricReader Reader { get; }

    /// <summary>Reads all instruments now.</summary>
    public IReadOnlyList<MetricView> Read()
    {
        lock (_lock)
        {
            Reader.Collect(CollectMilliseconds);
            return _copier.Copied;
        }
    }

    public void Dispose() => Reader.Dispose();

    /// <summary>Copies what the SDK has summed up, because its points are used again.</summary>
    private sealed class Copier : BaseExporter<Metric>
    {
        public IReadOnlyList<MetricView> Copied { get; private set; } = [];

        public override ExportResult Export(in Batch<Metric> batch)
        {
            var metrics = new List<MetricView>();
            foreach (var metric in batch)
                if (metric.MeterName == ServiceDefaults.TelemetryName) metrics.Add(new MetricView(metric.Name, metric.Unit, Series(metric)));
            Copied = metrics;
            return ExportResult.Success;
        }

        private static List<MetricSeries> Series(Metric metric)
        {
            var series = new List<MetricSeries>();
            foreach (ref readonly var point in metric.GetMetricPoints())
            {
                var tags = new Dictionary<string, string>();
                foreach (var tag in point.Tags) tags[tag.Key] = tag.Value?.ToString() ?? "";
                series.Add(metric.MetricType switch
                {
                    MetricType.Histogram => new MetricSeries(tags, point.GetHistogramSum(), point.GetHistogramCount(), Buckets(point)),
                    MetricType.LongSum or MetricType.LongSumNonMonotonic => new MetricSeries(tags, point.GetSumLong()),
                    MetricType.LongGauge => new MetricSeries(tags, point.GetGaugeLastValueLong()),
                    MetricType.DoubleGauge => new MetricSeries(tags, point.GetGaugeLastValueDouble()),
                    _ => new MetricSeries(tags, point.GetSumDouble()),
                });
            }

            return series;
        }

        private static List<MetricBucket> Buckets(in MetricPoint point)
        {
            var buckets = new List<MetricBucket>();
            foreach (var bucket in point.GetHistogramBuckets())
                buckets.Add(new MetricBucket(double.IsPositiveInfinity(bucket.ExplicitBound) ? null : bucket.ExplicitBound, bucket.BucketCount));
            return buckets;
        }
    }
}
