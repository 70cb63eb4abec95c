using System.Text.Json;
using Dapr.TaskHub.Protos;
using Google.Protobuf.Collections;
using OrderInventory.Testing;

namespace DaprWorkflow.Tests.Replay;

/// <summary>
/// The turns of a recorded case of the Python SDK, as this library would have made them: its ids count from 0 and not from 1,
/// and it has no timer for a wait that lasts for ever.
/// </summary>
internal static class PythonRecording
{
    private const int Forever = 9999;
    private const string Turns = "CompleteOrchestratorTask";

    /// <summary>The names of all recorded cases.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Cases().Select(@case => @case.GetProperty("name").GetString()!)];

    /// <summary>The work items of a case with the answers of the SDK to them, in order.</summary>
    public static List<(WorkflowRequest Item, WorkflowResponse Answer)> Read(string name)
    {
        var open = new Dictionary<string, WorkflowRequest>();
        var turns = new List<(WorkflowRequest, WorkflowResponse)>();
        foreach (var step in Cases().Single(@case => @case.GetProperty("name").GetString() == name).GetProperty("steps").EnumerateArray())
        {
            if (!step.TryGetProperty("worker", out var call)) continue;
            var bytes = step.GetProperty("base64").GetBytesFromBase64();
            if (call.GetString() == "GetWorkItems" && WorkItem.Parser.ParseFrom(bytes).WorkflowRequest is { } item) open[item.InstanceId] = item;
            if (call.GetString() != Turns) continue;
            var answer = WorkflowResponse.Parser.ParseFrom(bytes);
            turns.Add((open[answer.InstanceId], answer));
        }

        foreach (var run in turns.GroupBy(turn => ExecutionId(turn.Item1))) Renumber([.. run]);
        return turns;
    }

    private static List<JsonElement> Cases()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "tests/conformance/golden/workflow/sdk-python.json")));
        return [.. file.RootElement.GetProperty("cases").EnumerateArray().Select(@case => @case.Clone())];
    }

    /// <summary>The id of the execution that an item belongs to.</summary>
    public static string ExecutionId(WorkflowRequest item) =>
        item.PastEvents.Concat(item.NewEvents).Select(e => e.ExecutionStarted?.WorkflowInstance.ExecutionId).First(id => id is not null)!;

    private static void Renumber(IReadOnlyList<(WorkflowRequest Item, WorkflowResponse Answer)> run)
    {
        var ids = new Dictionary<int, int>();
        foreach (var (_, answer) in run)
        {
            foreach (var action in answer.Actions.Where(action => action.CreateTimer?.FireAt.ToDateTime().Year == Forever).ToList()) answer.Actions.Remove(action);
            foreach (var action in answer.Actions)
            {
                // The end of a run takes the next id without a timer in between.
                if (!ids.TryGetValue(action.Id, out var id)) ids.Add(action.Id, id = ids.Count);
                action.Id = id;
            }
        }

        foreach (var (item, _) in run)
        {
            Renumber(item.PastEvents, ids);
            Renumber(item.NewEvents, ids);
        }
    }

    private static void Renumber(RepeatedField<HistoryEvent> events, Dictionary<int, int> ids)
    {
        foreach (var e in events.ToList())
        {
            if (e.EventId >= 0 && !ids.ContainsKey(e.EventId)) events.Remove(e);
            else if (e.EventId >= 0) e.EventId = ids[e.EventId];
            if (e.TaskCompleted is { } completed) completed.TaskScheduledId = ids[completed.TaskScheduledId];
            if (e.TaskFailed is { } failed) failed.TaskScheduledId = ids[failed.TaskScheduledId];
            if (e.TimerFired is { } fired) fired.TimerId = ids[fired.TimerId];
            if (e.ChildWorkflowInstanceCompleted is { } child) child.TaskScheduledId = ids[child.TaskScheduledId];
            if (e.ChildWorkflowInstanceFailed is { } broken) broken.TaskScheduledId = ids[broken.TaskScheduledId];
        }
    }
}
