using System.Diagnostics;
using Dapr.TaskHub.Protos;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.Time.Testing;
using OrderInventory.Testing;
using Xunit.Abstractions;
using static DaprLocal.Tests.Workflows.EngineCalls;

namespace DaprLocal.Tests.Workflows;

/// <summary>What the recordings cannot show: workers that come and go, restarts, fences and load.</summary>
public sealed class EngineTests(ITestOutputHelper output)
{
    [Fact]
    public async Task GetWorkItems_StreamCloses_TurnAndActivityComeAgain()
    {
        await using var host = await EngineAsync(NewPath());
        var first = await ScriptedWorker.ConnectAsync(host.TaskHub);
        var start = Start(host, "a", "1");
        await first.TurnAsync("a");
        await first.DisposeAsync();

        await using (var second = await ScriptedWorker.ConnectAsync(host.TaskHub))
        {
            Assert.Equal(2, (await second.TurnAsync("a")).NewEvents.Count);
            await second.AnswerAsync("a", ScriptedWorker.Task(0, "Echo"));
            await start;
            await second.ActivityAsync("a");
        }

        await using var third = await ScriptedWorker.ConnectAsync(host.TaskHub);
        Assert.Equal("exec-0", (await third.ActivityAsync("a")).TaskExecutionId);
        await third.ResultAsync("a", 0, "1");
        await third.TurnAsync("a");
        await third.AnswerAsync("a", ScriptedWorker.Complete(1));
        Assert.Equal(OrchestrationStatus.Completed, (await CompletionAsync(host, "a")).WorkflowStatus);
    }

    [Fact]
    public async Task StartInstance_AtOneReplica_RunsOnTheWorkerOfAnother()
    {
        await using var host = await EngineAsync(NewPath());
        await using var replica = await host.ReplicaAsync();
        await using var worker = await ScriptedWorker.ConnectAsync(replica.TaskHub);

        var start = Start(host, "a", "1");
        await worker.TurnAsync("a");
        await worker.AnswerAsync("a", ScriptedWorker.Complete(0));
        await start;

        Assert.Equal(OrchestrationStatus.Completed, (await CompletionAsync(host, "a")).WorkflowStatus);
    }

    [Fact]
    public async Task Calls_NoWorkerIsConnected_AreTakenAndWaitForATurnWhereTheyNeedOne()
    {
        await using var host = await EngineAsync(NewPath());
        var start = Start(host, "a", "T");
        await Eventually.TrueAsync(() => host.Workflows.Get("a") is not null, "the start is taken");
        await host.TaskHub.RaiseEventAsync(new RaiseEventRequest { InstanceId = "a", Name = "e" });
        var suspend = host.TaskHub.SuspendInstanceAsync(new SuspendRequest { InstanceId = "a" }).ResponseAsync;
        var state = await host.TaskHub.GetInstanceAsync(new GetInstanceRequest { InstanceId = "a" });
        await Assert.ThrowsAsync<RpcException>(async () => await host.TaskHub.PurgeInstancesAsync(new PurgeInstancesRequest { InstanceId = "a" }));
        Assert.Equal((OrchestrationStatus.Pending, false, false), (state.WorkflowState.WorkflowStatus, start.IsCompleted, suspend.IsCompleted));

        await using var worker = await AutoWorker.ConnectAsync(host.TaskHub, _ => []);

        await start;
        await suspend;
        Assert.Equal(OrchestrationStatus.Suspended, host.Workflows.Get("a")!.Status);
        Assert.Contains("EventRaised", Kinds(host, "a"));
    }

    [Fact]
    public async Task CompleteTask_ThousandActivitiesInOneResponse_AllComeAndTheirResultsCount()
    {
        await using var host = await EngineAsync(NewPath());
        await using var worker = await AutoWorker.ConnectAsync(host.TaskHub, request =>
        {
            var results = request.PastEvents.Concat(request.NewEvents).Count(e => e.TaskCompleted is not null);
            return request.PastEvents.Count == 0 ? Enumerable.Range(0, 1_000).Select(id => ScriptedWorker.Task(id, "Echo", $"{id}"))
                : results == 1_000 ? [ScriptedWorker.Complete(1_000, $"{results}")]
                : [];
        });

        await Start(host, "a", "Fan");

        Assert.Equal("1000", (await CompletionAsync(host, "a")).Output);
    }

