using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OrderInventory.ServiceDefaults.Messaging;

/// <summary>
/// A message for a dead letter topic: the original CloudEvent with the extension attributes <c>deadletterreason</c> and
/// <c>deadlettertopic</c>; what is no readable CloudEvent becomes the text in the <c>data</c> of a new one.
/// </summary>
internal static class DeadLetterEnvelope
{
    /// <summary>Kafka refuses records of more than 1 MiB; of what would be larger the beginning is kept. A message of the contract has less than 1 KiB.</summary>
    public const int MaxBytes = 900 * 1024;

    private const int MaxPart = 64 * 1024;

    // What is dead-lettered goes to another program as JSON, never into a page. A readable event is at most 64 deep, and copied as it is.
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 128 };

    /// <summary>The envelope of <paramref name="original"/> as UTF-8 JSON; the same bytes for the same message.</summary>
    public static byte[] Of(string topic, ReadOnlySpan<byte> original, string reason)
    {
        if (Readable(original, topic, reason) is { Length: <= MaxBytes } letter) return letter;
        var whole = Write(Unreadable(original, original, topic), topic, reason);
        return whole.Length <= MaxBytes ? whole : Write(Unreadable(original, original[..MaxPart], topic), topic, reason);
    }

    private static byte[] Write(JsonObject cloudEvent, string topic, string reason)
    {
        cloudEvent["deadletterreason"] = reason;
        cloudEvent["deadlettertopic"] = topic;
        return JsonSerializer.SerializeToUtf8Bytes<JsonNode>(cloudEvent, Json);
    }

    private static byte[]? Readable(ReadOnlySpan<byte> original, string topic, string reason)
    {
        try
        {
            // An object that says something twice says nothing.
            return JsonNode.Parse(original, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) is JsonObject cloudEvent ? Write(cloudEvent, topic, reason) : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Not JSON, too deep, or with text that is no text: half of a surrogate pair.
            return null;
        }
    }

    // The id follows from the bytes, so that the message is one letter however often it comes.
    private static JsonObject Unreadable(ReadOnlySpan<byte> original, ReadOnlySpan<byte> shown, string topic) => new()
    {
        ["specversion"] = "1.0",
        ["id"] = Convert.ToHexStringLower(SHA256.HashData(original).AsSpan(0, 16)),
        ["type"] = "unreadable",
        ["source"] = topic,
        ["datacontenttype"] = "text/plain",
        ["data"] = Encoding.UTF8.GetString(shown),
    };
}
