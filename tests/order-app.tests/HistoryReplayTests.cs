using System.Text.Json;
using Dapr.TaskHub.Protos;
using OrderInventory.Testing;
using Event = Dapr.TaskHub.Protos.HistoryEvent.EventTypeOneofCase;

namespace OrderApp.Tests;

/// <summary>
/// Replays recorded histories of every path against the current workflow code, turn by turn: an instance that started
/// under an older version of this app must go on under this one. A failure here means that the workflow needs a new name.
/// </summary>
public sealed class HistoryReplayTests
{
    public static TheoryData<string> Histories() =>
        [.. Directory.GetFiles(Path.Combine(Repository.Root, "tests", "order-app.tests", "Histories")).Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Histories))]
    public async Task Replay_RecordedHistory_DoesTheSameAgain(string path)
    {
        var turns = await ReplayAsync(Read(path));

        Assert.All(turns, turn => Assert.Equal(turn.Recorded, turn.Now));
    }

    // The package replays whatever it is given without a word, so that this comparison is all there is against changed code.
    [Fact]
    public async Task Replay_HistoryOfOtherCode_IsSeen()
    {
        var history = Read("confirmed");
        foreach (var scheduled in history.Where(recorded => recorded.EventTypeCase == Event.TaskScheduled)) scheduled.TaskScheduled.Name = "SomethingElse";

        var turns = await ReplayAsync(history);

        Assert.Contains(turns, turn => !turn.Recorded.SequenceEqual(turn.Now));
    }

    /// <summary>What the workflow decided in each turn when it was recorded, and what it decides now.</summary>
    private static async Task<List<(string[] Recorded, string[] Now)>> ReplayAsync(HistoryEvent[] history)
    {
        await using var app = await OrderApi.StartAsync();
        app.CreateClient();
        var starts = Enumerable.Range(0, history.Length).Where(i => history[i].EventTypeCase == Event.WorkflowStarted).Append(history.Length).ToArray();
        var turns = new List<(string[] Recorded, string[] Now)>();
        foreach (var (start, end) in starts.Zip(starts.Skip(1)))
        {
            var turn = history[start..end];
            var request = new WorkflowRequest { InstanceId = "replayed" };
            request.PastEvents.AddRange(history[..start]);
            request.NewEvents.AddRange(turn.Where(recorded => Action(recorded) is null));

            var answer = await app.Workflows.RunTurnAsync(request);

            turns.Add(([.. turn.Select(Action).OfType<string>()], [.. answer.Actions.Select(Action)]));
        }

        return turns;
    }

    private static HistoryEvent[] Read(string path)
    {
        using var recorded = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "tests", "order-app.tests", "Histories", path + ".json")));
        return [.. recorded.RootElement.EnumerateArray().Select(item => HistoryEvent.Parser.ParseJson(item.GetRawText()))];
    }

    /// <summary>What the workflow decided; null for what it was told.</summary>
    private static string? Action(HistoryEvent recorded) => recorded.EventTypeCase switch
    {
        Event.TaskScheduled => $"{recorded.EventId} {recorded.TaskScheduled.Name} {recorded.TaskScheduled.Input}",
        Event.TimerCreated => $"{recorded.EventId} timer {recorded.TimerCreated.FireAt}",
        Event.ExecutionCompleted => $"completed {recorded.ExecutionCompleted.Result}",
        _ => null,
    };

    private static string Action(WorkflowAction action) => action.WorkflowActionTypeCase switch
    {
        WorkflowAction.WorkflowActionTypeOneofCase.ScheduleTask => $"{action.Id} {action.ScheduleTask.Name} {action.ScheduleTask.Input}",
        WorkflowAction.WorkflowActionTypeOneofCase.CreateTimer => $"{action.Id} timer {action.CreateTimer.FireAt}",
        WorkflowAction.WorkflowActionTypeOneofCase.CompleteWorkflow => $"completed {action.CompleteWorkflow.Result}",
        _ => action.ToString(),
    };
}
