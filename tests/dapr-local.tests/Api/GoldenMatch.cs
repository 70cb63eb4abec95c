using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace DaprLocal.Tests.Api;

/// <summary>
/// Compares answers with recorded ones by what they mean: JSON by its values, in whatever form. Placeholders of a recording
/// stand for values of the run: <c>&lt;etag:N&gt;</c> and <c>&lt;uuid:N&gt;</c> are bound where they first match,
/// <c>&lt;time&gt;</c>, <c>&lt;number&gt;</c>, <c>&lt;address&gt;</c> and <c>&lt;text&gt;</c> match anything of their kind.
/// </summary>
internal sealed partial class GoldenMatch
{
    private readonly Dictionary<string, string> _bound = [];

    /// <summary>A text of a request with what has been bound, and with its filling.</summary>
    public string Fill(string text)
    {
        text = FillPattern().Replace(text, match => new string('x', int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)));
        return PlaceholderPattern().Replace(text, match => _bound.GetValueOrDefault(match.Value, match.Value));
    }

    /// <summary>The same for a tree; byte fields that are a filling as a whole become its base64.</summary>
    public JsonNode? Fill(JsonNode? node, bool isProto) => node switch
    {
        JsonObject members => new JsonObject(members.Select(pair => KeyValuePair.Create(pair.Key, isProto && pair.Key is "value" or "data" && Text(pair.Value)?.StartsWith("<fill:", StringComparison.Ordinal) is true
            ? Convert.ToBase64String(Encoding.UTF8.GetBytes(Fill(Text(pair.Value)!)))
            : Fill(pair.Value, isProto)))),
        JsonArray items => new JsonArray([.. items.Select(item => Fill(item, isProto))]),
        _ => Text(node) is { } text ? Fill(text) : node?.DeepClone(),
    };

    /// <summary>The first difference, or null.</summary>
    public string? Difference(JsonNode? expected, JsonNode? actual, string path = "$")
    {
        switch (expected, actual)
        {
            case (JsonObject wanted, JsonObject got):
                foreach (var name in wanted.Select(pair => pair.Key).Union(got.Select(pair => pair.Key)))
                {
                    if (!wanted.ContainsKey(name)) return $"{path}.{name} should not be there";
                    if (!got.ContainsKey(name)) return $"{path}.{name} is missing";
                    if (Difference(wanted[name], got[name], $"{path}.{name}") is { } difference) return difference;
                }

                return null;
            case (JsonArray wanted, JsonArray got):
                if (wanted.Count != got.Count) return $"{path} has {got.Count} items, not {wanted.Count}";
                return Sorted(wanted).Zip(Sorted(got)).Select((pair, i) => Difference(pair.First, pair.Second, $"{path}[{i}]")).FirstOrDefault(difference => difference is not null);
            case (JsonValue wanted, JsonValue got):
                if (Text(wanted) is "<number>" && got.GetValueKind() == JsonValueKind.Number) return null;
                if (Text(wanted) is { } pattern && Text(got) is { } text) return Decoded(pattern) is { } json && Decoded(text) is { } other ? Difference(json, other, path) : TextDifference(pattern, text, path);
                return IsSame(wanted, got) ? null : $"{path} is {got.ToJsonString()}, not {wanted.ToJsonString()}";
            default:
                return expected is null && actual is null ? null : $"{path} is {Short(actual?.ToJsonString())}, not {Short(expected?.ToJsonString())}";
        }
    }

    /// <summary>The first difference of two texts, or null.</summary>
    public string? TextDifference(string pattern, string text, string path)
    {
        if (!pattern.Contains('<', StringComparison.Ordinal)) return pattern == text ? null : $"{path} is {Short(text)}, not {Short(pattern)}";
        var regex = new StringBuilder("^");
        var names = new List<string>();
        var last = 0;
        foreach (var match in PlaceholderPattern().EnumerateMatches(pattern))
        {
            regex.Append(Regex.Escape(pattern[last..match.Index]));
            last = match.Index + match.Length;
            var name = pattern.Substring(match.Index, match.Length);
            if (_bound.TryGetValue(name, out var value)) regex.Append(Regex.Escape(value));
            else if (name is "<time>") regex.Append("[-0-9T :.Z+]{8,40}");
            else if (name is "<number>") regex.Append("[0-9]+");
            else if (name is "<address>") regex.Append("[^\\s;\"<>]+");
            else if (name is "<text>") regex.Append(".+");
            else if (names.IndexOf(name) is var at and >= 0) regex.Append(CultureInfo.InvariantCulture, $"\\{at + 1}");
            else
            {
                names.Add(name);
                regex.Append("([^\\s\"<>]+?)");
            }
        }

        regex.Append(Regex.Escape(pattern[last..])).Append('$');
        var found = Regex.Match(text, regex.ToString(), RegexOptions.Singleline);
        if (!found.Success) return $"{path} is {Short(text)}, not {Short(pattern)}";
        for (var i = 0; i < names.Count; i++) _bound[names[i]] = found.Groups[i + 1].Value;
        return null;
    }

    /// <summary>The first difference of two bodies, which may be JSON.</summary>
    public string? BodyDifference(string pattern, string text, string path) =>
        Parsed(pattern) is { } wanted && Parsed(text) is { } got ? Difference(wanted, got, path) : TextDifference(pattern, text, path);

    // 1, 1.0 and 1e0 are one number; Redis as daprd uses it keeps six decimals.
    private static bool IsSame(JsonValue wanted, JsonValue got) =>
        wanted.GetValueKind() == JsonValueKind.Number && got.GetValueKind() == JsonValueKind.Number
            ? Number(wanted) == Number(got) || Math.Abs(Number(wanted) - Number(got)) <= 1e-6
            : wanted.ToJsonString() == got.ToJsonString();

    private static double Number(JsonValue value) => double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture);

    // Texts and bytes that hold JSON are compared as JSON.
    private static JsonNode? Decoded(string text) => Parsed(text) is var node and (JsonObject or JsonArray) ? node
        : text.Length > 0 && Convert.TryFromBase64String(text, new byte[text.Length], out _) && Parsed(Encoding.UTF8.GetString(Convert.FromBase64String(text))) is var bytes and (JsonObject or JsonArray) ? bytes
        : null;

    private static JsonNode? Parsed(string text)
    {
        if (!text.AsSpan().TrimStart().StartsWith("{") && !text.AsSpan().TrimStart().StartsWith("[")) return null;
        try
        {
            return JsonNode.Parse(text, documentOptions: new() { AllowDuplicateProperties = false });
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // Items of a bulk get come in any order: match them by key.
    private static IEnumerable<JsonNode?> Sorted(JsonArray items) => items.All(item => item is JsonObject { Count: <= 4 } members && members.All(pair => pair.Key is "key" or "data" or "etag" or "metadata" or "error"))
        ? items.OrderBy(item => (string?)item!["key"] ?? "", StringComparer.Ordinal)
        : items;

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static string Short(string? text) => text is null ? "null" : text.Length > 400 ? text[..400] + "…" : text;

    [GeneratedRegex("<fill:([0-9]+)>")]
    private static partial Regex FillPattern();

    [GeneratedRegex("<(etag|uuid):[0-9]+>|<time>|<number>|<address>|<text>")]
    private static partial Regex PlaceholderPattern();
}
