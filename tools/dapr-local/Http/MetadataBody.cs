using System.Buffers;
using System.Text.Json;
using DaprLocal.Api;

namespace DaprLocal.Http;

/// <summary>Metadata as JSON.</summary>
internal static class MetadataBody
{
    /// <summary>The body of a snapshot.</summary>
    public static ReadOnlyMemory<byte> Of(MetadataSnapshot snapshot)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("id", snapshot.Options.AppId);
        json.WriteString("runtimeVersion", MetadataApi.RuntimeVersion);
        if (snapshot.Components.Count > 0) WriteComponents(json, snapshot);
        json.WriteStartObject("extended");
        foreach (var (name, value) in snapshot.Extended) json.WriteString(name, value);
        json.WriteEndObject();
        if (snapshot.Subscriptions.Count > 0) WriteSubscriptions(json, snapshot);
        json.WriteStartObject("appConnectionProperties");
        if (snapshot.Options.AppPort is { } port) json.WriteNumber("port", port);
        json.WriteString("protocol", "http");
        json.WriteString("channelAddress", snapshot.Options.AppChannelAddress);
        json.WriteEndObject();
        json.WriteStartObject("actorRuntime");
        json.WriteString("runtimeStatus", "RUNNING");
        json.WriteBoolean("hostReady", snapshot.IsHostReady);
        json.WriteString("placement", snapshot.Placement);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return output.WrittenMemory;
    }

    private static void WriteComponents(Utf8JsonWriter json, MetadataSnapshot snapshot)
    {
        json.WriteStartArray("components");
        foreach (var component in snapshot.Components)
        {
            json.WriteStartObject();
            json.WriteString("name", component.Name);
            json.WriteString("type", component.Type);
            json.WriteString("version", component.Version);
            json.WriteStartArray("capabilities");
            foreach (var capability in component.Capabilities) json.WriteStringValue(capability);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteSubscriptions(Utf8JsonWriter json, MetadataSnapshot snapshot)
    {
        json.WriteStartArray("subscriptions");
        foreach (var (subscription, isProgrammatic) in snapshot.Subscriptions)
        {
            json.WriteStartObject();
            json.WriteString("pubsubname", subscription.PubsubName);
            json.WriteString("topic", subscription.Topic);
            if (subscription.Metadata.Count > 0)
            {
                json.WriteStartObject("metadata");
                foreach (var (name, value) in subscription.Metadata) json.WriteString(name, value);
                json.WriteEndObject();
            }

            json.WriteStartArray("rules");
            foreach (var (match, path) in ServedSubscription.RulesOf(subscription))
            {
                json.WriteStartObject();
                if (match.Length > 0) json.WriteString("match", match);
                json.WriteString("path", path);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("deadLetterTopic", subscription.DeadLetterTopic ?? "");
            json.WriteString("type", isProgrammatic ? "PROGRAMMATIC" : "DECLARATIVE");
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
