using System.Text.Json;

namespace DaprLocal.Api;

/// <summary>How JSON from outside is read.</summary>
internal static class JsonText
{
    /// <summary>Names of members match in any case, as Go binds them.</summary>
    public static JsonSerializerOptions AnyCase { get; } = new() { PropertyNameCaseInsensitive = true };

    /// <summary>True when the bytes are one JSON value and nothing else.</summary>
    public static bool IsValid(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text);
        try
        {
            if (!reader.Read()) return false;
            reader.Skip();
            return !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
