using System.Collections.Concurrent;
using System.Text;

namespace OrderInventory.Testing.Events;

/// <summary>
/// Checks every event that it is shown, and remembers what is wrong. Whoever publishes must not hear of it at once: it would take that for
/// a broker that is down, and try again. So the test hears of it, when it asks.
/// </summary>
public sealed class EventWatch
{
    private const int Shown = 10;
    private readonly ConcurrentQueue<string> _wrong = new();

    /// <summary>Checks one event.</summary>
    public void See(string topic, string? key, ReadOnlyMemory<byte> envelope)
    {
        if (EventContract.Violations(topic, key, envelope) is { Count: > 0 } wrong)
            _wrong.Enqueue($"{topic} {Encoding.UTF8.GetString(envelope.Span)}\n  {string.Join("\n  ", wrong)}");
    }

    /// <summary>Fails when an event was not as docs/asyncapi.yaml says.</summary>
    public void Verify()
    {
        if (!_wrong.IsEmpty) throw new InvalidOperationException($"{_wrong.Count} events are not as docs/asyncapi.yaml says:\n{string.Join('\n', _wrong.Take(Shown))}");
    }
}
