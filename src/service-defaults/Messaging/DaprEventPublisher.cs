using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Grpc.Core;
using OrderInventory.Contracts;

namespace OrderInventory.ServiceDefaults.Messaging;

/// <summary>Publishing over the sidecar's gRPC API: one event alone, several in one bulk publish.</summary>
internal sealed class DaprEventPublisher(SidecarChannel sidecar) : IEventPublisher
{
    private const string Json = "application/json";
    private const string CloudEvents = "application/cloudevents+json";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    public async Task PublishAsync(string topic, IReadOnlyList<OutgoingEvent> events, CancellationToken cancellationToken)
    {
        switch (events.Count)
        {
            case 0: return;
            case 1: await PublishOneAsync(topic, events[0].Data, Json, Attributes(events[0]), cancellationToken); return;
        }

        var request = new BulkPublishRequest { PubsubName = Topics.PubSub, Topic = topic };
        for (var i = 0; i < events.Count; i++)
        {
            var entry = new BulkPublishRequestEntry
            {
                EntryId = i.ToString(System.Globalization.CultureInfo.InvariantCulture),
                Event = UnsafeByteOperations.UnsafeWrap(events[i].Data),
                ContentType = Json,
            };
            // On the entry, never on the request: on Kafka the request's metadata would win for every entry.
            foreach (var (name, value) in Attributes(events[i])) entry.Metadata.Add(name, value);
            request.Entries.Add(entry);
        }

        try
        {
            var response = await sidecar.Client.BulkPublishEventAsync(request, sidecar.Options(Timeout, cancellationToken));
            if (response.FailedEntries.Count > 0)
                throw new DependencyUnavailableException($"{response.FailedEntries.Count} of {events.Count} events were not published: {response.FailedEntries[0].Error}");
        }
        catch (RpcException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DependencyUnavailableException($"Events could not be published to {topic}.", error);
        }
    }

    public Task DeadLetterAsync(string topic, JsonElement original, string? key, string reason, CancellationToken cancellationToken)
    {
        var envelope = original.ValueKind == JsonValueKind.Object
            ? JsonObject.Create(original)!
            : new JsonObject { ["specversion"] = "1.0", ["type"] = "unreadable", ["source"] = topic, ["datacontenttype"] = "text/plain", ["data"] = original.GetRawText() };
        envelope["deadletterreason"] = reason;
        envelope["deadlettertopic"] = topic;
        var metadata = new Dictionary<string, string>();
        if (!string.IsNullOrEmpty(key)) metadata.Add("partitionKey", key);
        return PublishOneAsync(Topics.DeadLetter(topic), JsonSerializer.SerializeToUtf8Bytes<JsonNode>(envelope), CloudEvents, metadata, cancellationToken);
    }

    private async Task PublishOneAsync(string topic, ReadOnlyMemory<byte> data, string contentType, Dictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        var request = new PublishEventRequest { PubsubName = Topics.PubSub, Topic = topic, Data = UnsafeByteOperations.UnsafeWrap(data), DataContentType = contentType };
        foreach (var (name, value) in metadata) request.Metadata.Add(name, value);
        try
        {
            await sidecar.Client.PublishEventAsync(request, sidecar.Options(Timeout, cancellationToken));
        }
        catch (RpcException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DependencyUnavailableException($"An event could not be published to {topic}.", error);
        }
    }

    private static Dictionary<string, string> Attributes(OutgoingEvent @event)
    {
        var attributes = new Dictionary<string, string>
        {
            ["partitionKey"] = @event.Key,
            ["cloudevent.id"] = @event.Id,
            ["cloudevent.type"] = @event.Type,
        };
        // Not left to the headers of the call: they have one trace for a whole bulk, and the span of the call itself.
        if ((@event.TraceParent ?? Activity.Current?.Id) is { } trace) attributes["cloudevent.traceparent"] = trace;
        return attributes;
    }
}
