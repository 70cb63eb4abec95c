using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace DaprLocal.State;

/// <summary>Writes JSON as daprd stores it in Redis: nothing escaped that need not be, numbers with six decimals at most.</summary>
internal static class RedisJson
{
    // Larger numbers keep their digits.
    private const double LargestRounded = 0x4ffffff;
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>The stored form of a valid JSON text.</summary>
    public static ReadOnlyMemory<byte> Of(ReadOnlyMemory<byte> json)
    {
        var output = new ArrayBufferWriter<byte>(json.Length);
        using (var writer = new Utf8JsonWriter(output, Options))
        {
            var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = int.MaxValue });
            while (reader.Read()) Write(writer, ref reader);
        }

        return output.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter writer, ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject: writer.WriteStartObject(); break;
            case JsonTokenType.EndObject: writer.WriteEndObject(); break;
            case JsonTokenType.StartArray: writer.WriteStartArray(); break;
            case JsonTokenType.EndArray: writer.WriteEndArray(); break;
            case JsonTokenType.PropertyName: writer.WritePropertyName(reader.GetString()!); break;
            case JsonTokenType.String: writer.WriteStringValue(reader.GetString()); break;
            case JsonTokenType.Number when Math.Abs(reader.GetDouble()) <= LargestRounded: writer.WriteRawValue(Rounded(reader.GetDouble())); break;
            default: writer.WriteRawValue(reader.ValueSpan); break;
        }
    }

    private static string Rounded(double number)
    {
        var millionths = (ulong)((Math.Abs(number) * 1e6) + 0.5);
        var text = (millionths / 1e6m).ToString("0.######", CultureInfo.InvariantCulture);
        return number < 0 ? "-" + text : text;
    }
}
