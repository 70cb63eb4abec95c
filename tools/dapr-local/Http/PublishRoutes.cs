using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using DaprLocal.Api;
using DaprLocal.PubSub;

namespace DaprLocal.Http;

/// <summary>The publish building block over HTTP.</summary>
internal sealed class PublishRoutes(PubSubApi api)
{
    /// <summary>POST or PUT of one payload.</summary>
    public async Task PublishAsync(HttpCall call, string pubsub, string topic)
    {
        await api.PublishAsync(pubsub, topic, await call.ReadBodyAsync(), call.Request.ContentType, call.Metadata(), TraceOf(call), tracesRaw: false, call.Aborted);
        await call.EmptyAsync();
    }

    /// <summary>POST or PUT of a list of entries.</summary>
    public async Task BulkPublishAsync(HttpCall call, string pubsub, string topic)
    {
        api.PubSub(pubsub, topic);
        List<BulkEntry> entries;
        try
        {
            entries = (JsonSerializer.Deserialize<List<Entry?>>(await call.ReadBodyAsync(), JsonText.AnyCase) ?? []).ConvertAll(entry => EntryOf(entry, topic));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new ApiException(ApiErrors.BadBulkBody(topic, error.Message));
        }

        await api.BulkPublishAsync(pubsub, topic, entries, call.Metadata(), TraceOf(call), call.Aborted);
        await call.EmptyAsync();
    }

    private static BulkEntry EntryOf(Entry? entry, string topic) => new(
        entry?.EntryId is { Length: > 0 } id ? id : throw new ApiException(ApiErrors.BadEntryId(topic)),
        Payload(entry.Event ?? default, entry.ContentType ?? "") ?? throw new ApiException(ApiErrors.BadBulkEvent(topic)),
        entry.ContentType ?? "",
        entry.Metadata);

    // The bytes of an event by its content type; null when they do not fit.
    private static byte[]? Payload(JsonElement value, string contentType)
    {
        var type = contentType.Split(';')[0].Trim();
        var isText = value.ValueKind == JsonValueKind.String;
        return type switch
        {
            "application/json" or "application/cloudevents+json" => value.ValueKind == JsonValueKind.Undefined ? "null"u8.ToArray() : JsonMarshal.GetRawUtf8Value(value).ToArray(),
            "application/octet-stream" => isText && value.TryGetBytesFromBase64(out var bytes) ? bytes : null,
            _ => isText && (type == "application/xml" || type.StartsWith("text/", StringComparison.Ordinal)) ? Encoding.UTF8.GetBytes(value.GetString()!) : null,
        };
    }

    private static TraceContext TraceOf(HttpCall call) => new(call.Request.Headers.TraceParent.ToString(), call.Request.Headers.TraceState.ToString());

    internal sealed record Entry(string? EntryId, string? ContentType, Dictionary<string, string>? Metadata, JsonElement? Event);
}
