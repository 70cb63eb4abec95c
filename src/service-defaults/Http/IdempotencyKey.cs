namespace OrderInventory.ServiceDefaults.Http;

/// <summary>A client's id of a request: the same key again asks for the same effect, not for another one.</summary>
public static class IdempotencyKey
{
    /// <summary>The request header that carries it.</summary>
    public const string Header = "Idempotency-Key";

    /// <summary>The response header that says <c>true</c> when an earlier request had the effect.</summary>
    public const string ReplayedHeader = "Idempotency-Replayed";

    private const int MaxLength = 128;

    /// <summary>Why the key cannot be used; null when it can.</summary>
    public static string? Refusal(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.Length is > 0 and <= MaxLength && key.All(character => character is >= '!' and <= '~')
            ? null
            : Texts.Of($"The idempotency key must have 1 to {MaxLength} printable ASCII characters without spaces.", $"幂等键必须为 1 到 {MaxLength} 个可打印的 ASCII 字符，且不含空格。");
    }
}
