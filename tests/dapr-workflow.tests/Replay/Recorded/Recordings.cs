using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dapr.TaskHub.Protos;
using Google.Protobuf;
using OrderInventory.Testing;

namespace DaprWorkflow.Tests.Replay.Recorded;

/// <summary>Reads the recorded work items and the answers to them.</summary>
internal static partial class Recordings
{
    private const string Python = "sdk-python";
    private static readonly JsonParser Json = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    /// <summary>The cases of a recording.</summary>
    public static IReadOnlyList<RecordedCase> Read(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, $"tests/conformance/golden/workflow/{file}.json")));
        return [.. document.RootElement.GetProperty("cases").EnumerateArray().Select(@case => ReadCase(file, @case))];
    }

    private static RecordedCase ReadCase(string file, JsonElement @case)
    {
        var name = @case.GetProperty("name").GetString()!;
        var turns = new List<RecordedTurn>();
        var activities = new List<RecordedActivity>();
        var strays = 0;
        foreach (var step in @case.GetProperty("steps").EnumerateArray())
        {
            if (!step.TryGetProperty("worker", out var worker)) continue;
            switch (worker.GetString())
            {
                case "GetWorkItems" when IsItem(step, out var value):
                    var item = Message(WorkItem.Parser, step, value);
                    if (item.WorkflowRequest is not null) turns.Add(new RecordedTurn(item, Execution(value), null, null));
                    else activities.Add(new RecordedActivity(item, null, null));
                    break;
                case "CompleteOrchestratorTask" or "CompleteWorkflowTask":
                    var answer = Message(WorkflowResponse.Parser, step, step.GetProperty("request"));
                    if (!Answer(turns, turn => turn.InstanceId == answer.InstanceId, turn => turn.Answer is not null, turn => turn with { Answer = answer, Refused = IsTooLarge(turn.Answer) ? turn.Answer : null })) strays++;
                    break;
                case "CompleteActivityTask":
                    var result = Message(ActivityResponse.Parser, step, step.GetProperty("request"));
                    if (!Answer(
                            activities,
                            activity => (activity.Item.ActivityRequest.WorkflowInstance.InstanceId, activity.Item.ActivityRequest.TaskId) == (result.InstanceId, result.TaskId),
                            activity => activity.Answer is not null,
                            activity => activity with { Answer = result, Refused = IsTooLarge(activity.Answer) ? activity.Answer : null })) strays++;
                    break;
                default:
                    break;
            }
        }

        // What the Python SDK said is renumbered first: it counts from 1.
        if (file == Python) turns = [.. PythonRecording.Read(name).Select(turn => new RecordedTurn(new WorkItem { WorkflowRequest = turn.Item }, PythonRecording.ExecutionId(turn.Item), turn.Answer, null))];
        return new RecordedCase(file, name, turns, activities, strays);
    }

    // The last item it can belong to; an item that is answered again stands there again.
    private static bool Answer<T>(List<T> items, Func<T, bool> matches, Func<T, bool> isAnswered, Func<T, T> answer)
    {
        var index = items.FindLastIndex(item => matches(item));
        if (index < 0) return false;
        if (isAnswered(items[index])) items.Add(answer(items[index]));
        else items[index] = answer(items[index]);
        return true;
    }

    // What the recorder tried with more than the sidecar takes, it answered again smaller.
    private static bool IsTooLarge(IMessage? answer) => answer?.CalculateSize() > 4 * 1024 * 1024;

    private static bool IsItem(JsonElement step, out JsonElement value) =>
        step.TryGetProperty("value", out value) && value.ValueKind == JsonValueKind.Object && (value.TryGetProperty("workflowRequest", out _) || value.TryGetProperty("activityRequest", out _));

    private static T Message<T>(MessageParser<T> parser, JsonElement step, JsonElement json) where T : IMessage<T>, new() =>
        step.TryGetProperty("base64", out var bytes) ? parser.ParseFrom(bytes.GetBytesFromBase64()) : Json.Parse<T>(Fill(json.GetRawText()));

    // Large messages were recorded as JSON with placeholders only.
    private static string Fill(string json)
    {
        json = FillPlaceholder().Replace(json, match => new string('x', int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)));
        return TimePlaceholder().Replace(json, match => DateTime.UnixEpoch.AddSeconds(int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).ToString("O"));
    }

    private static string Execution(JsonElement item)
    {
        var request = item.GetProperty("workflowRequest");
        return new[] { "pastEvents", "newEvents" }.Where(part => request.TryGetProperty(part, out _)).SelectMany(part => request.GetProperty(part).EnumerateArray())
            .Where(e => e.TryGetProperty("executionStarted", out _))
            .Select(e => e.GetProperty("executionStarted").GetProperty("workflowInstance").GetProperty("executionId").GetString()!)
            .First();
    }

    [GeneratedRegex("<fill:([0-9]+)>")]
    private static partial Regex FillPlaceholder();

    [GeneratedRegex("<time:([0-9]+)>")]
    private static partial Regex TimePlaceholder();
}
