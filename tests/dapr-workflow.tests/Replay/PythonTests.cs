using System.Text.Json;
using System.Text.Json.Nodes;
using Dapr.Common.Serialization;
using Dapr.TaskHub.Protos;
using Dapr.Workflow;
using Dapr.Workflow.Worker.Replay;
using Microsoft.Extensions.Logging.Abstractions;
using OrderInventory.Testing;
using static Dapr.TaskHub.Protos.WorkflowAction;

namespace DaprWorkflow.Tests.Replay;

/// <summary>The work items that the Python SDK had from daprd, given to the same workflows in C#: the actions are those of the SDK, but for the listed differences.</summary>
public class PythonTests
{
    private static readonly JsonDaprSerializer Serializer = new();

    /// <summary>What is left out of the comparison, and why it differs. <c>docs/compatibility.md</c> shows it.</summary>
    private static readonly (string What, string Reason)[] Differences =
    [
        ("ids", "the SDK counts from 1, this library and the other official ones from 0"),
        ("the timer of the year 9999 for a wait without a limit", "the SDK alone sends it; it never fires"),
        ("the router on every action", "this library sends one only when it names another app"),
        ("the spaces in JSON", "another serializer; the values are compared"),
        ("a custom status of text, without quotes", "here it is JSON, as in the official .NET package"),
        ("ids of executions and of children that the code does not name", "each library has its own; here they follow from the execution"),
        ("types, messages and stacks of failed workflows", "each language has its own; what an activity or a child said is passed on by both"),
        ("times beyond microseconds", "the clock of Python ends there"),
        ("the time of an event that is carried over", "the SDK drops it; here it stays"),
    ];

    private static readonly Dictionary<string, Func<WorkflowContext, JsonElement?, Task<object?>>> Code = new()
    {
        ["one_activity"] = async (context, input) => await context.CallActivityAsync<string>("hello", input),
        ["three_activities"] = async (context, _) =>
        {
            var texts = new List<string>();
            for (var n = 0; n < 3; n++) texts.Add(await context.CallActivityAsync<string>("hello", new { n }));
            return texts;
        },
        ["fan_out"] = async (context, _) => await Task.WhenAll(Enumerable.Range(0, 3).Select(n => context.CallActivityAsync<string>("hello", n))),
        ["payloads"] = async (context, _) =>
        {
            foreach (var payload in new[] { null, "", "ü 😀" }) Assert.Null(await context.CallActivityAsync<string?>("nothing", payload));
            return null;
        },
        ["timer"] = async (context, _) =>
        {
            context.SetCustomStatus("sleeping");
            await context.CreateTimer(TimeSpan.FromSeconds(1));
            context.SetCustomStatus("awake");
            return true;
        },
        ["event"] = async (context, _) => await context.WaitForExternalEventAsync<JsonElement>("Approved"),
        ["event_timeout"] = async (context, _) =>
        {
            var approved = context.WaitForExternalEventAsync<int>("Approved");
            return await Task.WhenAny(approved, context.CreateTimer(TimeSpan.FromSeconds(1))) == approved ? await approved : "timeout";
        },
        ["event_param"] = async (context, _) =>
        {
            try
            {
                return await context.WaitForExternalEventAsync<int>("Approved", TimeSpan.FromSeconds(1));
            }
            catch (TaskCanceledException)
            {
                return "TimeoutError: Timed out after datetime.timedelta(seconds=1) waiting for external event 'Approved'";
            }
        },
        ["event_twice"] = async (context, _) => new[] { await context.WaitForExternalEventAsync<int>("e"), await context.WaitForExternalEventAsync<int>("E") },
        ["parent"] = async (context, _) => new[]
        {
            await context.CallChildWorkflowAsync<JsonElement>("kid", 1),
            await context.CallChildWorkflowAsync<JsonElement>("kid", 2, new ChildWorkflowTaskOptions($"{context.InstanceId}--given")),
        },
        ["kid"] = (_, input) => Task.FromResult<object?>(new { kid = input }),
        ["parent_of_bad"] = async (context, _) => $"caught TaskFailedError: Sub-orchestration task #1 failed: {(await FailureAsync(context.CallChildWorkflowAsync("bad_kid"))).ErrorMessage}",
        ["bad_kid"] = (_, _) => throw new FormatException("bad kid"),
        ["loop"] = async (context, input) =>
        {
            var round = input!.Value.GetInt32();
            if (round == 3) return new object[] { round, await context.WaitForExternalEventAsync<string>("kept") };
            await context.CallActivityAsync("hello", round);
            context.ContinueAsNew(round + 1);
            return null;
        },
        ["retry"] = async (context, input) => await context.CallActivityAsync<int>("flaky", input, Retry(3, 300, 2)),
        ["retry_gives_up"] = async (context, input) => await context.CallActivityAsync<int>("broken", input, Retry(2, 200)),
        ["child_retry"] = async (context, _) => await context.CallChildWorkflowAsync<int>("bad_kid", null, new ChildWorkflowTaskOptions(RetryPolicy: Retry(2, 200).RetryPolicy)),
        ["failing"] = (_, _) => throw new FormatException("workflow broke"),
        ["activity_fails"] = async (context, _) => await context.CallActivityAsync<int>("broken", 1),
        ["activity_fails_handled"] = async (context, _) =>
        {
            var failure = await FailureAsync(context.CallActivityAsync("broken", 1));
            await context.CallActivityAsync("hello", "compensate");
            return $"TaskFailedError: sdk-activity-fails-handled: Activity task #1 failed: {failure.ErrorMessage}";
        },
        ["unknown_activity"] = async (context, _) => await context.CallActivityAsync<int>("not_registered", 1),
        ["patched"] = async (context, _) =>
        {
            await context.CallActivityAsync("hello", context.IsPatched("new-way") ? "new" : "old");
            return context.IsPatched("new-way");
        },
        ["never"] = async (context, _) =>
        {
            context.SetCustomStatus("waiting");
            return await context.WaitForExternalEventAsync<int>("never");
        },
    };

