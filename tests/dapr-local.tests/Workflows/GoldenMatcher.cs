using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace DaprLocal.Tests.Workflows;

/// <summary>Compares what came with what was recorded: times do not count, and ids only by which are the same.</summary>
internal sealed partial class GoldenMatcher
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly Dictionary<string, string> _expectedIds = [];
    private readonly Dictionary<string, string> _actualIds = [];

    /// <summary>JSON without needless escapes.</summary>
    public static string Text(JsonNode node) => node.ToJsonString(Relaxed);

    /// <summary>A recorded text with the ids of this run and with its filling, and with <paramref name="time"/> for each time.</summary>
    public string Fill(string text, string time)
    {
        text = Fillings().Replace(text, match => new string('x', int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)));
        text = Uuids().Replace(text, match => _expectedIds.TryGetValue(match.Value, out var label) ? _actualIds.Single(pair => pair.Value == label).Key : match.Value);
        return TimePlaceholders().Replace(text, time);
    }

    /// <summary>Fails when the answer is not the recorded one.</summary>
    public void Compare(JsonNode expected, JsonNode actual, JsonNode? at)
    {
        var wanted = Normal(expected, _expectedIds)!;
        var got = Normal(actual, _actualIds)!;
        // Of some refusals only the code counts.
        if (wanted is JsonObject { Count: 1 } && wanted["code"] is not null) got = new JsonObject { ["code"] = got["code"]?.DeepClone() };
        // Before the first commit daprd knows neither name nor times; and it shows old state while it continues as new.
        if (wanted["workflowState"] is { } state && state["name"] is null) (wanted, got) = (wanted["exists"]!.DeepClone(), got["exists"]!.DeepClone());
        else if (Stopped(wanted) && Stopped(got)) return;
        // Directly after an answer of the worker daprd may still show the state before it.
        else if ((string?)wanted["body"]?["runtimeStatus"] == "PENDING" && (string?)got["body"]?["runtimeStatus"] != "PENDING") (wanted, got) = (wanted["body"]!["instanceID"]!.DeepClone(), got["body"]!["instanceID"]!.DeepClone());
        Assert.True(JsonNode.DeepEquals(wanted, got), $"ms {at}: expected\n{Short(wanted)}\ngot\n{Short(got)}");
    }

    private static string Short(JsonNode node) => Text(node) is { Length: > 10_000 } text ? text[..10_000] + "…" : Text(node);

    private static bool Stopped(JsonNode answer) => answer is JsonObject && (string?)answer["code"] is "DEADLINE_EXCEEDED" or "CANCELLED";

    /// <summary>Sorted, without times and tokens, and with ids numbered by first appearance.</summary>
    private static JsonNode? Normal(JsonNode? node, Dictionary<string, string> ids)
    {
        switch (node)
        {
            case JsonObject o:
                var sorted = new JsonObject();
                foreach (var (key, value) in o.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    if (key is not ("timestamp" or "completionToken")) sorted[key] = Normal(value, ids);
                }

                return sorted;
            case JsonArray a:
                return new JsonArray([.. a.Select(item => Normal(item, ids))]);
            case JsonValue value when value.TryGetValue<string>(out var text):
                text = Fillings().Replace(text, match => new string('x', int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)));
                if (Ids().IsMatch(text)) return ids.TryGetValue(text, out var id) ? id : ids[text] = $"id {ids.Count}";
                return PayloadSizes().Replace(Times().Replace(text, "time"), "size N bytes");
            default:
                return node?.DeepClone();
        }
    }

    // The engine's own ids and times are of another length than daprd's.
    [GeneratedRegex(@"(?<=payload )size \d+ bytes")]
    private static partial Regex PayloadSizes();

    [GeneratedRegex(@"<time:\d+>")]
    private static partial Regex TimePlaceholders();

    [GeneratedRegex(@"<uuid:\d+>")]
    private static partial Regex Uuids();

    [GeneratedRegex(@"<fill:(\d+)>")]
    private static partial Regex Fillings();

    [GeneratedRegex(@"<time:\d+>|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")]
    private static partial Regex Times();

    [GeneratedRegex(@"^(<uuid:\d+>|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$")]
    private static partial Regex Ids();
}
