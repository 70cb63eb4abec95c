namespace OrderInventory.Cli;

/// <summary>Idempotency keys as the apps read them.</summary>
internal static class KeyText
{
    /// <summary>A key in quotes (RFC 9651 section 3.3.3): whatever it has in it, it is this key.</summary>
    public static string InQuotes(string key) => '"' + key.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + '"';
}
