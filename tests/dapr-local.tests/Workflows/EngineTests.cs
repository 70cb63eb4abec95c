using System.Diagnostics;
using Dapr.TaskHub.Protos;
using DaprLocal.Config;
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
    public async Task GetWorkItems_ConcurrencyLimits_NextItemComesWithAnAnswer()
    {
        await using var host = await EngineAsync(NewPath(), settings: WorkflowSettings.Default with { MaxTurns = 1, MaxActivities = 2 });
        await using var worker = await ScriptedWorker.ConnectAsync(host.TaskHub);
        var start = Start(host, "a", "S");
        await worker.TurnAsync("a");
        await worker.AnswerAsync("a", [.. Enumerable.Range(0, 3).Select(id => ScriptedWorker.Task(id, "T"))]);
        await start;
        var first = await worker.ActivityAsync("a");
        await worker.ActivityAsync("a");
        var second = Start(host, "b", "S");
        await worker.TurnAsync("b");
        var third = Start(host, "c", "S");
        await Eventually.TrueAsync(() => host.Workflows.Get("c") is not null, "c is accepted");

        await worker.ResultAsync("a", first.TaskId, "1");
        Assert.Equal(2, (await worker.ActivityAsync("a")).TaskId);
        Assert.Empty(worker.Unexpected());

        await worker.AnswerAsync("b", ScriptedWorker.Complete(0));
        await second;
        await worker.TurnAsync("c");
        Assert.Empty(worker.Unexpected());
        await worker.AnswerAsync("c", ScriptedWorker.Complete(0));
        await third;
        await worker.TurnAsync("a");
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
    public async Task CompleteTask_ContinuesAsNewInATightLoop_PausesEveryTwentyGenerations()
    {
        var time = new FakeTimeProvider(Noon) { AutoAdvanceAmount = TimeSpan.FromMilliseconds(1) };
        await using var host = await EngineAsync(NewPath(), time);
        await using var worker = await AutoWorker.ConnectAsync(host.TaskHub, request =>
        {
            var generation = int.Parse(request.NewEvents.Single(e => e.ExecutionStarted is not null).ExecutionStarted.Input, System.Globalization.CultureInfo.InvariantCulture);
            return [ScriptedWorker.Complete(0, $"{generation + 1}", generation < 50 ? OrchestrationStatus.ContinuedAsNew : OrchestrationStatus.Completed)];
        });
        var start = Start(host, "a", "Loop", "0");

        await Eventually.TrueAsync(() => worker.Answered == 20, "20 generations are answered");
        Assert.Equal(OrchestrationStatus.Running, host.Workflows.Get("a")!.Status);
        await Eventually.TrueAsync(() => Advance(time) && worker.Answered == 51, "51 generations are answered");

        await start;
        Assert.Equal("51", (await CompletionAsync(host, "a")).Output);
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

    [Fact]
    public async Task CompleteTask_UnsupportedAction_WorkflowFails()
    {
        await using var host = await EngineAsync(NewPath());
        await using var worker = await AutoWorker.ConnectAsync(host.TaskHub, request => request.InstanceId == "a"
            ? [new WorkflowAction { Id = 3, SendEvent = new SendEventAction { Name = "e" } }]
            : [new WorkflowAction { Id = 3 }]);

        await Start(host, "a", "T");
        await Start(host, "b", "T");

        var (a, b) = (await CompletionAsync(host, "a"), await CompletionAsync(host, "b"));
        Assert.Equal((OrchestrationStatus.Failed, "SendEventUnsupportedOnDapr"), (a.WorkflowStatus, a.FailureDetails.ErrorType));
        Assert.Equal((OrchestrationStatus.Failed, "UnsupportedAction"), (b.WorkflowStatus, b.FailureDetails.ErrorType));
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
    [InlineData("nonsense", "hex encoded trace-id must have length equals to 32")]
    [InlineData("", "hex encoded trace-id must have length equals to 32")]
    [InlineData("00-00000000000000000000000000000000-b7ad6b7169203331-01", "trace-id can't be all zero")]
    public async Task StartInstance_BadTraceContext_IsRefused(string parent, string message)
    {
        await using var host = await EngineAsync(NewPath());

        var error = await Assert.ThrowsAsync<RpcException>(async () => await host.TaskHub.StartInstanceAsync(
            new CreateInstanceRequest { InstanceId = "a", Name = "T", ParentTraceContext = new TraceContext { TraceParent = parent } }));

        Assert.Equal((StatusCode.Unknown, message), (error.StatusCode, error.Status.Detail));
    }

    [Fact]
    public async Task StartInstance_FiveHundredAtOnce_AllComplete()
    {
        await using var host = await EngineAsync(NewPath());
        await using var worker = await AutoWorker.ConnectAsync(host.TaskHub);
        var watch = Stopwatch.StartNew();

        await Task.WhenAll(Enumerable.Range(0, 500).Select(async i =>
        {
            await host.TaskHub.StartInstanceAsync(new CreateInstanceRequest { InstanceId = $"i{i}", Name = "2" });
            Assert.Equal("\"done\"", (await CompletionAsync(host, $"i{i}")).Output);
        }));

        output.WriteLine($"500 instances, 1500 turns, 1000 activities in {watch.Elapsed.TotalMilliseconds:F0} ms: {1500 / watch.Elapsed.TotalSeconds:F0} turns/s");
    }

    private static bool Advance(FakeTimeProvider time)
    {
        time.Advance(TimeSpan.FromMilliseconds(500));
        return true;
    }
}
