using System.Text.Json.Nodes;
using Dapr.TaskHub.Protos;
using Google.Protobuf;
using static Dapr.TaskHub.Protos.WorkflowAction;

namespace DaprWorkflow.Tests.Replay.Recorded;

/// <summary>One field in which an answer of the library is not the recorded one.</summary>
/// <param name="Field">The path of the field, as in the .proto files; <c>actions</c> when these are of other types.</param>
/// <param name="Recorded">The recorded value; null when it is absent.</param>
/// <param name="Library">The value of the library; null when it is absent.</param>
internal sealed record AnswerDifference(string Field, string? Recorded, string? Library)
{
    /// <summary>Compares two answers to a workflow item, field by field.</summary>
    public static IEnumerable<AnswerDifference> Between(WorkflowResponse recorded, WorkflowResponse library)
    {
        var sorted = recorded.Actions.OrderBy(action => action.Id).ToList();
        if (!sorted.SequenceEqual(recorded.Actions)) yield return new("order of actions", Types(recorded.Actions), Types(sorted));
        if (Types(sorted) != Types(library.Actions))
        {
            yield return new("actions", Types(sorted), Types(library.Actions));
        }
        else
        {
            foreach (var difference in sorted.Zip(library.Actions).SelectMany(pair => Fields(pair.First, pair.Second))) yield return difference;
        }

        var (left, right) = (recorded.Clone(), library.Clone());
        left.Actions.Clear();
        right.Actions.Clear();
        foreach (var difference in Fields(left, right)) yield return difference;
    }

    /// <summary>Compares two messages, field by field.</summary>
    public static IEnumerable<AnswerDifference> Fields(IMessage recorded, IMessage library)
    {
        var (left, right) = (Flatten(recorded), Flatten(library));
        return left.Keys.Union(right.Keys)
            .Select(field => new AnswerDifference(field, left.GetValueOrDefault(field), right.GetValueOrDefault(field)))
            .Where(difference => difference.Recorded != difference.Library);
    }

    /// <summary>What the list of differences says: the field, and of actions and their ids what was recorded and what comes instead.</summary>
    public string Label => Field switch
    {
        "actions" => $"{(Recorded!.Length > 0 ? Recorded : "nothing")} -> {(Library!.Length > 0 ? Library : "nothing")}",
        "id" => $"id {Recorded ?? "0"} -> {Library ?? "0"}",
        _ => Field,
    };

    public override string ToString() => $"{Field}: {Short(Recorded)} -> {Short(Library)}";

    private static string Types(IEnumerable<WorkflowAction> actions) => string.Join(' ', actions.Select(action => action.WorkflowActionTypeCase switch
    {
        WorkflowActionTypeOneofCase.CompleteWorkflow => $"{action.CompleteWorkflow.WorkflowStatus}",
        var type => $"{type}",
    }));

    private static Dictionary<string, string> Flatten(IMessage message)
    {
        var fields = new Dictionary<string, string>();
        Flatten("", JsonNode.Parse(JsonFormatter.Default.Format(message))!, fields);
        return fields;
    }

    // A list is one value; a present message without fields shows itself as such.
    private static void Flatten(string path, JsonNode node, Dictionary<string, string> fields)
    {
        if (node is JsonObject { Count: > 0 } parent)
        {
            foreach (var (name, child) in parent) Flatten(path.Length == 0 ? name : $"{path}.{name}", child!, fields);
        }
        else if (path.Length > 0)
        {
            fields.Add(path, node is JsonValue value && value.TryGetValue(out string? text) ? text : node.ToJsonString());
        }
    }

    private static string Short(string? value) => value is null ? "absent" : value.Length > 60 ? $"'{value[..60]}…'" : $"'{value}'";
}
