using System.Globalization;
using System.Text.Json;

namespace DaprLocal.PubSub;

/// <summary>
/// The few attributes that delivery itself needs, read without building the event. <see cref="IsEvent"/> is false for
/// what is not a JSON object; <see cref="TraceParent"/> is null when the event has no trace attribute.
/// </summary>
internal readonly record struct EventScan(bool IsEvent, string? TraceParent, DateTimeOffset? Expiration)
{
    /// <summary>Reads an event.</summary>
    public static EventScan Of(ReadOnlySpan<byte> body)
    {
        string? parent = null;
        string? id = null;
        DateTimeOffset? expiration = null;
        try
        {
            var reader = new Utf8JsonReader(body);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return default;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("traceparent"u8)) parent = Text(ref reader);
                else if (reader.ValueTextEquals("traceid"u8)) id = Text(ref reader);
                else if (reader.ValueTextEquals("expiration"u8)) expiration = DateTimeOffset.TryParse(Text(ref reader), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
                else reader.Skip();
            }

            while (reader.Read())
            {
                // What follows the object must be nothing; the reader complains otherwise.
            }
        }
        catch (JsonException)
        {
            return default;
        }

        return new EventScan(true, parent ?? id, expiration);
    }

    private static string? Text(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String) return reader.GetString();
        reader.Skip();
        return null;
    }
}
