namespace DaprLocal.State;

/// <summary>Reads the forms of a UUID that daprd takes for one: plain, without dashes, after <c>urn:uuid:</c>, and between any two characters.</summary>
internal static class GoUuid
{
    private const string Urn = "urn:uuid:";

    /// <summary>The UUID.</summary>
    /// <exception cref="ETagMismatchException">It is none, and thus no version of any value.</exception>
    public static Guid Parse(string text)
    {
        var digits = text.Length switch
        {
            32 or 36 => text,
            38 => text[1..^1],
            45 when text.StartsWith(Urn, StringComparison.OrdinalIgnoreCase) => text[Urn.Length..],
            45 => throw new ETagMismatchException($"invalid urn prefix: \"{text[..Urn.Length]}\""),
            _ => throw new ETagMismatchException($"invalid UUID length: {System.Text.Encoding.UTF8.GetByteCount(text)}"),
        };
        return Guid.TryParseExact(digits, digits.Length == 32 ? "N" : "D", out var id) ? id : throw new ETagMismatchException("invalid UUID format");
    }
}
