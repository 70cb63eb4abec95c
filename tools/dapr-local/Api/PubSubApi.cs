using System.Text.Json;
using DaprLocal.Config;
using DaprLocal.Costs;
using DaprLocal.PubSub;
using DaprLocal.Sidecars;

namespace DaprLocal.Api;

/// <summary>The publish building block of one app, for both APIs.</summary>
internal sealed class PubSubApi(string appId, IReadOnlyDictionary<string, PubSubComponent> pubsubs, ResiliencyTargets resiliency, TimeProvider time)
{
    private static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>();
    private readonly CloudEvents _events = new(appId, time);

    /// <summary>The pub/sub of that name.</summary>
    /// <exception cref="ApiException">There is none, or the topic has no name.</exception>
    public PubSubComponent PubSub(string name, string topic)
    {
        if (name.Length == 0) throw new ApiException(ApiErrors.PubSubNameEmpty);
        if (!pubsubs.TryGetValue(name, out var component)) throw new ApiException(ApiErrors.PubSubNotFound(name));
        if (topic.Length == 0) throw new ApiException(ApiErrors.TopicEmpty(name));
        return component;
    }

    /// <summary>
    /// Publishes one payload; ends when it is durable. <paramref name="tracesRaw"/>: gRPC adds the trace to the headers of a
    /// raw payload, HTTP does not.
    /// </summary>
    public async Task PublishAsync(string pubsub, string topic, ReadOnlyMemory<byte> data, string? contentType, IReadOnlyDictionary<string, string> metadata, TraceContext trace, bool tracesRaw, CancellationToken cancellationToken)
    {
        var component = PubSub(pubsub, topic);
        var headers = metadata;
        var body = data;
        if (IsRaw(metadata))
        {
            if (tracesRaw) headers = new Dictionary<string, string>(metadata) { ["traceid"] = trace.Parent, ["tracestate"] = trace.State };
        }
        else
        {
            body = Wrap(pubsub, topic, data, contentType, metadata, trace);
        }

        await AppendAsync(component, topic, [Message(headers, body)], cancellationToken);
    }

    /// <summary>Publishes several payloads in one call of the broker.</summary>
    public async Task BulkPublishAsync(string pubsub, string topic, IReadOnlyList<BulkEntry> entries, IReadOnlyDictionary<string, string> metadata, TraceContext trace, CancellationToken cancellationToken)
    {
        var component = PubSub(pubsub, topic);
        var isRaw = IsRaw(metadata);
        var ids = new HashSet<string>(entries.Count);
        foreach (var entry in entries)
        {
            if (entry.EntryId.Length == 0 || !ids.Add(entry.EntryId)) throw new ApiException(ApiErrors.BadEntryId(topic));
        }

        if (entries.Count == 0) return;
        var messages = new NewMessage[entries.Count];
        for (var i = 0; i < messages.Length; i++)
        {
            var entry = entries[i];
            ReadOnlyMemory<byte> body = entry.Event;
            // The envelope sees the request's metadata only under an entry's own; the record sees it over the entry's.
            if (!isRaw) body = Wrap(pubsub, topic, entry.Event, entry.ContentType, entry.Metadata is null ? None : Merge(metadata, entry.Metadata), trace);
            messages[i] = Message(entry.Metadata is null ? metadata : Merge(entry.Metadata, metadata), body);
        }

        await AppendAsync(component, topic, messages, cancellationToken);
    }

    private byte[] Wrap(string pubsub, string topic, ReadOnlyMemory<byte> data, string? contentType, IReadOnlyDictionary<string, string> metadata, TraceContext trace)
    {
        try
        {
            return _events.Wrap(pubsub, topic, data.Span, contentType, metadata, trace).Envelope;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // The second: text that is no text, half of a surrogate pair.
            throw new ApiException(ApiErrors.BadCloudEvent(error.Message));
        }
    }

    private async Task AppendAsync(PubSubComponent component, string topic, NewMessage[] messages, CancellationToken cancellationToken)
    {
        if (!component.Scopes.MayPublish(topic)) throw new ApiException(ApiErrors.TopicForbidden(topic, appId));
        try
        {
            await PolicyRunner.RunAsync(resiliency.Outbound.GetValueOrDefault(component.Name), PublishAsync, _ => false, time, cancellationToken);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            throw new ApiException(ApiErrors.Publish(component.Name, topic, error.Message));
        }

        async Task<bool> PublishAsync(CancellationToken token)
        {
            await component.Costs.ChargeAsync(Operation.Publish, messages.Length, token);
            await component.Broker.PublishAsync(topic, messages, token);
            return true;
        }
    }

    private static NewMessage Message(IReadOnlyDictionary<string, string> headers, ReadOnlyMemory<byte> body)
    {
        if (headers.Count == 0) return new NewMessage(null, None, body);
        var key = headers.GetValueOrDefault("partitionKey") ?? headers.GetValueOrDefault("__key");
        int? partition = int.TryParse(headers.GetValueOrDefault("partitionNumber"), System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null;
        return new NewMessage(key, headers, body, partition);
    }

    private static bool IsRaw(IReadOnlyDictionary<string, string> metadata)
    {
        if (metadata.Count == 0) return false;
        var value = metadata.FirstOrDefault(pair => pair.Key.Equals("rawPayload", StringComparison.OrdinalIgnoreCase)).Value;
        return value?.ToUpperInvariant() switch
        {
            null or "" or "0" or "F" or "FALSE" => false,
            "1" or "T" or "TRUE" => true,
            _ => throw new ApiException(ApiErrors.BadPublishMetadata($"rawPayload value must be a valid boolean: actual is '{value}'")),
        };
    }

    private static Dictionary<string, string> Merge(IReadOnlyDictionary<string, string> under, IReadOnlyDictionary<string, string> over)
    {
        var merged = new Dictionary<string, string>(under);
        foreach (var (name, value) in over) merged[name] = value;
        return merged;
    }
}
