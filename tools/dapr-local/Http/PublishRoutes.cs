using System.Text;
using DaprLocal.Api;
using DaprLocal.PubSub;

namespace DaprLocal.Http;

/// <summary>The publish building block over HTTP.</summary>
internal sealed class PublishRoutes(PubSubApi api)
{
    private const string TooLarge = "stream too large";

    /// <summary>POST or PUT of one payload.</summary>
    public async Task PublishAsync(HttpCall call, string pubsub, string topic)
    {
        api.PubSub(pubsub, topic);
        var body = await call.ReadBodyAsync() ?? throw new ApiException(ApiErrors.Publish(pubsub, topic, TooLarge));
        await api.PublishAsync(pubsub, topic, body, call.Request.ContentType, call.Metadata(), TraceOf(call), tracesRaw: false, call.Aborted);
        await call.EmptyAsync();
    }

    /// <summary>POST or PUT of a list of entries.</summary>
    public async Task BulkPublishAsync(HttpCall call, string pubsub, string topic)
    {
        api.PubSub(pubsub, topic);
        var body = await call.ReadBodyAsync() ?? throw new ApiException(ApiErrors.Publish(pubsub, topic, TooLarge));
        List<BulkEntry> entries;
        try
        {
            entries = Entries(body, pubsub, topic);
        }
        catch (GoJsonException error)
        {
            throw new ApiException(ApiErrors.BadBulkBody(pubsub, topic, api.AppId, error.Message));
        }

        await api.BulkPublishAsync(pubsub, topic, entries, call.Metadata(), TraceOf(call), call.Aborted);
        await call.EmptyAsync();
    }

    private List<BulkEntry> Entries(byte[] body, string pubsub, string topic)
    {
        const string Type = "bulkPublishMessageEntry";
        var entries = new List<BulkEntry>();
        var parsed = GoJsonParser.Parse(body);
        if (parsed is null) return entries;
        if (parsed is not List<object?> items) throw GoBinder.Mismatch(parsed, "[]http." + Type);
        var ids = new HashSet<string>();
        foreach (var item in items)
        {
            if (item is not (GoObject or null)) throw GoBinder.Mismatch(item, "http." + Type);
            var members = item as GoObject ?? [];
            var id = GoBinder.String(members, "entryId", Type + ".entryId") ?? "";
            var contentType = GoBinder.String(members, "contentType", Type + ".contentType") ?? "";
            var metadata = members.TryGet("metadata", out var given) && given is not null ? GoBinder.Map(members, "metadata", Type + ".metadata") : null;
            members.TryGet("event", out var value);
            if (id.Length == 0 || !ids.Add(id)) throw new ApiException(ApiErrors.BadEntryId(pubsub, topic, api.AppId));
            var payload = Payload(value, contentType) ?? throw new ApiException(ApiErrors.BadBulkEvent(pubsub, topic, api.AppId));
            entries.Add(new BulkEntry(id, payload, contentType, metadata));
        }

        return entries;
    }

    // The bytes of an event by its content type; null when they do not fit.
    private static byte[]? Payload(object? value, string contentType)
    {
        var type = contentType.Split(';')[0].Trim();
        if (type is "application/json" or "application/cloudevents+json") return GoJson.Serialize(value, asDouble: true);
        if (type == "application/octet-stream")
        {
            var bytes = new byte[value is string encoded ? encoded.Length : 0];
            return value is string base64 && Convert.TryFromBase64String(base64, bytes, out var length) ? bytes[..length] : null;
        }

        var isText = type == "application/xml" || type.StartsWith("text/", StringComparison.Ordinal);
        return isText && value is string text ? Encoding.UTF8.GetBytes(text) : null;
    }

    private static TraceContext TraceOf(HttpCall call) => new(call.Request.Headers.TraceParent.ToString(), call.Request.Headers.TraceState.ToString());
}
