using System.Text.Json;

namespace DaprLocal.Api;

/// <summary>How JSON from outside is read.</summary>
internal static class JsonText
{
    /// <summary>Levels that Go's JSON reader takes, and so daprd.</summary>
    public const int MaxDepth = 10_000;

    /// <summary>Names of members match in any case, as Go binds them.</summary>
    public static JsonSerializerOptions AnyCase { get; } = new() { PropertyNameCaseInsensitive = true, MaxDepth = MaxDepth };

    /// <summary>True when the bytes are one JSON value and nothing else.</summary>
    public static bool IsValid(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = MaxDepth });
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
