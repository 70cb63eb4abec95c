using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OrderInventory.ServiceDefaults.State;

/// <summary>Between stored bytes and documents.</summary>
public static class Documents
{
    /// <summary>The document; null when there is none.</summary>
    /// <exception cref="DependencyUnavailableException">What is stored is damaged; nothing may be decided on it.</exception>
    public static T? Parse<T>(StateEntry entry, JsonTypeInfo<T> json)
        where T : class
    {
        try
        {
            return entry.Value is { } bytes ? JsonSerializer.Deserialize(bytes.Span, json) : null;
        }
        catch (JsonException error)
        {
            throw new DependencyUnavailableException($"A stored {typeof(T).Name} document is damaged.", error);
        }
    }

    /// <summary>True when the document could be read; null is one that does not exist. False when it is damaged or could not be read.</summary>
    public static bool TryParse<T>(StateEntry entry, JsonTypeInfo<T> json, out T? document)
        where T : class
    {
        document = null;
        if (entry.IsUnreadable) return false;
        try
        {
            document = Parse(entry, json);
            return true;
        }
        catch (DependencyUnavailableException)
        {
            return false;
        }
    }

    /// <summary>The bytes to store.</summary>
    public static byte[] Bytes<T>(T document, JsonTypeInfo<T> json) => JsonSerializer.SerializeToUtf8Bytes(document, json);
}
