using System.Security.Cryptography;
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

    private const int MaxPart = 200;

    /// <summary>The key <c>kind:part:part…</c>. Where it would be longer than <see cref="MaxLength"/>, a hash stands for each long part.</summary>
    public static string Of(string kind, params ReadOnlySpan<string> parts)
    {
        var key = Join(kind, parts, int.MaxValue);
        return key.Length <= MaxLength ? key : Join(kind, parts, MaxPart);
    }

    private static string Join(string kind, ReadOnlySpan<string> parts, int maxPart)
    {
        var key = new StringBuilder(kind);
        for (var i = 0; i < parts.Length; i++)
        {
            var encoded = Uri.EscapeDataString(parts[i]);
            if (i == parts.Length - 1) encoded = encoded.Replace("%3A", ":", StringComparison.Ordinal);
            // No encoded part has %s in it.
            if (encoded.Length > maxPart) encoded = "%sha256-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(parts[i])));
            key.Append(':').Append(encoded);
        }

        return key.ToString();
    }
}
