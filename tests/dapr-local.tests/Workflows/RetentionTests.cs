using DaprLocal.Tests.Api;
using Dapr.TaskHub.Protos;
using DaprLocal.Config;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using OrderInventory.Testing;
using static DaprLocal.Tests.Workflows.EngineCalls;

namespace DaprLocal.Tests.Workflows;

/// <summary>Instances that are over go when their time has come, and nothing else goes.</summary>
public sealed class RetentionTests
{
    private static readonly WorkflowRetention Keep = new(TimeSpan.FromHours(1), TimeSpan.FromHours(2), null, TimeSpan.FromHours(3));

    private readonly FakeTimeProvider _time = new(Noon);

    [Fact]
    public async Task Purge_EveryEnd_AfterItsOwnTimeOrTheCommonOne()
    {
        await using var host = await EngineAsync(NewPath(), _time, Keep);
        await using var worker = await ScriptedWorker.ConnectAsync(host.TaskHub);
        await RunAsync(host, worker, "completed", ScriptedWorker.Complete(0));
        await RunAsync(host, worker, "failed", ScriptedWorker.Complete(0, null, OrchestrationStatus.Failed));
        await RunAsync(host, worker, "canceled", ScriptedWorker.Complete(0, null, OrchestrationStatus.Canceled));
        await RunAsync(host, worker, "terminated", ScriptedWorker.Complete(0, null, OrchestrationStatus.Terminated));
        await RunAsync(host, worker, "running", TimerAction(0, Noon.AddDays(1)));

        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(["completed", "failed", "canceled", "terminated", "running"], host.Workflows.List(0, 10).Ids);
        await LeftAfterAsync(host, TimeSpan.FromMinutes(1), "completed", "terminated", "running");
        await LeftAfterAsync(host, TimeSpan.FromHours(1), "terminated", "running");
        await LeftAfterAsync(host, TimeSpan.FromHours(1), "running");
        var missing = await Assert.ThrowsAsync<RpcException>(async () => await host.TaskHub.GetInstanceHistoryAsync(new GetInstanceHistoryRequest { InstanceId = "completed" }));
        Assert.Equal(StatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task Purge_TimePassedWhileClosed_HappensAtTheNextStartOfTheSameOrAnotherPolicy()
    {
        var path = NewPath();
        await using (var host = await EngineAsync(path, _time, Keep))
        {
            await using var worker = await ScriptedWorker.ConnectAsync(host.TaskHub);
            await RunAsync(host, worker, "first", ScriptedWorker.Complete(0));
            _time.Advance(TimeSpan.FromHours(1));
            await RunAsync(host, worker, "second", ScriptedWorker.Complete(0));
        }

        _time.Advance(TimeSpan.FromHours(1));
        await using var again = await EngineAsync(path, _time);

        // The policy of the moment of completion counts.
        await LeftAfterAsync(again, TimeSpan.Zero, "second");
        await LeftAfterAsync(again, TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task Purge_EndedWithoutAPolicy_NeverHappens()
    {
        var path = NewPath();
        await using (var host = await EngineAsync(path, _time))
        {
            await using var worker = await ScriptedWorker.ConnectAsync(host.TaskHub);
            await RunAsync(host, worker, "old", ScriptedWorker.Complete(0));
        }

        await using var again = await EngineAsync(path, _time, Keep);
        await using var other = await ScriptedWorker.ConnectAsync(again.TaskHub);
        await RunAsync(again, other, "new", ScriptedWorker.Complete(0));

        await LeftAfterAsync(again, TimeSpan.FromDays(1000), "old");
    }

    [Fact]
    public async Task Purge_IdUsedAgain_LeavesTheNewRun()
    {
        await using var host = await EngineAsync(NewPath(), _time, Keep);
        await using var worker = await ScriptedWorker.ConnectAsync(host.TaskHub);
        await RunAsync(host, worker, "a", ScriptedWorker.Complete(0));
        await RunAsync(host, worker, "due with the first run of a", ScriptedWorker.Complete(0));
        _time.Advance(TimeSpan.FromHours(1));
        await RunAsync(host, worker, "a", TimerAction(0, Noon.AddDays(1)));

        await LeftAfterAsync(host, TimeSpan.FromHours(1), "a");
        Assert.Equal(OrchestrationStatus.Running, host.Workflows.Get("a")!.Status);
        await host.Workflows.RaiseEventAsync("a", "go", null, CancellationToken.None);
        await worker.TurnAsync("a");
        await worker.AnswerAsync("a", ScriptedWorker.Complete(1));
        await LeftAfterAsync(host, TimeSpan.FromHours(2));
    }

    [Fact]
    public async Task Purge_ChildOfARunningParentAndParentOfARunningChild_OthersGoOn()
    {
        await using var host = await EngineAsync(NewPath(), _time, Keep);
        await using var worker = await ScriptedWorker.ConnectAsync(host.TaskHub);
        await RunAsync(host, worker, "parent", Child(0, "child"), Child(1, "slow"));
        await worker.TurnAsync("child");
        await worker.TurnAsync("slow");
        await worker.AnswerAsync("child", ScriptedWorker.Complete(0, "\"done\""));
        var turn = await worker.TurnAsync("parent");
        await worker.AnswerAsync("slow", TimerAction(0, Noon.AddDays(1)));

        await LeftAfterAsync(host, TimeSpan.FromHours(2), "parent", "slow");
        await worker.AnswerAsync("parent", ScriptedWorker.Complete(2, turn.NewEvents[1].ChildWorkflowInstanceCompleted.Result));
        Assert.Equal("\"done\"", (await CompletionAsync(host, "parent")).Output);
        await LeftAfterAsync(host, TimeSpan.FromHours(2), "slow");
        await host.Workflows.RaiseEventAsync("slow", "go", null, CancellationToken.None);
        await worker.TurnAsync("slow");
        await worker.AnswerAsync("slow", ScriptedWorker.Complete(1));
        Assert.Equal(OrchestrationStatus.Completed, (await CompletionAsync(host, "slow")).WorkflowStatus);
    }

    [Fact]
    public async Task Purge_MoreThanOneBatch_AllGoAndNoRowIsLeft()
    {
        var path = NewPath();
        await using (var host = await EngineAsync(path, _time, Keep))
        {
            await using var worker = await AutoWorker.ConnectAsync(host.TaskHub, _ => [ScriptedWorker.Complete(0)]);
            await Parallel.ForEachAsync(Enumerable.Range(0, FullSize.Or(full: 1_200, small: 600)), async (i, _) => await Start(host, $"i{i}", "S"));
            await LeftAfterAsync(host, TimeSpan.FromHours(2));
        }

        await using var file = new SqliteConnection($"Data Source={path}");
        await file.OpenAsync();
        await using var count = file.CreateCommand();
        count.CommandText = "SELECT (SELECT COUNT(*) FROM instances) + (SELECT COUNT(*) FROM history) + (SELECT COUNT(*) FROM inbox) + (SELECT COUNT(*) FROM timers)";
        Assert.Equal(0L, await count.ExecuteScalarAsync());
    }

    private static WorkflowAction TimerAction(int id, DateTimeOffset at) => new() { Id = id, CreateTimer = new CreateTimerAction { FireAt = Timestamp.FromDateTimeOffset(at) } };

    private static WorkflowAction Child(int id, string instanceId) => new() { Id = id, CreateChildWorkflow = new CreateChildWorkflowAction { InstanceId = instanceId, Name = "C" } };

    private static async Task RunAsync(RunningSidecar host, ScriptedWorker worker, string id, params WorkflowAction[] actions)
    {
        var start = Start(host, id, "S");
        await worker.TurnAsync(id);
        await worker.AnswerAsync(id, actions);
        await start;
    }

    private async Task LeftAfterAsync(RunningSidecar host, TimeSpan time, params string[] left)
    {
        _time.Advance(time);
        await Eventually.TrueAsync(() => host.Workflows.List(0, 10).Ids.SequenceEqual(left), $"left are {string.Join(", ", left)}");
    }
}
