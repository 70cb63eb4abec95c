using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DaprLocal.Api;

namespace DaprLocal.PubSub;

/// <summary>The envelope that daprd puts around a published payload, byte for byte: sorted members, local time, both trace attributes.</summary>
internal sealed class CloudEvents(string appId, TimeProvider time)
{
    private const string EventType = "com.dapr.event.sent";
    private static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>();

    /// <summary>The envelope and its id ("" when a CloudEvent of the caller has none).</summary>
    /// <exception cref="GoJsonException">The caller calls it a CloudEvent and it is none.</exception>
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
        output.Write("{\"data_base64\":"u8);
        GoJson.WriteString(output, Convert.ToBase64String(data));
        Member(output, "datacontenttype", "application/octet-stream");
        Member(output, "id", NewId());
        Member(output, "pubsubname", pubsub);
        Member(output, "source", "Dapr");
        Member(output, "specversion", "1.0");
        Member(output, "topic", topic);
        Member(output, "type", EventType);
        output.Write("}"u8);
        return output.WrittenSpan.ToArray();
    }

    private (byte[] Envelope, string Id) New(string pubsub, string topic, ReadOnlySpan<byte> data, string type, string bareType, IReadOnlyDictionary<string, string> metadata, TraceContext trace)
    {
        var id = Override(metadata, "id") ?? NewId();
        var parent = Override(metadata, "traceparent") ?? Override(metadata, "traceid") ?? trace.Parent;
        var output = new ArrayBufferWriter<byte>(data.Length + 512);
        if (bareType is "application/octet-stream" or "application/cloudevents+protobuf")
        {
            output.Write("{\"data_base64\":"u8);
            GoJson.WriteString(output, Convert.ToBase64String(data));
        }
        else
        {
            output.Write("{\"data\":"u8);
            WriteData(output, data, bareType == "application/json");
        }

        Member(output, "datacontenttype", type);
        if (Expiration(metadata) is { } expiration) Member(output, "expiration", expiration);
        Member(output, "id", id);
        Member(output, "pubsubname", pubsub);
        Member(output, "source", Override(metadata, "source") ?? (appId.Length == 0 ? "Dapr" : appId));
        Member(output, "specversion", "1.0");
        if (Override(metadata, "subject") is { } subject) Member(output, "subject", subject);
        Member(output, "time", Now());
        Member(output, "topic", topic);
        Member(output, "traceid", parent);
        Member(output, "traceparent", parent);
        Member(output, "tracestate", Override(metadata, "tracestate") ?? trace.State);
        Member(output, "type", Override(metadata, "type") ?? EventType);
        output.Write("}"u8);
        return (output.WrittenSpan.ToArray(), id);
    }

    private (byte[] Envelope, string Id) Complete(string pubsub, string topic, ReadOnlySpan<byte> data, IReadOnlyDictionary<string, string> metadata, TraceContext trace)
    {
        if (GoJsonParser.Parse(data) is not { } parsed) throw new GoJsonException("unexpected null");
        if (parsed is not GoObject members) throw new GoJsonException("json: cannot unmarshal value into Go value of type map[string]interface {}");
        var attributes = new Dictionary<string, object?>();
        foreach (var (name, value) in members) attributes[name] = value;
        if (!attributes.ContainsKey("time")) attributes["time"] = Now();
        if (!attributes.ContainsKey("traceid")) attributes["traceid"] = attributes["traceparent"] = trace.Parent;
        attributes.TryAdd("tracestate", trace.State);
        attributes["topic"] = topic;
        attributes["pubsubname"] = pubsub;
        Default(attributes, "source", "Dapr");
        Default(attributes, "type", EventType);
        Default(attributes, "specversion", "1.0");
        if (Expiration(metadata) is { } expiration) attributes["expiration"] = expiration;
        var envelope = new GoObject();
        envelope.AddRange(attributes);
        return (GoJson.Serialize(envelope, asDouble: false), attributes.GetValueOrDefault("id") as string ?? "");
    }

    private static void WriteData(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> data, bool isJson)
    {
        if (isJson)
        {
            try
            {
                GoJson.Write(output, GoJsonParser.Parse(data), asDouble: false);
                return;
            }
            catch (GoJsonException)
            {
                // As daprd: what is called JSON and is none goes as a string.
            }
        }

        GoJson.WriteString(output, Encoding.UTF8.GetString(data));
    }

    private static void Default(Dictionary<string, object?> attributes, string name, string value)
    {
        if (attributes.GetValueOrDefault(name) is null) attributes[name] = value;
    }

    private static void Member(ArrayBufferWriter<byte> output, string name, string value)
    {
        output.Write(","u8);
        GoJson.WriteString(output, name);
        output.Write(":"u8);
        GoJson.WriteString(output, value);
    }

    private static string? Override(IReadOnlyDictionary<string, string> metadata, string attribute)
    {
        if (metadata.Count == 0) return null;
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

    private string Now()
    {
        var now = time.GetLocalNow();
        return now.ToString(now.Offset == TimeSpan.Zero ? "yyyy-MM-ddTHH:mm:ssZ" : "yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture);
    }

    private static string NewId()
    {
        var bytes = RandomNumberGenerator.GetBytes(16);
        bytes[7] = (byte)((bytes[7] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes).ToString();
    }
}
