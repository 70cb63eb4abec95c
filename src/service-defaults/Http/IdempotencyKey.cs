using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace OrderInventory.ServiceDefaults.Http;

/// <summary>
/// A client's id of a request: the same key again asks for the same effect, not for another one. It may be given in quotes, as the
/// IETF draft of the header has it (a String of RFC 9651 section 3.3.3), or without; both are the same key.
/// </summary>
public static partial class IdempotencyKey
{
    /// <summary>The request header that carries it.</summary>
    public const string Header = "Idempotency-Key";

    /// <summary>Longest key in characters.</summary>
    public const int MaxLength = 255;

    /// <summary>Keys that are taken, as a regular expression of JSON Schema: bare, or in quotes. A bare one with a comma is taken, too, unless it looks like a key given twice.</summary>
    public const string Pattern = """^([!#-+\--~][!-+\--~]{0,254}|"([ !#-\[\]-~]|\\["\\]){1,255}")$""";

    /// <summary>Keys that <see cref="ParseShown"/> takes.</summary>
    public const string ShownPattern = """^([ !#-~][ -~]{0,254}|"([ !#-\[\]-~]|\\["\\]){1,255}")$""";

    // The second is what the Agentic Commerce Protocol calls it.
    private static readonly string[] ReplayedHeaders = ["Idempotency-Replayed", "Idempotent-Replayed"];

    /// <summary>The key of a request and why it cannot be used; neither when the request has none.</summary>
    public static (string? Key, string? Refusal) Of(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var values = request.Headers[Header];
        return values.Count switch
        {
            0 => (null, null),
            1 => Parse(values[0] ?? ""),
            _ => (null, GivenTwice()),
        };
    }

    /// <summary>The key that a text stands for, or why it cannot be used.</summary>
    public static (string? Key, string? Refusal) Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var quoted = InQuotes().Match(text);
        // A proxy may have made one line of two.
        if (!quoted.Success && text.Split(',', StringSplitOptions.TrimEntries) is { Length: > 1 } parts && parts.Distinct().Count() == 1) return (null, GivenTwice());
        return Checked(quoted, text, least: text.StartsWith('"') ? ' ' : '!');
    }

    /// <summary>The key that an answer shows, or why there is none such; also in quotes, as one has to be that begins with a quote.</summary>
    public static (string? Key, string? Refusal) ParseShown(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Checked(InQuotes().Match(text), text, least: ' ');
    }

    private static (string? Key, string? Refusal) Checked(Match quoted, string text, char least)
    {
        var key = quoted.Success ? Escaped().Replace(quoted.Groups[1].Value, "$1") : text.StartsWith('"') ? "" : text;
        return key.Length is > 0 and <= MaxLength && key.All(character => character >= least && character <= '~')
            ? (key, null)
            : (null, Texts.Of($"The idempotency key must have 1 to {MaxLength} printable ASCII characters, in quotes if there are spaces.", $"幂等键必须为 1 到 {MaxLength} 个可打印的 ASCII 字符；含空格时须加引号。"));
    }

    /// <summary>Tells the client that an earlier request had the effect.</summary>
    public static void Replayed(HttpResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        foreach (var header in ReplayedHeaders) response.Headers[header] = "true";
    }

    /// <summary>Why a request without a key is refused where keys are demanded; the answer links to the description of the API.</summary>
    public static string Missing(HttpResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        response.Headers.Link = "</openapi/v1.json>; rel=\"describedby\"; type=\"application/json\"";
        return Texts.Of("An idempotency key is required: give the header Idempotency-Key.", "必须提供幂等键：请设置请求头 Idempotency-Key。");
    }

    private static string GivenTwice() => Texts.Of("The header Idempotency-Key is given more than once.", "请求头 Idempotency-Key 重复。");

    // Parameters of a structured field that nobody knows are ignored.
    [GeneratedRegex("""^"((?:[^"\\]|\\["\\])*)" *(?:;.*)?$""", RegexOptions.NonBacktracking)]
    private static partial Regex InQuotes();

    [GeneratedRegex("""\\(["\\])""")]
    private static partial Regex Escaped();
}
