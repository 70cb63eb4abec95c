using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using OrderInventory.ServiceDefaults.Http;

namespace OrderInventory.ServiceDefaults.DeadLetters;

/// <summary>Makes a letter of whatever was delivered from a dead letter topic; nothing is refused.</summary>
internal static class DeadLetterReader
{
    // A message of the contract has less than 1 KiB; larger ones are shown in part and cannot be replayed.
    private const int MaxBody = 64 * 1024;
    private const int MaxText = 1_000;

    /// <summary>The letter in a delivery of a raw subscription, whose envelope holds the bytes of the record; or of any other.</summary>
    public static async Task<DeadLetter> ReadAsync(HttpRequest request, string topic, DateTimeOffset now)
    {
        using var buffer = new MemoryStream();
        await RequestBody.CopyToAsync(request, buffer);
        var delivered = buffer.ToArray();
        var message = Record(delivered);
        var headers = request.Headers;
        var key = headers["__key"].ToString() is { Length: > 0 } found ? found : null;
        var position = headers["__offset"].ToString() is { Length: > 0 } offset ? $"{headers["__topic"]}/{headers["__partition"]}/{offset}" : null;
        return Of(message, topic, key, position, now);
    }

    private static DeadLetter Of(byte[] message, string topic, string? key, string? position, DateTimeOffset now)
    {
        var letter = new DeadLetter
        {
            Id = IdOf(topic, message),
            Topic = topic,
            Key = key,
            Body = message[..Math.Min(message.Length, MaxBody)],
            Size = message.Length,
            CanReplay = false,
            Position = position,
            Status = DeadLetterStatus.Open,
            RecordedTime = now,
        };
        try
        {
            using var json = JsonDocument.Parse(message);
            if (Text(json.RootElement, "id") is not { Length: > 0 } eventId) return letter;
            letter = letter with { Id = IdOf(topic, Encoding.UTF8.GetBytes(eventId)), EventId = eventId, Type = Text(json.RootElement, "type"), Reason = Text(json.RootElement, "deadletterreason") };
            if (!json.RootElement.TryGetProperty("data", out var data)) return letter;
            var body = Encoding.UTF8.GetBytes(data.GetRawText());
            return letter with { Body = body[..Math.Min(body.Length, MaxBody)], CanReplay = body.Length <= MaxBody };
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Not JSON, or text that is no text: kept as it is, for somebody to look at.
            return letter;
        }
    }

    /// <summary>The bytes that were published: what the envelope of a raw subscription holds, or else the delivery itself.</summary>
    private static byte[] Record(byte[] delivered)
    {
        try
        {
            using var envelope = JsonDocument.Parse(delivered);
            return envelope.RootElement.ValueKind == JsonValueKind.Object && envelope.RootElement.TryGetProperty("data_base64", out var data) && data.TryGetBytesFromBase64(out var bytes) ? bytes : delivered;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return delivered;
        }
    }

    private static string? Text(JsonElement json, string name)
    {
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.String) return null;
        var text = value.GetString()!;
        return text.Length <= MaxText ? text : text[..MaxText];
    }

    private static string IdOf(string topic, byte[] identity) => Convert.ToHexStringLower(SHA256.HashData([.. Encoding.UTF8.GetBytes(topic), 0, .. identity]).AsSpan(0, 16));
}
