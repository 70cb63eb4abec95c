using System.Buffers;
using System.Globalization;

namespace DaprLocal.PubSub;

/// <summary>What a record says about itself to the app that gets it.</summary>
internal static class DeliveryHeaders
{
    /// <summary>daprd's header for an event whose publisher was not traced.</summary>
    public const string NoTrace = "00-00000000000000000000000000000000-0000000000000000-00";

    private static readonly SearchValues<char> Token = SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    /// <summary>The record's own metadata, under the names of its publisher; headers of the record win, as in a dead letter that keeps its origin.</summary>
    public static Dictionary<string, string> Metadata(BrokerMessage message)
    {
        var metadata = new Dictionary<string, string>(message.Headers.Count + 5)
        {
            ["__topic"] = message.Topic,
            ["__partition"] = message.Partition.ToString(CultureInfo.InvariantCulture),
            ["__offset"] = message.Offset.ToString(CultureInfo.InvariantCulture),
            ["__timestamp"] = message.Time.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
        };
        if (message.Key is not null) metadata["__key"] = message.Key;
        foreach (var (name, value) in message.Headers) metadata[name] = value;
        return metadata;
    }

    /// <summary>
    /// The HTTP headers of a single delivery. A value that HTTP cannot carry is percent-escaped and a name that it cannot
    /// carry left out; with daprd such a record would be redelivered for ever.
    /// </summary>
    public static IEnumerable<KeyValuePair<string, string>> Http(BrokerMessage message, PubSubComponent pubsub, string? traceParent)
    {
        var metadata = Metadata(message);
        foreach (var (name, value) in metadata)
        {
            var lower = name.ToLowerInvariant();
            if (IsReserved(lower) || lower.Length == 0 || lower.AsSpan().ContainsAnyExcept(Token)) continue;
            yield return new(lower, value.AsSpan().ContainsAnyInRange('\0', '\u001f') || value.Contains('\u007f') ? Uri.EscapeDataString(value) : value);
        }

        yield return new("pubsubname", pubsub.Name);
        var trace = traceParent ?? metadata.GetValueOrDefault("traceid");
        if (trace is not null) yield return new("traceparent", trace.Length == 0 ? NoTrace : trace);
    }

    private static bool IsReserved(string name) =>
        name is "content-type" or "content-length" or "host" or "connection" or "keep-alive" or "proxy-authenticate" or "proxy-authorization" or "te"
            or "trailer" or "transfer-encoding" or "upgrade" or "expect" or "pubsubname" or "traceparent" or "tracestate" or "dapr-api-token"
        || name.EndsWith("-bin", StringComparison.Ordinal);
}
