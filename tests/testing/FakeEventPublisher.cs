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

    public Task PublishAsync(string topic, IReadOnlyList<OutgoingEvent> events, CancellationToken cancellationToken)
    {
        if (Down) throw new DependencyUnavailableException("down");
        foreach (var @event in events) Published.Enqueue((topic, @event));
        return Task.CompletedTask;
    }

    public Task DeadLetterAsync(string topic, ReadOnlyMemory<byte> original, string? key, string reason, CancellationToken cancellationToken)
    {
        if (Down) throw new DependencyUnavailableException("down");
        DeadLetters.Enqueue((topic, key, reason));
        return Task.CompletedTask;
    }
}
