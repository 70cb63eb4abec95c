using System.Diagnostics;
using System.Globalization;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using OrderInventory.Contracts;
using OrderInventory.ServiceDefaults.Health;

namespace OrderInventory.ServiceDefaults.Messaging;

/// <summary>
/// Publishing over the sidecar's gRPC API, in bulk: a call costs the sidecar and the broker more than an event does.
/// </summary>
internal sealed class DaprEventPublisher(SidecarChannel sidecar, Dependencies dependencies, ILogger<DaprEventPublisher> logger) : IEventPublisher
{
    private const string Json = "application/json";
    private const string CloudEvents = "application/cloudevents+json";

    // Well below the 4 MiB that a sidecar takes in one request, with their envelopes.
    private const int MaxEvents = 256;
    private const int MaxBytes = 1024 * 1024;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    public async Task<IReadOnlySet<string>> PublishAsync(string topic, IReadOnlyList<OutgoingEvent> events, CancellationToken cancellationToken)
    {
        var missing = new HashSet<string>();
        // One after the other: events of one key stay in the order in which they were given.
        foreach (var bulk in Bulks(events)) missing.UnionWith(await PublishBulkAsync(topic, bulk, cancellationToken));
        return missing;
    }

    private static IEnumerable<List<OutgoingEvent>> Bulks(IReadOnlyList<OutgoingEvent> events)
    {
        // Not left to the headers of the call: they have one trace for a whole bulk.
        var trace = Activity.Current?.Id;
        var (bulk, bytes) = (new List<OutgoingEvent>(), 0);
        foreach (var @event in events)
        {
            if (bulk.Count == MaxEvents || (bulk.Count > 0 && bytes + @event.Data.Length > MaxBytes))
            {
                yield return bulk;
                (bulk, bytes) = ([], 0);
            }

            bulk.Add(@event.TraceParent is null ? @event with { TraceParent = trace } : @event);
            bytes += @event.Data.Length;
        }

        if (bulk.Count > 0) yield return bulk;
    }

    /// <summary>The ids of those events that the broker may not have.</summary>
    private async Task<IEnumerable<string>> PublishBulkAsync(string topic, List<OutgoingEvent> events, CancellationToken cancellationToken)
    {
        var request = new BulkPublishRequest { PubsubName = Topics.PubSub, Topic = topic };
        for (var i = 0; i < events.Count; i++)
        {
            var entry = new BulkPublishRequestEntry
            {
                EntryId = i.ToString(CultureInfo.InvariantCulture),
                Event = UnsafeByteOperations.UnsafeWrap(events[i].Data),
                ContentType = Json,
            };
            // On the entry, never on the request: on Kafka the request's metadata would win for every entry.
            foreach (var (name, value) in Attributes(events[i])) entry.Metadata.Add(name, value);
            request.Entries.Add(entry);
        }

        try
        {
            var response = await sidecar.CallAsync((client, options) => client.BulkPublishEventAsync(request, options), Timeout, cancellationToken);
            var failed = response.FailedEntries.DistinctBy(entry => entry.EntryId).ToDictionary(entry => entry.EntryId, entry => entry.Error);
            var missing = events.Where((_, i) => failed.ContainsKey(request.Entries[i].EntryId)).Select(@event => @event.Id).ToArray();
            if (failed.Count == 0) dependencies.Answered(Dependency.Broker);
            else
            {
                dependencies.Failed(Dependency.Broker, failed.Values.First());
                Log.NotPublished(logger, topic, missing.Length, failed.Values.First());
            }

            // Those that it cannot name may be any.
            return missing.Length == failed.Count ? missing : events.Select(@event => @event.Id);
        }
        catch (RpcException error)
        {
            dependencies.Failed(Dependency.Broker, error.Status.Detail);
            Log.BulkNotPublished(logger, topic, events.Count, error);
            return events.Select(@event => @event.Id);
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
            await sidecar.CallAsync((client, options) => client.PublishEventAsync(request, options), Timeout, cancellationToken);
            dependencies.Answered(Dependency.Broker);
        }
        catch (RpcException error)
        {
            dependencies.Failed(Dependency.Broker, error.Status.Detail);
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
