using System.Text;

namespace OrderInventory.ServiceDefaults.State;

/// <summary>
/// Builds every state key in one place. Parts are percent-encoded (only RFC 3986 unreserved characters stay; the last
/// part may keep ':'), so different parts never give the same key and no key holds '||', which Dapr refuses.
/// </summary>
public static class StateKey
{
    /// <summary>Longest key in bytes.</summary>
    public const int MaxLength = 1024;

    /// <summary>Longest product, user or order id in characters.</summary>
    public const int MaxIdLength = 128;

    // Percent-encoded: with two such ids a key still fits into its 1 024 bytes.
    private const int MaxEncodedIdLength = 480;

    /// <summary>True for an id that can be part of a key: 1 to 128 characters (fewer when they are not ASCII), no control characters.</summary>
    public static bool IsId(string? id) =>
        id is { Length: > 0 and <= MaxIdLength } && !id.Any(char.IsControl) && Uri.EscapeDataString(id).Length <= MaxEncodedIdLength;

    /// <summary>The key <c>kind:part:part…</c>.</summary>
    /// <exception cref="ArgumentException">The key is longer than <see cref="MaxLength"/>: the caller let a part through that it had to refuse.</exception>
    public static string Of(string kind, params ReadOnlySpan<string> parts)
    {
        var key = new StringBuilder(kind);
        for (var i = 0; i < parts.Length; i++)
        {
            var encoded = Uri.EscapeDataString(parts[i]);
            key.Append(':').Append(i == parts.Length - 1 ? encoded.Replace("%3A", ":", StringComparison.Ordinal) : encoded);
        }

        return key.Length <= MaxLength ? key.ToString() : throw new ArgumentException($"The state key is {key.Length} bytes long; at most {MaxLength} are allowed.", nameof(parts));
    }
}