    [Fact]
    public async Task GetWorkItems_StalledForItsSize_TriesAgainWithALargerLimit()
    {
        var path = NewPath();
        var input = new string('x', 3_000_000);
        await using (var small = await EngineAsync(path, maxBodySize: 3_100_000))
        {
            await using var worker = await ScriptedWorker.ConnectAsync(small.TaskHub);
            var refused = await Assert.ThrowsAsync<RpcException>(() => Start(small, "a", "Big", input));
            Assert.Equal("failed to invoke reminder for workflow 'a': actor is stalled", refused.Status.Detail);
            // A new worker makes it try again; the next instance's turn comes behind that.
            await using var another = await ScriptedWorker.ConnectAsync(small.TaskHub);
            var next = Start(small, "next", "Small");
            var turn = await Task.WhenAny(worker.TurnAsync("next"), another.TurnAsync("next"));
            Assert.Equal("next", (await turn).InstanceId);
            await worker.AnswerAsync("next", ScriptedWorker.Complete(0));
            await next;
            Assert.Equal(["ExecutionStalled"], Kinds(small, "a"));
        }

        await using var large = await EngineAsync(path);
        await using var other = await ScriptedWorker.ConnectAsync(large.TaskHub);
        Assert.Equal(input, (await other.TurnAsync("a")).NewEvents.Single(e => e.ExecutionStarted is not null).ExecutionStarted.Input);
        await other.AnswerAsync("a", ScriptedWorker.Complete(0));
        Assert.Equal(OrchestrationStatus.Completed, (await CompletionAsync(large, "a")).WorkflowStatus);
    }

    [Fact]
    public async Task CompleteTask_OfAnOlderDispatch_IsIgnored()
    {
        await using var host = await EngineAsync(NewPath());
        var first = await ScriptedWorker.ConnectAsync(host.TaskHub);
        var start = Start(host, "a", "1");
        var old = (await first.NextAsync()).CompletionToken;
        await first.DisposeAsync();
        await using var second = await ScriptedWorker.ConnectAsync(host.TaskHub);
        await second.TurnAsync("a");

        await host.TaskHub.CompleteWorkflowTaskAsync(new WorkflowResponse { InstanceId = "a", CompletionToken = old, Actions = { ScriptedWorker.Complete(0, "\"stale\"") } });
        await host.TaskHub.CompleteActivityTaskAsync(new ActivityResponse { InstanceId = "a", TaskId = 7, Result = "nobody asked" });
        await second.AnswerAsync("a", ScriptedWorker.Complete(0, "\"fresh\""));

        await start;
        Assert.Equal("\"fresh\"", (await CompletionAsync(host, "a")).Output);
    }

    [Fact]
    public async Task CompleteTask_RepeatsAnIdOfTheHistory_TurnIsSentAgain()
    {
        await using var host = await EngineAsync(NewPath());
        await using var worker = await ScriptedWorker.ConnectAsync(host.TaskHub);
        var start = Start(host, "a", "1");
        await worker.TurnAsync("a");
        await worker.AnswerAsync("a", ScriptedWorker.Task(0, "Echo"));
        await start;
        await worker.ActivityAsync("a");
        await worker.ResultAsync("a", 0, "1");

        await worker.TurnAsync("a");
        await worker.AnswerAsync("a", ScriptedWorker.Task(0, "Echo"));
        var again = await worker.TurnAsync("a");
        await worker.AnswerAsync("a", ScriptedWorker.Complete(1));

        Assert.NotNull(again.NewEvents[1].TaskCompleted);
        Assert.Equal(OrchestrationStatus.Completed, (await CompletionAsync(host, "a")).WorkflowStatus);
        Assert.Equal(["WorkflowStarted", "ExecutionStarted", "TaskScheduled", "WorkflowStarted", "TaskCompleted", "ExecutionCompleted"], Kinds(host, "a"));
    }

