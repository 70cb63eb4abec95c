using System.Text.Json;
using Dapr.TaskHub.Protos;
using Dapr.Workflow;
using Dapr.Workflow.Worker.Replay;
using Dapr.Common.Serialization;
using Microsoft.Extensions.Logging.Abstractions;

namespace DaprWorkflow.Tests.Replay;

/// <summary>
/// Work items as daprd 1.18.3 sent them, and the answers that its recorder gave. A workflow written to match must give the same answers,
/// but for the ids of executions and the times of timers, which the recorder chose freely.
/// </summary>
public class GoldenTests
{
    private static readonly JsonDaprSerializer Serializer = new();

    private static readonly Dictionary<string, Func<WorkflowContext, object?, Task<string?>>> Code = new()
    {
        ["one-activity"] = async (context, _) =>
        {
            await context.CallActivityAsync("Reserve", new { item = "a" });
            return "ok";
        },
        ["three-in-a-row"] = async (context, input) =>
        {
            for (var i = 0; i < ((JsonElement)input!).GetInt32(); i++) Assert.Equal(i * 10, await context.CallActivityAsync<int>("Step", i));
            return "done";
        },
        ["two-parallel"] = async (context, _) =>
        {
            Assert.Equal(["left", "right"], await Task.WhenAll(context.CallActivityAsync<string>("Left", 1), context.CallActivityAsync<string>("Right", 2)));
            return "both";
        },
        ["two-results-one-turn"] = async (context, _) =>
        {
            Assert.Equal(
                ["left", "right", "third"],
                await Task.WhenAll(context.CallActivityAsync<string>("Left", 1), context.CallActivityAsync<string>("Right", 2), context.CallActivityAsync<string>("Third", 3)));
            return null;
        },
        ["activity-failure"] = async (context, _) =>
        {
            var failure = (await Assert.ThrowsAsync<WorkflowTaskFailedException>(() => context.CallActivityAsync("Charge", 1))).FailureDetails;
            Assert.Equal(("System.InvalidOperationException", "card refused", "at Charge()"), (failure.ErrorType, failure.ErrorMessage, failure.StackTrace));
            throw new InvalidOperationException("charge failed");
        },
        ["retry-by-timer"] = (context, _) =>
            context.CallActivityAsync<string?>("Flaky", 1, new WorkflowTaskOptions(new WorkflowRetryPolicy(3, TimeSpan.FromSeconds(1)))),
        ["short-timer"] = async (context, _) =>
        {
            await context.CreateTimer(TimeSpan.FromSeconds(1));
            return "fired";
        },
        ["race-activity-wins"] = async (context, _) =>
        {
            var work = context.CallActivityAsync("A");
            var timer = context.CreateTimer(TimeSpan.FromSeconds(1.2));
            await Task.WhenAny(work, timer);
            await context.CallActivityAsync("B");
            await timer;
            return null;
        },
        ["race-timer-wins"] = async (context, _) =>
        {
            var work = context.CallActivityAsync<string>("A");
            await Task.WhenAny(work, context.CreateTimer(TimeSpan.FromSeconds(0.4)));
            Assert.Equal("slow", await work);
            return null;
        },
        ["event-after-wait"] = async (context, _) =>
        {
            Assert.Equal("me", (await context.WaitForExternalEventAsync<Dictionary<string, string>>("Approved"))["by"]);
            return "approved";
        },
        ["event-before-wait"] = async (context, _) =>
        {
            await context.CallActivityAsync("A");
            Assert.Equal(1, await context.WaitForExternalEventAsync<int>("approved"));
            return "used the buffered one";
        },
        ["case-of-names"] = async (context, _) =>
        {
            Assert.Equal(1, await context.WaitForExternalEventAsync<int>("Approved"));
            Assert.Equal(2, await context.WaitForExternalEventAsync<int>("Approved"));
            return null;
        },
        ["timeout-then-late-event"] = async (context, _) =>
        {
            await Assert.ThrowsAsync<TaskCanceledException>(() => context.WaitForExternalEventAsync<int>("Paid", TimeSpan.FromSeconds(0.5)));
            await context.WaitForExternalEventAsync<int>("Paid");
            return null;
        },
        ["event-beats-timeout"] = async (context, _) =>
        {
            await context.WaitForExternalEventAsync<int>("Paid", TimeSpan.FromSeconds(1.5));
            await context.WaitForExternalEventAsync<object>("end");
            return null;
        },
        ["event-and-timer-in-one-turn"] = async (context, _) =>
        {
            var paid = context.WaitForExternalEventAsync<int>("Paid", TimeSpan.FromSeconds(0.8));
            await context.CallActivityAsync("A");
            Assert.Equal(1, await paid);
            await context.WaitForExternalEventAsync<object>("end");
            return null;
        },
        ["carryover"] = async (context, input) =>
        {
            // The first generation wakes up by an event that it does not wait for, and takes both over.
            if (((JsonElement)input!).GetInt32() == 1)
            {
                await context.WaitForExternalEventAsync<object>("never");
                return null;
            }

            Assert.Equal(1, await context.WaitForExternalEventAsync<int>("B"));
            Assert.Equal(2, await context.WaitForExternalEventAsync<int>("A"));
            return null;
        },
        ["patches"] = async (context, _) =>
        {
            Assert.True(context.IsPatched("p1"));
            await context.CallActivityAsync("A");
            Assert.True(context.IsPatched("p2") && context.IsPatched("p2"));
            await context.CallActivityAsync("A");
            Assert.True(context.IsPatched("p3"));
            return null;
        },
        ["custom-status"] = async (context, _) =>
        {
            object?[] statuses = ["one", new { two = 2 }, null, null];
            foreach (var status in statuses)
            {
                context.SetCustomStatus(status);
                await context.WaitForExternalEventAsync<int>("e");
            }

            context.SetCustomStatus("last");
            return "end";
        },
        ["other-app-router"] = async (context, _) =>
        {
            await context.CallActivityAsync("A", options: new WorkflowTaskOptions(TargetAppId: "wf"));
            await context.CallActivityAsync("A", options: new WorkflowTaskOptions(TargetAppId: "nobody"));
            return null;
        },
    };