    public static TheoryData<string> Names => [.. PythonRecording.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Turns_RecordedWithThePythonSdk_GetTheActionsOfTheSdk(string name)
    {
        var options = new WorkflowRuntimeOptions();
        foreach (var (workflow, code) in Code) options.RegisterWorkflow(workflow, code);
        var turns = PythonRecording.Read(name);

        Assert.NotEmpty(turns);
        Assert.All(turns, turn => Assert.Equal(Shape(turn.Answer), Shape(ReplayTurn.Run(
            turn.Item,
            (string workflow, out TaskFailureDetails? failure) => options.Registry.CreateWorkflow(workflow, null!, out failure),
            Serializer,
            NullLoggerFactory.Instance))));
    }

    [Fact]
    public void Document_DifferencesFromThePythonSdk_ListsThemAll() =>
        Assert.Null(DocumentTable.Difference("docs/compatibility.md", "python", ["what", "reason"], Differences.Select(entry => (string[])[entry.What, entry.Reason])));

    private static WorkflowTaskOptions Retry(int attempts, int milliseconds, double factor = 1) => new(new WorkflowRetryPolicy(attempts, TimeSpan.FromMilliseconds(milliseconds), factor));

    private static async Task<WorkflowTaskFailureDetails> FailureAsync(Task task) => (await Assert.ThrowsAsync<WorkflowTaskFailedException>(() => task)).FailureDetails;

    private static string Shape(WorkflowResponse response) => string.Join('\n', response.Actions.Select(action => action.WorkflowActionTypeCase switch
    {
        WorkflowActionTypeOneofCase.ScheduleTask => $"{action.Id} task {action.ScheduleTask.Name}({Json(action.ScheduleTask.Input)})",
        WorkflowActionTypeOneofCase.CreateTimer => $"{action.Id} timer {action.CreateTimer.OriginCase} {action.CreateTimer.ExternalEvent?.Name} {action.CreateTimer.FireAt.ToDateTime():yyyy-MM-ddTHH:mm:ss.ffffff}",
        WorkflowActionTypeOneofCase.CreateChildWorkflow =>
            $"{action.Id} child {action.CreateChildWorkflow.Name}({Json(action.CreateChildWorkflow.Input)}) {(action.CreateChildWorkflow.InstanceId.EndsWith("--given", StringComparison.Ordinal) ? action.CreateChildWorkflow.InstanceId : "")}",
        WorkflowActionTypeOneofCase.CompleteWorkflow =>
            $"{action.Id} {action.CompleteWorkflow.WorkflowStatus} {Json(action.CompleteWorkflow.Result)} {string.Join(',', action.CompleteWorkflow.CarryoverEvents.Select(e => e.EventRaised))} failed: {action.CompleteWorkflow.FailureDetails is not null}",
        _ => $"{action.Id} {action.WorkflowActionTypeCase}",
    }).Append($"status {response.CustomStatus?.Trim('"')}").Append($"patches {string.Join(',', response.Version?.Patches ?? [])}"));

    private static string Json(string? payload) => string.IsNullOrEmpty(payload) ? "" : JsonNode.Parse(payload)?.ToJsonString() ?? "null";
}
