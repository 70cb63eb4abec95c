using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using DaprLocal.Api;

namespace DaprLocal.PubSub;

/// <summary>The envelope that daprd puts around a published payload: the same attributes with the same values.</summary>
internal sealed class CloudEvents(string appId, TimeProvider time)
{
    private const string EventType = "com.dapr.event.sent";
    private static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>();
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true, MaxDepth = JsonText.MaxDepth };

    /// <summary>The envelope and its id ("" when a CloudEvent of the caller has none).</summary>
    /// <exception cref="JsonException">The caller calls it a CloudEvent and it is none.</exception>
    public (byte[] Envelope, string Id) Wrap(string pubsub, string topic, ReadOnlySpan<byte> data, string? contentType, IReadOnlyDictionary<string, string>? metadata, TraceContext trace)
    {
        metadata ??= None;
        var type = string.IsNullOrEmpty(contentType) ? "text/plain" : contentType;
        var bareType = type.Split(';')[0].Trim();
        return bareType == "application/cloudevents+json"
            ? Complete(pubsub, topic, data, metadata, trace)
            : New(pubsub, topic, data, type, bareType, metadata, trace);
    }

    /// <summary>The envelope that a subscription of raw payloads delivers.</summary>
    public static byte[] Raw(string pubsub, string topic, ReadOnlySpan<byte> data)
    {
        var output = new ArrayBufferWriter<byte>(data.Length + 256);
        using var json = new Utf8JsonWriter(output, Relaxed);
        json.WriteStartObject();
        json.WriteBase64String("data_base64", data);
        json.WriteString("datacontenttype", "application/octet-stream");
        json.WriteString("id", NewId());
        json.WriteString("source", "Dapr");
        WriteEnd(json, pubsub, topic, EventType);
        return output.WrittenSpan.ToArray();
    }

    private (byte[] Envelope, string Id) New(string pubsub, string topic, ReadOnlySpan<byte> data, string type, string bareType, IReadOnlyDictionary<string, string> metadata, TraceContext trace)
    {
        var id = Override(metadata, "id") ?? NewId();
        var parent = Override(metadata, "traceparent") ?? Override(metadata, "traceid") ?? trace.Parent;
        var output = new ArrayBufferWriter<byte>(data.Length + 512);
        using var json = new Utf8JsonWriter(output, Relaxed);
        json.WriteStartObject();
        if (bareType is "application/octet-stream" or "application/cloudevents+protobuf")
        {
            json.WriteBase64String("data_base64", data);
        }
        else
        {
            json.WritePropertyName("data");
            // As daprd: what is called JSON and is none goes as a string.
            if (bareType == "application/json" && JsonText.IsValid(data)) json.WriteRawValue(data, skipInputValidation: true);
            else json.WriteStringValue(Encoding.UTF8.GetString(data));
        }

        json.WriteString("datacontenttype", type);
        if (Expiration(metadata) is { } expiration) json.WriteString("expiration", expiration);
        json.WriteString("id", id);
        json.WriteString("source", Override(metadata, "source") ?? (appId.Length == 0 ? "Dapr" : appId));
        if (Override(metadata, "subject") is { } subject) json.WriteString("subject", subject);
        json.WriteString("time", Now());
        json.WriteString("traceid", parent);
        json.WriteString("traceparent", parent);
        json.WriteString("tracestate", Override(metadata, "tracestate") ?? trace.State);
        WriteEnd(json, pubsub, topic, Override(metadata, "type") ?? EventType);
        return (output.WrittenSpan.ToArray(), id);
    }

    private static void WriteEnd(Utf8JsonWriter json, string pubsub, string topic, string type)
    {
        json.WriteString("pubsubname", pubsub);
        json.WriteString("specversion", "1.0");
        json.WriteString("topic", topic);
        json.WriteString("type", type);
        json.WriteEndObject();
        json.Flush();
    }

    private (byte[] Envelope, string Id) Complete(string pubsub, string topic, ReadOnlySpan<byte> data, IReadOnlyDictionary<string, string> metadata, TraceContext trace)
    {
        if (JsonNode.Parse(data, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = JsonText.MaxDepth }) is not JsonObject attributes) throw new JsonException("a CloudEvent is an object");
        attributes.TryAdd("time", Now());
        if (attributes.TryAdd("traceid", trace.Parent)) attributes["traceparent"] = trace.Parent;
        attributes.TryAdd("tracestate", trace.State);
        attributes["topic"] = topic;
        attributes["pubsubname"] = pubsub;
        attributes["source"] ??= "Dapr";
        attributes["type"] ??= EventType;
        attributes["specversion"] ??= "1.0";
        if (Expiration(metadata) is { } expiration) attributes["expiration"] = expiration;
        var output = new ArrayBufferWriter<byte>(data.Length + 256);
        using var json = new Utf8JsonWriter(output, Relaxed);
        attributes.WriteTo(json);
        json.Flush();
        return (output.WrittenSpan.ToArray(), attributes["id"] is JsonValue id && id.TryGetValue<string>(out var text) ? text : "");
    }

    private static string? Override(IReadOnlyDictionary<string, string> metadata, string attribute)
    {
        const string Prefix = "cloudevent.";
        foreach (var (name, value) in metadata)
        {
            if (name.Length == Prefix.Length + attribute.Length
                && name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
                && name.EndsWith(attribute, StringComparison.OrdinalIgnoreCase)) return value;
        }

        return null;
    }

    // Only lives that are a positive number count; daprd ignores the rest in silence.
    private string? Expiration(IReadOnlyDictionary<string, string> metadata)
    {
        if (metadata.Count == 0) return null;
        var text = metadata.GetValueOrDefault("ttlInSeconds") ?? metadata.GetValueOrDefault("ttl");
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds) || seconds is <= 0 or > 10_000_000_000) return null;
        return time.GetUtcNow().AddSeconds(seconds).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
    }

    private string Now() => time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static string NewId() => new Guid(RandomNumberGenerator.GetBytes(16)).ToString();
}
