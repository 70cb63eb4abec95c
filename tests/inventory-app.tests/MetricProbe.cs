using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace InventoryApp.Tests;

/// <summary>Listens to the instruments that one factory made, so that tests do not hear each other.</summary>
internal sealed class MetricProbe : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<(string Name, long Value, Dictionary<string, object?> Tags)> _seen = new();

    public MetricProbe(IMeterFactory meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == meters) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>The sum of what was measured with all of <paramref name="tags"/>.</summary>
    public long Sum(string name, params (string Name, object? Value)[] tags) => Of(name, tags).Sum();

    /// <summary>The single measurements.</summary>
    public IEnumerable<long> Of(string name, params (string Name, object? Value)[] tags) =>
        _seen.Where(seen => seen.Name == name && tags.All(tag => Equals(seen.Tags.GetValueOrDefault(tag.Name), tag.Value))).Select(seen => seen.Value);

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _seen.Enqueue((instrument.Name, value, tags.ToArray().ToDictionary()));
}
