using System.Diagnostics;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Grpc.Core;
using OrderInventory.Contracts;
using OrderInventory.ServiceDefaults.State;

namespace OrderInventory.ServiceDefaults.Messaging;

/// <summary>
/// Publishing over the sidecar's gRPC API. What arrives for a topic while a publish of it is under way goes out together, in
/// one bulk publish: a call costs the sidecar and the broker more than an event does.
/// </summary>
internal sealed class DaprEventPublisher : IEventPublisher
{
    private const string Json = "application/json";
    private const string CloudEvents = "application/cloudevents+json";

    // Well below the 4 MiB that a sidecar takes in one request, with their envelopes.
    private const int MaxEvents = 256;
    private const int MaxBytes = 1024 * 1024;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    private readonly SidecarChannel _sidecar;
    private readonly GroupCommit<IReadOnlyList<OutgoingEvent>> _publishes;

    public DaprEventPublisher(SidecarChannel sidecar)
    {
        _sidecar = sidecar;
        _publishes = new GroupCommit<IReadOnlyList<OutgoingEvent>>(PublishTogetherAsync);
    }

    public Task PublishAsync(string topic, IReadOnlyList<OutgoingEvent> events, CancellationToken cancellationToken)
    {
        if (events.Count == 0) return Task.CompletedTask;
        // Now, because whoever sends them belongs to another trace. Not left to the headers of the call: they have one for a whole bulk.
        var trace = Activity.Current?.Id;
        return _publishes.AddAsync(topic, [.. events.Select(@event => @event.TraceParent is null ? @event with { TraceParent = trace } : @event)]).WaitAsync(cancellationToken);
    }

    private async Task PublishTogetherAsync(string topic, IReadOnlyList<IReadOnlyList<OutgoingEvent>> callers)
    {
        var (bulk, bytes) = (new List<OutgoingEvent>(), 0);
        foreach (var @event in callers.SelectMany(events => events))
        {
            if (bulk.Count == MaxEvents || (bulk.Count > 0 && bytes + @event.Data.Length > MaxBytes))
            {
                await PublishBulkAsync(topic, bulk);
                (bulk, bytes) = ([], 0);
            }

            bulk.Add(@event);
            bytes += @event.Data.Length;
        }

        await PublishBulkAsync(topic, bulk);
    }

    private async Task PublishBulkAsync(string topic, List<OutgoingEvent> events)
    {
        if (events.Count == 1)
        {
            await PublishOneAsync(topic, events[0].Data, Json, Attributes(events[0]), CancellationToken.None);
            return;
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
            var response = await _sidecar.Client.BulkPublishEventAsync(request, _sidecar.Options(Timeout, CancellationToken.None));
            if (response.FailedEntries.Count > 0)
                throw new DependencyUnavailableException($"{response.FailedEntries.Count} of {events.Count} events were not published: {response.FailedEntries[0].Error}");
        }
        catch (RpcException error)
        {
            throw new DependencyUnavailableException($"Events could not be published to {topic}.", error);
        }
    }

    public Task DeadLetterAsync(string topic, ReadOnlyMemory<byte> original, string? key, string reason, CancellationToken cancellationToken)
    {
        var metadata = new Dictionary<string, string>();
        if (!string.IsNullOrEmpty(key)) metadata.Add("partitionKey", key);
        return PublishOneAsync(Topics.DeadLetter(topic), DeadLetterEnvelope.Of(topic, original.Span, reason), CloudEvents, metadata, cancellationToken);
    }

    private async Task PublishOneAsync(string topic, ReadOnlyMemory<byte> data, string contentType, Dictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        var request = new PublishEventRequest { PubsubName = Topics.PubSub, Topic = topic, Data = UnsafeByteOperations.UnsafeWrap(data), DataContentType = contentType };
        foreach (var (name, value) in metadata) request.Metadata.Add(name, value);
        try
        {
            await _sidecar.Client.PublishEventAsync(request, _sidecar.Options(Timeout, cancellationToken));
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
        if (@event.TraceParent is { } trace) attributes["cloudevent.traceparent"] = trace;
        return attributes;
    }
}