    [Fact]
    public async Task CompleteTask_ContinuesAsNew_OldResultsAndTimersStayOutside()
    {
        var time = new FakeTimeProvider(Noon);
        await using var host = await EngineAsync(NewPath(), time);
        await using var worker = await ScriptedWorker.ConnectAsync(host.TaskHub);
        var start = Start(host, "a", "T");
        await worker.TurnAsync("a");
        await worker.AnswerAsync("a", ScriptedWorker.Task(0, "Old"), new WorkflowAction { Id = 1, CreateTimer = new CreateTimerAction { FireAt = Timestamp.FromDateTimeOffset(Noon.AddSeconds(1)) } });
        await start;
        var old = await worker.NextAsync(item => item.ActivityRequest is not null);
        await host.TaskHub.RaiseEventAsync(new RaiseEventRequest { InstanceId = "a", Name = "go" });
        await worker.TurnAsync("a");
        await worker.AnswerAsync("a", ScriptedWorker.Complete(2, "2", OrchestrationStatus.ContinuedAsNew));
        await worker.TurnAsync("a");
        await worker.AnswerAsync("a", ScriptedWorker.Task(0, "New"));
        var fresh = await worker.NextAsync(item => item.ActivityRequest?.Name == "New");

        time.Advance(TimeSpan.FromSeconds(5));
        await host.TaskHub.CompleteActivityTaskAsync(new ActivityResponse { InstanceId = "a", TaskId = 0, Result = "old", CompletionToken = old.CompletionToken });
        await host.TaskHub.CompleteActivityTaskAsync(new ActivityResponse { InstanceId = "a", TaskId = 0, Result = "new", CompletionToken = fresh.CompletionToken });
        var turn = await worker.TurnAsync("a");

        Assert.Equal("new", Assert.Single(turn.NewEvents, e => e.WorkflowStarted is null).TaskCompleted.Result);
    }

    [Fact]
    public async Task CompleteTask_PatchMissing_StallsUntilAnotherWorkerComes()
    {
        await using var host = await EngineAsync(NewPath());
        await using var worker = await ScriptedWorker.ConnectAsync(host.TaskHub);
        var start = Start(host, "a", "T");
        await worker.TurnAsync("a");
        await host.TaskHub.CompleteWorkflowTaskAsync(new WorkflowResponse { InstanceId = "a", Version = new WorkflowVersion { Patches = { "p1" } } });
        await start;
        await host.TaskHub.RaiseEventAsync(new RaiseEventRequest { InstanceId = "a", Name = "e" });
        await worker.TurnAsync("a");
        await worker.AnswerAsync("a", ScriptedWorker.Complete(0));

        var refused = await Assert.ThrowsAsync<RpcException>(async () => await host.TaskHub.RaiseEventAsync(new RaiseEventRequest { InstanceId = "a", Name = "e" }));
        Assert.Equal((StatusCode.Unknown, "failed to invoke method for workflow 'a': actor is stalled"), (refused.StatusCode, refused.Status.Detail));
        Assert.Equal(OrchestrationStatus.Stalled, host.Workflows.Get("a")!.Status);
        Assert.Equal("Patch mismatch. History patches: [p1], current patches: []. ", host.Workflows.GetHistory("a")![^1].ExecutionStalled.Description);

        await worker.DisposeAsync();
        await using var other = await ScriptedWorker.ConnectAsync(host.TaskHub);
        await other.TurnAsync("a");
        await host.TaskHub.CompleteWorkflowTaskAsync(new WorkflowResponse { InstanceId = "a", Actions = { ScriptedWorker.Complete(0) }, Version = new WorkflowVersion { Patches = { "p1", "p2" } } });
        Assert.Equal(OrchestrationStatus.Completed, (await CompletionAsync(host, "a")).WorkflowStatus);
    }