    public static TheoryData<string> Names => [.. Code.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Turns_RecordedFromDaprd_GetTheRecordedAnswers(string name)
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Replay", "Golden", "daprd-1.18.3.json")));
        var turns = file.RootElement.EnumerateArray().Single(c => c.GetProperty("name").GetString() == name).GetProperty("turns");
        foreach (var turn in turns.EnumerateArray())
        {
            var item = WorkItem.Parser.ParseFrom(turn.GetProperty("item").GetBytesFromBase64());
            var recorded = WorkflowResponse.Parser.ParseFrom(turn.GetProperty("answer").GetBytesFromBase64());
            if (IsChoiceOfTheRecorder(name, recorded)) continue;

            var options = new WorkflowRuntimeOptions();
            options.RegisterWorkflow(item.WorkflowRequest.PastEvents.Concat(item.WorkflowRequest.NewEvents).Select(e => e.ExecutionStarted?.Name).First(n => n is not null)!, Code[name]);
            var answer = ReplayTurn.Run(
                item.WorkflowRequest,
                (string workflow, out TaskFailureDetails? failure) => options.Registry.CreateWorkflow(workflow, null!, out failure),
                Serializer,
                NullLoggerFactory.Instance);
            Assert.Equal(Shape(recorded), Shape(answer));
        }
    }

    // What no code with our rules would do: continue as new in a turn without a reason, and give up while a call is open.
    private static bool IsChoiceOfTheRecorder(string name, WorkflowResponse recorded) =>
        recorded.Actions.Any(a => a.CompleteWorkflow is { } complete
            && (complete.WorkflowStatus == OrchestrationStatus.ContinuedAsNew || (name == "other-app-router" && complete.WorkflowStatus == OrchestrationStatus.Completed)));

    private static string Shape(WorkflowResponse response) => string.Join('\n', response.Actions.Select(a => a.WorkflowActionTypeCase switch
    {
        // A null input is absent in the recordings and empty with the SDK: the reader sees no difference.
        WorkflowAction.WorkflowActionTypeOneofCase.ScheduleTask => $"{a.Id} task {a.ScheduleTask.Name}({a.ScheduleTask.Input}) to {a.Router?.TargetAppID} from {a.Router?.SourceAppID}",
        WorkflowAction.WorkflowActionTypeOneofCase.CreateTimer => $"{a.Id} timer {a.CreateTimer.Name} {a.CreateTimer.OriginCase} {a.CreateTimer.ExternalEvent?.Name}",

        WorkflowAction.WorkflowActionTypeOneofCase.CompleteWorkflow =>
            $"{a.Id} {a.CompleteWorkflow.WorkflowStatus} {a.CompleteWorkflow.Result} {a.CompleteWorkflow.FailureDetails?.ErrorMessage}",
        _ => $"{a.Id} {a.WorkflowActionTypeCase}",
    }).Append($"status {response.CustomStatus}").Append($"patches {response.Version?.Patches}"));
}
