using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace DaprLocal.PubSub;

/// <summary>The request that delivers a batch.</summary>
internal static class BulkBody
{
    /// <summary>The body; members in the order in which daprd writes them.</summary>
    public static ReadOnlyMemory<byte> Of(SubscriptionContext context, IReadOnlyCollection<DeliveryItem> items)
    {
        var output = new ArrayBufferWriter<byte>(items.Sum(item => item.Message.Body.Length + 256));
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true });
        json.WriteStartObject();
        json.WriteStartArray("entries"u8);
        foreach (var item in items) WriteEntry(json, item, context);
        json.WriteEndArray();
        json.WriteString("id"u8, Guid.CreateVersion7(context.Time.GetUtcNow()).ToString());
        json.WriteStartObject("metadata"u8);
        json.WriteString("pubsubName"u8, context.PubSub.Name);
        json.WriteEndObject();
        json.WriteString("pubsubname"u8, context.PubSub.Name);
        json.WriteString("topic"u8, context.Subscription.Topic);
        json.WriteString("type"u8, "com.dapr.event.sent.bulk");
        json.WriteEndObject();
        json.Flush();
        return output.WrittenMemory;
    }

    private static void WriteEntry(Utf8JsonWriter json, DeliveryItem item, SubscriptionContext context)
    {
        json.WriteStartObject();
        json.WriteString("entryId"u8, item.EntryId.ToString(CultureInfo.InvariantCulture));
        json.WritePropertyName("event"u8);
        if (context.IsRaw) json.WriteBase64StringValue(item.Message.Body.Span);
        else json.WriteRawValue(item.Message.Body.Span, skipInputValidation: true);
        json.WriteString("contentType"u8, context.IsRaw ? "application/octet-stream" : "application/cloudevents+json");
        json.WriteStartObject("metadata"u8);
        foreach (var (name, value) in DeliveryHeaders.Metadata(item.Message)) json.WriteString(name, value);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
