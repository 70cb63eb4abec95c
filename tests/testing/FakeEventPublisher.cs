using System.Collections.Concurrent;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.Messaging;

namespace OrderInventory.Testing;

/// <summary>Keeps what was published, in order.</summary>
public sealed class FakeEventPublisher : IEventPublisher
{
    /// <summary>While true, publishing fails as it does when the broker is down.</summary>
    public bool Down { get; set; }

    public ConcurrentQueue<(string Topic, OutgoingEvent Event)> Published { get; } = new();

    public ConcurrentQueue<(string Topic, string? Key, string Reason)> DeadLetters { get; } = new();

    /// <summary>Events that the broker does not take; by default it takes all.</summary>
    public Func<OutgoingEvent, bool> IsRefused { get; set; } = _ => false;

    /// <summary>Topic and number of events of each call.</summary>
    public ConcurrentQueue<(string Topic, int Events)> Calls { get; } = new();

    public Task<IReadOnlySet<string>> PublishAsync(string topic, IReadOnlyList<OutgoingEvent> events, CancellationToken cancellationToken)
    {
        if (events.Count > 0) Calls.Enqueue((topic, events.Count));
        var taken = events.Where(@event => !Down && !IsRefused(@event)).ToArray();
        foreach (var @event in taken) Published.Enqueue((topic, @event));
        return Task.FromResult<IReadOnlySet<string>>(events.Except(taken).Select(@event => @event.Id).ToHashSet());
    }

    public Task DeadLetterAsync(string topic, ReadOnlyMemory<byte> original, string? key, string reason, CancellationToken cancellationToken)
    {
        if (Down) throw new DependencyUnavailableException("down");
        DeadLetters.Enqueue((topic, key, reason));
        return Task.CompletedTask;
    }
}