    public static TheoryData<WorkflowAction[], string> Unsupported => new()
    {
        { [new() { Id = 3, SendEvent = new SendEventAction { Name = "e" } }], "SendEventUnsupportedOnDapr" },
        { [new() { Id = 3, TerminateWorkflow = new TerminateWorkflowAction { InstanceId = "other" } }], "UnsupportedAction" },
        { [new() { Id = 3, CreateDetachedWorkflow = new CreateDetachedWorkflowAction { InstanceId = "other", Name = "T" } }], "UnsupportedAction" },
        { [new() { Id = 3 }], "UnsupportedAction" },
        { [new() { Id = 3, ScheduleTask = new ScheduleTaskAction { Name = "Echo" }, Router = new TaskRouter { TargetAppID = "other" } }], "UnknownTargetApp" },
        { [ScriptedWorker.Task(0, "Echo"), ScriptedWorker.Task(0, "Echo")], "DuplicateActionId" },
    };

    [Theory]
    [MemberData(nameof(Unsupported))]
    public async Task CompleteTask_ActionsThatCannotBe_WorkflowFails(WorkflowAction[] actions, string errorType)
    {
        await using var host = await EngineAsync(NewPath());
        await using var worker = await AutoWorker.ConnectAsync(host.TaskHub, _ => actions);

        await Start(host, "a", "T");

        var a = await CompletionAsync(host, "a");
        Assert.Equal((OrchestrationStatus.Failed, errorType), (a.WorkflowStatus, a.FailureDetails.ErrorType));
        Assert.Null(host.Workflows.Get("other"));
    }

    [Fact]
    public async Task StartInstance_TraceParentInHeaders_GoesToTheWorkflow()
    {
        const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        await using var host = await EngineAsync(NewPath());
        await using var worker = await ScriptedWorker.ConnectAsync(host.TaskHub);
        var start = host.TaskHub.StartInstanceAsync(new CreateInstanceRequest { InstanceId = "a", Name = "T" }, new Metadata { { "traceparent", Parent } });

        var started = (await worker.TurnAsync("a")).NewEvents[1].ExecutionStarted;
        await worker.AnswerAsync("a", ScriptedWorker.Complete(0));

        await start;
        Assert.Equal((Parent, "b7ad6b7169203331"), (started.ParentTraceContext.TraceParent, started.WorkflowSpanID));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("")]
    [InlineData("00-00000000000000000000000000000000-b7ad6b7169203331-01")]
    public async Task StartInstance_BadTraceContext_IsRefused(string parent)
    {
        await using var host = await EngineAsync(NewPath());

        var error = await Assert.ThrowsAsync<RpcException>(async () => await host.TaskHub.StartInstanceAsync(
            new CreateInstanceRequest { InstanceId = "a", Name = "T", ParentTraceContext = new TraceContext { TraceParent = parent } }));

        Assert.Equal((StatusCode.Unknown, $"'{parent}' is no trace parent"), (error.StatusCode, error.Status.Detail));
    }

    [Fact]
    public async Task StartInstance_ManyAtOnce_AllComplete()
    {
        var many = FullSize.Or(full: 500, small: 150);
        await using var host = await EngineAsync(NewPath());
        await using var worker = await AutoWorker.ConnectAsync(host.TaskHub);
        var watch = Stopwatch.StartNew();

        await Task.WhenAll(Enumerable.Range(0, many).Select(async i =>
        {
            await host.TaskHub.StartInstanceAsync(new CreateInstanceRequest { InstanceId = $"i{i}", Name = "2" });
            Assert.Equal("\"done\"", (await CompletionAsync(host, $"i{i}")).Output);
        }));

        output.WriteLine($"{many} instances, {3 * many} turns, {2 * many} activities in {watch.Elapsed.TotalMilliseconds:F0} ms: {3 * many / watch.Elapsed.TotalSeconds:F0} turns/s");
    }
}
