using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.Messaging;
using OrderInventory.Testing.Events;

namespace OrderInventory.Testing;

/// <summary>
/// Keeps what was published, in order. An event that is not as docs/asyncapi.yaml says fails the test: when it reads
/// <see cref="Published"/>, or at its end by <see cref="Verify"/>.
/// </summary>
public sealed class FakeEventPublisher : IEventPublisher
{
    private readonly ConcurrentQueue<(string Topic, OutgoingEvent Event)> _published = new();
    private readonly EventWatch _watch = new();
    private int _notTaken;

    /// <summary>While true, publishing fails as it does when the broker is down.</summary>
    public bool Down { get; set; }

    /// <summary>For replays of letters that the test made up: they are published as they are, right or wrong.</summary>
    public bool TakesAnything { get; set; }

    public ConcurrentQueue<(string Topic, OutgoingEvent Event)> Published
    {
        get
        {
            Verify();
            return _published;
        }
    }

    public ConcurrentQueue<(string Topic, string? Key, string Reason)> DeadLetters { get; } = new();

    /// <summary>Events that the broker does not take; by default it takes all.</summary>
    public Func<OutgoingEvent, bool> IsRefused { get; set; } = _ => false;

    /// <summary>Called before events are published to a topic: the place for a broker that takes its time.</summary>
    public Func<string, Task> BeforePublish { get; set; } = _ => Task.CompletedTask;

    /// <summary>Topic and number of events of each call.</summary>
    public ConcurrentQueue<(string Topic, int Events)> Calls { get; } = new();

    /// <summary>Events that the broker did not take so far, those of repeated calls counted again.</summary>
    public int NotTaken => _notTaken;

    /// <summary>Fails when an event was wrong. Whoever owns the publisher calls it at the end of the test.</summary>
    public void Verify() => _watch.Verify();

    public async Task<IReadOnlySet<string>> PublishAsync(string topic, IReadOnlyList<OutgoingEvent> events, CancellationToken cancellationToken)
    {
        if (events.Count > 0) Calls.Enqueue((topic, events.Count));
        await BeforePublish(topic);
        var taken = events.Where(@event => !Down && !IsRefused(@event)).ToArray();
        foreach (var @event in taken)
        {
            if (!TakesAnything) _watch.See(topic, @event.Key, Envelope(topic, @event));
            _published.Enqueue((topic, @event));
        }

        Interlocked.Add(ref _notTaken, events.Count - taken.Length);
        return events.Except(taken).Select(@event => @event.Id).ToHashSet();
    }

    public Task DeadLetterAsync(string topic, ReadOnlyMemory<byte> original, string? key, string reason, CancellationToken cancellationToken)
    {
        if (Down) throw new DependencyUnavailableException("down");
        DeadLetters.Enqueue((topic, key, reason));
        return Task.CompletedTask;
    }

    /// <summary>The event as a sidecar writes it.</summary>
    public static byte[] Envelope(string topic, OutgoingEvent outgoing)
    {
        ArgumentNullException.ThrowIfNull(outgoing);
        return JsonSerializer.SerializeToUtf8Bytes(new JsonObject
        {
            ["data"] = JsonNode.Parse(outgoing.Data.Span),
            ["datacontenttype"] = "application/json",
            ["id"] = outgoing.Id,
            ["pubsubname"] = Contracts.Topics.PubSub,
            ["source"] = "test",
            ["specversion"] = "1.0",
            ["time"] = "2026-01-02T03:04:05Z",
            ["topic"] = topic,
            ["traceid"] = outgoing.TraceParent ?? "",
            ["traceparent"] = outgoing.TraceParent ?? "",
            ["tracestate"] = "",
            ["type"] = outgoing.Type,
        });
    }
}
