using DaprLocal.PubSub;

namespace DaprLocal.Sample;

/// <summary>Remembers when the messages of the saga were first published, while the sample watches.</summary>
internal sealed class MessageLog
{
    // The sample is one order; other clients may be busy at the same time, so there is a bound.
    private const int Capacity = 2000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, DateTimeOffset> _first = new(StringComparer.Ordinal);

    /// <summary>Notes a message.</summary>
    public void Add(PublishedMessage message)
    {
        if (message.EventId is not { } id || message.Topic is not ("inventory-deduction" or "inventory-deduction-result"))
            return;
        lock (_lock)
        {
            if (_first.Count < Capacity)
                _first.TryAdd(id, message.Time);
        }
    }

    /// <summary>What was published for an order: a text for the timeline, and the time.</summary>
    public IReadOnlyList<(string Text, DateTimeOffset Time)> Of(string orderId)
    {
        lock (_lock)
        {
            return [.. _first
                .Where(entry => entry.Key.StartsWith(orderId + ":", StringComparison.Ordinal))
                .Select(entry => (Text: Meaning(entry.Key[(orderId.Length + 1)..]), entry.Value))
                .Where(entry => entry.Text is not null)
                .Select(entry => (entry.Text!, entry.Value))];
        }
    }

    // Behind the order id: "{line}:deduct", "{line}:deduct:result".
    private static string? Meaning(string rest) => rest.Split(':') switch
    {
        [var line, "deduct"] => $"deduction asked (line {line}) → inventory-app",
        [var line, "deduct", "result"] => $"deduction done (line {line}) → order-app",
        _ => null,
    };
}
