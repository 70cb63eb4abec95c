using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace OrderInventory.Testing;

/// <summary>The error bodies of docs/api.md, by heading ("404 ORDER_NOT_FOUND"), of one app's section.</summary>
public static partial class DocumentedErrors
{
    /// <summary>Reads the section <c>### Errors of {app}</c>.</summary>
    public static IReadOnlyDictionary<string, JsonNode> Of(string app)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "api.md"));
        var start = text.IndexOf("### Errors of " + app, StringComparison.Ordinal);
        var end = text.IndexOf("\n## ", start, StringComparison.Ordinal);
        return Example().Matches(end < 0 ? text[start..] : text[start..end])
            .ToDictionary(match => match.Groups["heading"].Value, match => JsonNode.Parse(match.Groups["body"].Value)!);
    }

    [GeneratedRegex(@"^#### (?<heading>\d{3} [A-Z_]+)$.*?^```json$(?<body>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Example();
}
