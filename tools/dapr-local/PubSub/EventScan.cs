using System.Globalization;
using System.Text.Json;
using DaprLocal.Api;

namespace DaprLocal.PubSub;

/// <summary>
/// The few attributes that delivery itself needs. <see cref="IsEvent"/> is false for what is not a JSON object;
/// <see cref="TraceParent"/> is null when the event has no trace attribute.
/// </summary>
internal readonly record struct EventScan(bool IsEvent, string? TraceParent, DateTimeOffset? Expiration)
{
    /// <summary>Reads an event.</summary>
    public static EventScan Of(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = JsonText.MaxDepth });
            if (json.RootElement.ValueKind != JsonValueKind.Object) return default;
            var expires = DateTimeOffset.TryParse(Text(json, "expiration"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time);
            return new EventScan(true, Text(json, "traceparent") ?? Text(json, "traceid"), expires ? time : null);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return default;
        }
    }

    private static string? Text(JsonDocument json, string name) =>
        json.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
