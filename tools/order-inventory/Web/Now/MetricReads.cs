namespace OrderInventory.Web.Now;

/// <summary>A bucket of a histogram as <c>GET /api/metrics</c> shows it.</summary>
internal sealed record ReadBucket(double? UpTo, long Count);

/// <summary>A series.</summary>
internal sealed record ReadSeries(IReadOnlyDictionary<string, string> Tags, double Value, long? Count, IReadOnlyList<ReadBucket>? Buckets);

/// <summary>An instrument.</summary>
internal sealed record ReadMetric(string Name, IReadOnlyList<ReadSeries> Series);

/// <summary>What one process shows.</summary>
internal sealed record ReadMetrics(string Instance, IReadOnlyList<ReadMetric> Metrics)
{
    /// <summary>The series of an instrument; none while it was not used.</summary>
    public IReadOnlyList<ReadSeries> Of(string name) => Metrics.FirstOrDefault(metric => metric.Name == name)?.Series ?? [];

    /// <summary>The sum over the series of an instrument with this tag, or over all.</summary>
    public double Sum(string name, string? tag = null, string? value = null) => Of(name).Where(series => tag is null || series.Tags.GetValueOrDefault(tag) == value).Sum(series => series.Value);
}
