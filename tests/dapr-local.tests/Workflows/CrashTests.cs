using DaprLocal.Tests.Api;
using Dapr.TaskHub.Protos;
using Google.Protobuf.WellKnownTypes;
using static DaprLocal.Tests.Workflows.EngineCalls;

namespace DaprLocal.Tests.Workflows;

/// <summary>
/// A crash after every single transaction of the engine, with the next one torn: what is on disk agrees with itself, is
/// continued and never rewritten, and everything ends as without the crash. The caller repeats what it had asked for.
/// </summary>
public sealed class CrashTests
{
    private static readonly string[] FirstGeneration =
        ["WorkflowStarted", "ExecutionStarted", "TaskScheduled", "TaskScheduled", "TimerCreated", "EventRaised", "TaskCompleted", "TaskCompleted", "TimerFired", "ChildWorkflowInstanceCreated", "ChildWorkflowInstanceCompleted"];

    [Fact]
    public async Task Crash_AfterEveryTransactionOfALife_EndsAsWithoutIt()
    {
        var images = await ImagesAsync(LifeAsync);
        Assert.True(images.Count >= FirstGeneration.Length, $"{images.Count} transactions");
        foreach (var image in images)
        {
            var before = await RowChecks.CheckAsync(image);
            await RunAsync(image, LifeAsync, _ => { });
            AssertContinued(before, await RowChecks.CheckAsync(image));
        }
    }

    [Fact]
    public async Task Crash_AfterEveryTransactionOfATerminationAndPurge_LeavesNothing()
    {
        var images = await ImagesAsync(TerminateAndPurgeAsync);
        Assert.True(images.Count >= 8, $"{images.Count} transactions");
        foreach (var image in images)
        {
            await RowChecks.CheckAsync(image);
            await RunAsync(image, TerminateAndPurgeAsync, _ => { });
            Assert.Empty(await RowChecks.CheckAsync(image));
        }
    }

    private static async Task<IReadOnlyList<string>> ImagesAsync(Func<RunningSidecar, Task> client)
    {
        IReadOnlyList<string> images = [];
        var path = NewPath();
        await RunAsync(path, client, _ => images = CrashImages.Of(path));
        return images;
    }

    private static async Task RunAsync(string path, Func<RunningSidecar, Task> client, Action<RunningSidecar> whileOpen)
    {
        await using var host = await EngineAsync(path);
        await using var worker = await AutoWorker.ConnectAsync(host.TaskHub, Workflow);
        await client(host);
        whileOpen(host);
    }

    // The commands that a caller gives; each of them may have been given before the crash.
    private static async Task LifeAsync(RunningSidecar host)
    {
        if (host.Workflows.Get("a") is null) await Start(host, "a", "life", "0");
        await host.TaskHub.SuspendInstanceAsync(new SuspendRequest { InstanceId = "a" });
        await host.TaskHub.ResumeInstanceAsync(new ResumeRequest { InstanceId = "a" });
        await host.TaskHub.RaiseEventAsync(new RaiseEventRequest { InstanceId = "a", Name = "go" });
        var state = await CompletionAsync(host, "a");
        Assert.Equal((OrchestrationStatus.Completed, "\"done\""), (state.WorkflowStatus, state.Output));
        Assert.Equal(OrchestrationStatus.Completed, (await CompletionAsync(host, "a-child")).WorkflowStatus);
    }

    private static async Task TerminateAndPurgeAsync(RunningSidecar host)
    {
        if (host.Workflows.Get("a") is null) await Start(host, "a", "waits", "0");
        await OrderInventory.Testing.Eventually.GetAsync(() => Task.FromResult(host.Workflows.Get("a-child")), child => child is not null, TimeSpan.FromSeconds(20), "the child exists");
        await host.TaskHub.TerminateInstanceAsync(new TerminateRequest { InstanceId = "a", Recursive = true });
        Assert.Equal(OrchestrationStatus.Terminated, (await CompletionAsync(host, "a")).WorkflowStatus);
        Assert.Equal(OrchestrationStatus.Terminated, (await CompletionAsync(host, "a-child")).WorkflowStatus);
        Assert.Equal(2, (await host.TaskHub.PurgeInstancesAsync(new PurgeInstancesRequest { InstanceId = "a", Recursive = true })).DeletedInstanceCount);
    }

    private static IEnumerable<WorkflowAction> Workflow(WorkflowRequest request)
    {
        var events = request.PastEvents.Concat(request.NewEvents).ToList();
        var started = events.First(e => e.ExecutionStarted is not null).ExecutionStarted;
        bool Created(int id) => events.Exists(e => e.EventId == id && (e.TaskScheduled is not null || e.ChildWorkflowInstanceCreated is not null || e.TimerCreated is not null));
        bool IsDone(int id) => events.Exists(e => e.TaskCompleted?.TaskScheduledId == id || e.TimerFired?.TimerId == id || e.ChildWorkflowInstanceCompleted?.TaskScheduledId == id);
        WorkflowAction Child(int id, string name) => new() { Id = id, CreateChildWorkflow = new CreateChildWorkflowAction { InstanceId = request.InstanceId + "-child", Name = name, Input = "0" } };
        switch ((started.Name, started.Input))
        {
            case ("life", "0") when !Created(0):
                return [ScriptedWorker.Task(0, "Echo", "0"), ScriptedWorker.Task(1, "Echo", "1"), new WorkflowAction { Id = 2, CreateTimer = new CreateTimerAction { FireAt = Timestamp.FromDateTimeOffset(Noon) } }];
            case ("life", "0") when IsDone(0) && IsDone(1) && IsDone(2) && events.Exists(e => e.EventRaised is not null) && !Created(3):
                return [Child(3, "short")];
            case ("life", "0") when IsDone(3):
                return [ScriptedWorker.Complete(4, "1", OrchestrationStatus.ContinuedAsNew)];
            case ("waits", _) when !Created(0):
                return [Child(0, "patient")];
            case ("short", _) or ("life", "1") when !Created(0):
                return [ScriptedWorker.Task(0, "Echo", "0")];
            case ("short", _) or ("life", "1") when IsDone(0):
                return [ScriptedWorker.Complete(1, "\"done\"")];
            default:
                return [];
        }
    }

    private static void AssertContinued(Dictionary<string, List<HistoryEvent>> before, Dictionary<string, List<HistoryEvent>> after)
    {
        foreach (var (run, history) in before)
        {
            // The first generation of "a" is replaced by the second.
            if (after.TryGetValue(run, out var longer)) Assert.Equal(history, longer.Take(history.Count));
            else Assert.Subset(FirstGeneration.ToHashSet(), history.Select(e => e.EventTypeCase.ToString()).ToHashSet().Except(["ExecutionSuspended", "ExecutionResumed"]).ToHashSet());
        }
    }
}
