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
