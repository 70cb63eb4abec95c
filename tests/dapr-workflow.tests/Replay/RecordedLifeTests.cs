using System.Text.Json;
using Dapr.Common.Serialization;
using Dapr.TaskHub.Protos;
using Dapr.Workflow;
using Dapr.Workflow.Worker.Replay;
using Microsoft.Extensions.Logging.Abstractions;
using OrderInventory.Testing;

namespace DaprWorkflow.Tests.Replay;

/// <summary>Children, suspensions and terminations as daprd 1.18.3 sent them: the actions are those that the recorder gave. The custom status was its free choice.</summary>
public class RecordedLifeTests
{
    private static readonly JsonDaprSerializer Serializer = new();

    private static readonly Dictionary<string, (string File, Func<WorkflowContext, Task<string?>> Code)> Cases = new()
    {
        ["child-success"] = ("children", async context =>
        {
            Assert.Equal("kid", await context.CallChildWorkflowAsync<string>("Kid", "in", Kid(context)));
            return "parent";
        }
        ),
        ["child-failure"] = ("children", async context =>
        {
            var failure = await FailureAsync(context);
            Assert.Equal(("E", "m", "s"), (failure.ErrorType, failure.ErrorMessage, failure.StackTrace));
            return null;
        }
        ),
        ["child-terminated"] = ("children", async context =>
        {
            await FailureAsync(context);
            return null;
        }
        ),
        ["child-id-taken-by-running"] = ("children", async context =>
        {
            Assert.Equal("WorkflowInstanceAlreadyExists", (await FailureAsync(context, "taken")).ErrorType);
            return "handled";
        }
        ),
        ["suspend-buffers-events"] = ("suspend-terminate", async context =>
        {
            Assert.Equal("a", await context.CallActivityAsync<string>("A"));
            foreach (var number in new[] { 1, 2 }) Assert.Equal(number, await context.WaitForExternalEventAsync<int>("e"));
            return "end";
        }
        ),
        ["terminate-running"] = ("suspend-terminate", context => context.CallActivityAsync<string?>("A")),
        ["terminate-no-output"] = ("suspend-terminate", context => context.WaitForExternalEventAsync<string?>("never")),
        ["terminate-suspended"] = ("suspend-terminate", context => context.WaitForExternalEventAsync<string?>("never")),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Turns_OfALife_GetTheRecordedActions(string name)
    {
        WorkflowRequest? item = null;
        var turns = 0;
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, $"tests/conformance/golden/workflow/{Cases[name].File}.json")));
        foreach (var step in file.RootElement.GetProperty("cases").EnumerateArray().Single(@case => @case.GetProperty("name").GetString() == name).GetProperty("steps").EnumerateArray())
        {
            if (!step.TryGetProperty("worker", out var call) || !step.TryGetProperty("base64", out var bytes)) continue;
            if (call.GetString() == "GetWorkItems" && WorkItem.Parser.ParseFrom(bytes.GetBytesFromBase64()).WorkflowRequest is { } next && next.InstanceId == name) item = next;
            if (call.GetString() is not ("CompleteOrchestratorTask" or "CompleteWorkflowTask")) continue;
            var recorded = WorkflowResponse.Parser.ParseFrom(bytes.GetBytesFromBase64());
            if (recorded.InstanceId != name) continue;

            turns++;
            Assert.Equal(recorded.Actions.Select(Shape), Answer(name, item!).Actions.Select(Shape));
        }

        Assert.True(turns > 1);
    }

    private static WorkflowResponse Answer(string name, WorkflowRequest item)
    {
        var options = new WorkflowRuntimeOptions();
        options.RegisterWorkflow<object?, string?>(item.PastEvents.Concat(item.NewEvents).First(e => e.ExecutionStarted is not null).ExecutionStarted.Name, (context, _) => Cases[name].Code(context));
        return ReplayTurn.Run(
            item,
            (string workflow, out TaskFailureDetails? failure) => options.Registry.CreateWorkflow(workflow, null!, out failure),
            Serializer,
            NullLoggerFactory.Instance);
    }

    private static ChildWorkflowTaskOptions Kid(WorkflowContext context, string kid = "kid") => new($"{context.InstanceId}--{kid}");

    private static async Task<WorkflowTaskFailureDetails> FailureAsync(WorkflowContext context, string kid = "kid") =>
        (await Assert.ThrowsAsync<WorkflowTaskFailedException>(() => context.CallChildWorkflowAsync("Kid", null, Kid(context, kid)))).FailureDetails;

    private static string Shape(WorkflowAction action) => action.CreateChildWorkflow is { } child
        ? $"{action.Id} child {child.Name}({child.Input}) {child.InstanceId}"
        : Instance.Describe(action);
}
