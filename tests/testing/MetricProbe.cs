using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace OrderInventory.Testing;

/// <summary>Listens to the instruments that one factory made, so that tests do not hear each other.</summary>
public sealed class MetricProbe : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<(string Name, double Value, Dictionary<string, object?> Tags)> _seen = new();

    public MetricProbe(IMeterFactory meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == meters) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>The sum of what was measured with all of <paramref name="tags"/>.</summary>
    public double Sum(string name, params (string Name, object? Value)[] tags) => Of(name, tags).Sum();

    /// <summary>The single measurements.</summary>
    public IEnumerable<double> Of(string name, params (string Name, object? Value)[] tags) =>
        _seen.Where(seen => seen.Name == name && tags.All(tag => Equals(seen.Tags.GetValueOrDefault(tag.Name), tag.Value))).Select(seen => seen.Value);

    /// <summary>Measures what is only measured when somebody asks.</summary>
    public void Observe() => _listener.RecordObservableInstruments();

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _seen.Enqueue((instrument.Name, value, tags.ToArray().ToDictionary()));
}
