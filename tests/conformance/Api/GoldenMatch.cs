using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace DaprLocal.Tests.Api;

/// <summary>
/// Compares answers with recorded ones, whose placeholders stand for values of the run: <c>&lt;etag:N&gt;</c> and
/// <c>&lt;uuid:N&gt;</c> are bound where they first match, <c>&lt;time&gt;</c>, <c>&lt;number&gt;</c> and <c>&lt;address&gt;</c> match anything of their kind.
/// On Redis (<paramref name="isRedis"/>) the members of stored JSON may come in any order.
/// </summary>
internal sealed partial class GoldenMatch(bool isRedis = false)
{
    private readonly Dictionary<string, string> _bound = [];

    /// <summary>A text of a request with what has been bound, and with its filling.</summary>
    public string Fill(string text)
    {
        text = FillPattern().Replace(text, match => new string('x', int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)));
        return PlaceholderPattern().Replace(text, match => _bound.GetValueOrDefault(match.Value, match.Value));
    }

    /// <summary>The same for a tree; byte fields that are a filling as a whole become its base64.</summary>
    public JsonNode? Fill(JsonNode? node, bool isProto)
    {
        switch (node)
        {
            case JsonObject members:
                var copy = new JsonObject();
                foreach (var (name, value) in members)
                {
                    copy[name] = isProto && name is "value" or "data" && value is JsonValue text && text.TryGetValue<string>(out var filling) && filling.StartsWith("<fill:", StringComparison.Ordinal)
                        ? isProto ? Convert.ToBase64String(Encoding.UTF8.GetBytes(Fill(filling))) : Fill(filling)
                        : Fill(value, isProto);
                }

                return copy;
            case JsonArray items:
                return new JsonArray([.. items.Select(item => Fill(item, isProto))]);
            case JsonValue value when value.TryGetValue<string>(out var text):
                return Fill(text);
            default:
                return node?.DeepClone();
        }
    }

    /// <summary>The first difference, or null.</summary>
    public string? Difference(JsonNode? expected, JsonNode? actual, string path = "$")
    {
        switch (expected, actual)
        {
            case (JsonValue wanted, JsonValue got) when isRedis && path.EndsWith(".data", StringComparison.Ordinal) && Decoded(wanted) is { } wantedJson && Decoded(got) is { } gotJson:
                return Difference(wantedJson, gotJson, path);
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
                var left = Sorted(wanted);
                var right = Sorted(got);
                for (var i = 0; i < left.Count; i++)
                {
                    if (Difference(left[i], right[i], $"{path}[{i}]") is { } difference) return difference;
                }

                return null;
            case (JsonValue wanted, JsonValue got):
                if (Text(wanted) is "<number>" && got.GetValueKind() == System.Text.Json.JsonValueKind.Number) return null;
                return Text(wanted) is { } pattern && Text(got) is { } text ? TextDifference(pattern, text, path)
                    : wanted.ToJsonString() == got.ToJsonString() ? null : $"{path} is {got.ToJsonString()}, not {wanted.ToJsonString()}";
            default:
                return expected is null && actual is null ? null : $"{path} is {Short(actual?.ToJsonString())}, not {Short(expected?.ToJsonString())}";
        }
    }

    /// <summary>The first difference of two texts, or null. Lines of a message that joins several errors may come in any order.</summary>
    public string? TextDifference(string pattern, string text, string path)
    {
        // The script's own line numbers and hash; the rest of the line is what Redis says of any script.
        pattern = UnknownCommandPattern().Replace(pattern, "<driver>");
        pattern = ScriptHashPattern().Replace(ScriptLinePattern().Replace(pattern, "user_script:<number>"), "script: <hash>");
        if (pattern.Contains('\n', StringComparison.Ordinal) && JoinedPattern().IsMatch(pattern))
        {
            (pattern, text) = (SortLines(pattern), SortLines(text));
        }

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
            else if (name is "<hash>") regex.Append("[0-9a-f]{40}");
            else if (name is "<driver>") regex.Append(".+?");
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

    /// <summary>The first difference of two bodies that are compared as text.</summary>
    public string? BodyDifference(string pattern, string text, string path) =>
        isRedis && Parsed(pattern) is { } wanted && Parsed(text) is { } got ? Difference(wanted, got, path) : TextDifference(pattern, text, path);

    private static JsonNode? Decoded(JsonValue value) => Text(value) is { } text && Convert.TryFromBase64String(text, new byte[text.Length], out _) ? Parsed(Encoding.UTF8.GetString(Convert.FromBase64String(text))) : null;

    private static JsonNode? Parsed(string text)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: new() { AllowDuplicateProperties = false }) is var node and (JsonObject or JsonArray) ? node : null;
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }

    private static string SortLines(string text)
    {
        var prefix = JoinedPattern().Match(text).Value;
        var lines = text[prefix.Length..].Split('\n');
        return prefix + string.Join('\n', lines.OrderBy(line => EtagValuePattern().Replace(line, "="), StringComparer.Ordinal));
    }

    // Items of a bulk get come in any order: match them by key.
    private static List<JsonNode?> Sorted(JsonArray items) =>
        items.Count > 0 && items.All(item => item is JsonObject members && members.Count <= 4 && members.All(pair => pair.Key is "key" or "data" or "etag" or "metadata"))
            ? [.. items.OrderBy(item => item!["key"]?.GetValue<string>() ?? "", StringComparer.Ordinal)]
            : [.. items];

    private static string? Text(JsonValue value) => value.TryGetValue<string>(out var text) ? text : null;

    private static string Short(string? text) => text is null ? "null" : text.Length > 400 ? text[..400] + "…" : text;

    [GeneratedRegex("<fill:([0-9]+)>")]
    private static partial Regex FillPattern();

    [GeneratedRegex("<(etag|uuid):[0-9]+>|<time>|<number>|<address>|<hash>|<driver>")]
    private static partial Regex PlaceholderPattern();

    [GeneratedRegex("^failed (saving|deleting) state in state store [^:]*: ((possible etag mismatch. error from state store|invalid etag value): (?=(possible etag mismatch|invalid etag value).*\\n))?")]
    private static partial Regex JoinedPattern();

    [GeneratedRegex("(?<==)[^ ,]*$|(?<=current=)[^,]*")]
    private static partial Regex EtagValuePattern();

    [GeneratedRegex("(?<=ERR Unknown Redis command called from script) script.*")]
    private static partial Regex UnknownCommandPattern();

    [GeneratedRegex("user_script:[0-9]+")]
    private static partial Regex ScriptLinePattern();

    [GeneratedRegex("script: [0-9a-f]{40}")]
    private static partial Regex ScriptHashPattern();
}
