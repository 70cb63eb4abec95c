namespace OrderInventory.ServiceDefaults.Http;

/// <summary>Text for people in a request: characters without control characters, and not only spaces.</summary>
public static class PlainText
{
    /// <summary>The rule as a regular expression of JSON Schema.</summary>
    public const string Pattern = @"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$";

    /// <summary>What is wrong with the text of <paramref name="field"/>; null when it is none, or has 1 to <paramref name="max"/> characters.</summary>
    public static string? Mistake(string field, string? text, int max) =>
        text is not null && (IsBlank(text) || text.EnumerateRunes().Count() > max || text.Any(char.IsControl))
            ? Texts.Of($"{field} must have 1 to {max} characters without control characters, and not only spaces.", $"{field} 必须为 1 到 {max} 个字符，不含控制字符，且不能只有空格。")
            : null;

    // As \s in the pattern, which takes the byte order mark for a space.
    private static bool IsBlank(string text) => string.IsNullOrWhiteSpace(text.Replace("\uFEFF", "", StringComparison.Ordinal));
}
