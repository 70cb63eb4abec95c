namespace OrderInventory.Contracts;

/// <summary>
/// Ids that others choose, of products, users, and orders of other programs. One segment of a path can stand for them, so they mean the same
/// in a path, a body, a list and an event.
/// </summary>
public static class ResourceName
{
    /// <summary>Longest id in Unicode characters.</summary>
    public const int MaxLength = 128;

    /// <summary>What <see cref="IsValid"/> says besides the length, as a regular expression of JSON Schema.</summary>
    public const string Pattern = @"^([^/\s\x00-\x1f\x7f-\x9f][^/\x00-\x1f\x7f-\x9f]*)?[^/.\s\x00-\x1f\x7f-\x9f]([^/\x00-\x1f\x7f-\x9f]*[^/\s\x00-\x1f\x7f-\x9f])?$";

    /// <summary>True for 1 to 128 characters without '/' and control characters that neither begin nor end with a space and are not only dots and spaces.</summary>
    public static bool IsValid(string? id) =>
        id is { Length: > 0 and <= 2 * MaxLength }
        && id.EnumerateRunes().Count() <= MaxLength
        && !id.Any(character => character == '/' || char.IsControl(character))
        // Headers, forms and tables lose spaces at the ends, so an id with them would mean another product somewhere.
        && !IsSpace(id[0]) && !IsSpace(id[^1])
        && id.Any(character => character != '.' && !IsSpace(character));

    // As \s in the pattern, which takes the byte order mark for a space.
    private static bool IsSpace(char character) => char.IsWhiteSpace(character) || character == '\uFEFF';
}
