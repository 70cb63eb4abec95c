using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace OrderInventory.Testing;

/// <summary>The error bodies of docs/api.md, by heading ("404 ORDER_NOT_FOUND"), of one app's section.</summary>
public static partial class DocumentedErrors
{
    /// <summary>The bodies of the section <c>### Errors of {app}</c> and of those that every app has.</summary>
    public static IReadOnlyDictionary<string, JsonNode> Of(string app) => Section(app).Concat(Section("every app")).ToDictionary();

    /// <summary>Where a real answer differs from the documented one; null when it does not. The values that differ from run to run are replaced first.</summary>
    public static async Task<string?> DifferenceAsync(string heading, JsonNode expected, HttpResponseMessage answer)
    {
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        if (string.IsNullOrEmpty((string?)body["traceId"])) return $"{heading}: no traceId";
        body["traceId"] = "…";
        foreach (var name in new[] { "orderId", "deadLetterId", "earlier" })
            if (body[name] is not null) body[name] = (string?)expected[name];
        if (!JsonNode.DeepEquals(expected, body)) return $"{heading}: {body.ToJsonString()}";
        if (heading != $"{(int)answer.StatusCode} {body["code"]}") return $"{heading}: status {(int)answer.StatusCode}";
        if (answer.Content.Headers.ContentType?.MediaType != "application/problem+json") return $"{heading}: {answer.Content.Headers.ContentType}";
        return answer.Headers.RetryAfter is not null == (answer.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests) ? null : $"{heading}: Retry-After {answer.Headers.RetryAfter}";
    }

    private static Dictionary<string, JsonNode> Section(string app)
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
