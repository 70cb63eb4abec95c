using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OrderInventory.ServiceDefaults.Messaging;

/// <summary>One event to publish.</summary>
/// <param name="Id">CloudEvent id, deterministic, see <see cref="Contracts.EventIds"/>.</param>
/// <param name="Key">Partition key; events of one key stay in order.</param>
/// <param name="Type">CloudEvent type.</param>
/// <param name="Data">The payload as UTF-8 JSON.</param>
public sealed record OutgoingEvent(string Id, string Key, string Type, ReadOnlyMemory<byte> Data)
{
    /// <summary>The W3C trace parent that the event belongs to; null: the span that publishes it.</summary>
    public string? TraceParent { get; init; }

    /// <summary>Serializes <paramref name="payload"/>; the type is the payload's name.</summary>
    public static OutgoingEvent Of<T>(string id, string key, T payload, JsonTypeInfo<T> json, string? type = null) =>
        new(id, key, type ?? typeof(T).Name, JsonSerializer.SerializeToUtf8Bytes(payload, json));
}

/// <summary>Publishes through the sidecar; at least once. Whoever calls it repeats the call until nothing is missing (design rule 3).</summary>
public interface IEventPublisher
{
    /// <summary>
    /// Publishes all events to one topic, those of one key in the order given. Returns the ids of those that the broker may
    /// not have, and that have to be published again, with the same ids; empty when it has them all.
    /// </summary>
    Task<IReadOnlySet<string>> PublishAsync(string topic, IReadOnlyList<OutgoingEvent> events, CancellationToken cancellationToken);

    /// <summary>
    /// Parks a message that can never be handled on the dead letter topic of <paramref name="topic"/>: the original
    /// CloudEvent, as its bytes were delivered, with the extension attributes <c>deadletterreason</c> and <c>deadlettertopic</c>.
    /// </summary>
    /// <exception cref="DependencyUnavailableException">It may not have been accepted: do not acknowledge the message.</exception>
    Task DeadLetterAsync(string topic, ReadOnlyMemory<byte> original, string? key, string reason, CancellationToken cancellationToken);
}
