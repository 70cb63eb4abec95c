using Dapr.Workflow;
using Grpc.Core;
using Microsoft.Extensions.Time.Testing;
using OrderInventory.Testing;

namespace DaprLocal.Tests.Library;

/// <summary>The life of instances: start, suspension, termination, generations, purge, states.</summary>
public sealed class LifecycleTests
{
    private static async Task<int> WaitForGoAsync(WorkflowContext context) => await context.WaitForExternalEventAsync<int>("go");

    [Fact]
    public async Task Schedule_FirstTurnTakesLong_ReturnsAfterItUnlessItHasAStartTime()
    {
        var time = new FakeTimeProvider(LibraryHost.Noon);
        using var gate = new ManualResetEventSlim();
        await using var host = await LibraryHost.StartAsync(
            context =>
            {
                gate.Wait();
                return WaitForGoAsync(context);
            },
            time: time);

        var start = host.Client.ScheduleNewWorkflowAsync("W", "a");
        await host.Client.ScheduleNewWorkflowAsync("W", "later", null, LibraryHost.Noon.AddHours(1)).WaitAsync(LibraryHost.Patience);
        await host.StatusAsync("later", WorkflowRuntimeStatus.Pending);
        Assert.False(start.IsCompleted);
        gate.Set();
        await start;

        Assert.Equal(WorkflowRuntimeStatus.Running, (await host.Client.GetWorkflowStateAsync("a")).RuntimeStatus);
        time.Advance(TimeSpan.FromHours(1));
        await host.StatusAsync("later", WorkflowRuntimeStatus.Running);
    }

    [Fact]
    public async Task Schedule_IdInUse_IsRefusedUntilItHasEndedAndThenStartsAnew()
    {
        await using var host = await LibraryHost.StartAsync(WaitForGoAsync);
        await host.Client.ScheduleNewWorkflowAsync("W", "a");
        Assert.Equal(StatusCode.AlreadyExists, (await Assert.ThrowsAsync<RpcException>(() => host.Client.ScheduleNewWorkflowAsync("W", "a"))).StatusCode);
        var first = ExecutionId(host);
        await host.Client.RaiseEventAsync("a", "go", 1);
        await host.EndAsync("a");

        await host.Client.ScheduleNewWorkflowAsync("W", "a");

        Assert.NotEqual(first, ExecutionId(host));
        Assert.Equal(["WorkflowStarted", "ExecutionStarted"], host.History("a"));

        static string ExecutionId(LibraryHost host) => host.Sidecar.Workflows.GetHistory("a")!.First(e => e.ExecutionStarted is not null).ExecutionStarted.WorkflowInstance.ExecutionId;
    }

    [Fact]
    public async Task Suspend_ResultAndEventMeanwhile_WaitInOrderForTheResume()
    {
        var release = new TaskCompletionSource<int>();
        await using var host = await LibraryHost.StartAsync(
            async context =>
            {
                var number = await context.CallActivityAsync<int>("Slow");
                return number + await context.WaitForExternalEventAsync<int>("go") + await context.CallActivityAsync<int>("Fast");
            },
            options =>
            {
                options.RegisterActivity<object?, int>("Slow", (_, _) => release.Task);
                options.RegisterActivity<object?, int>("Fast", (_, _) => Task.FromResult(1));
            });
        await host.Client.ScheduleNewWorkflowAsync("W", "a");
        await host.Client.SuspendWorkflowAsync("a", "why");
        await host.StatusAsync("a", WorkflowRuntimeStatus.Suspended);
        release.SetResult(10);
        await host.Client.RaiseEventAsync("a", "go", 100);
        await Eventually.TrueAsync(() => host.History("a").Contains("TaskCompleted") && host.History("a").Contains("EventRaised"), "both have come");

        Assert.Single(host.History("a"), e => e.StartsWith("TaskScheduled", StringComparison.Ordinal));
        await host.Client.ResumeWorkflowAsync("a");
        Assert.Equal(111, (await host.EndAsync("a")).ReadOutputAs<int>());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Terminate_ActivityRunning_EndsItAndDropsTheResult(bool suspended)
    {
        var release = new TaskCompletionSource<int>();
        var answered = new TaskCompletionSource();
        await using var host = await LibraryHost.StartAsync(
            context => context.CallActivityAsync<int>("Slow"),
            options => options.RegisterActivity<object?, int>("Slow", async (_, _) =>
            {
                var result = await release.Task;
                answered.SetResult();
                return result;
            }));
        await host.Client.ScheduleNewWorkflowAsync("W", "a");
        if (suspended) await host.Client.SuspendWorkflowAsync("a");
        await host.Client.TerminateWorkflowAsync("a", "enough");

        var state = await host.EndAsync("a");
        var history = host.History("a").ToList();
        release.SetResult(1);
        await answered.Task.WaitAsync(LibraryHost.Patience);
        await host.StopAppAsync();

        Assert.Equal(WorkflowRuntimeStatus.Terminated, state.RuntimeStatus);
        Assert.Equal(history, host.History("a"));
    }

    [Fact]
    public async Task ContinueAsNew_EventsNotTaken_GoOnInOrderUnlessDropped()
    {
        await using var host = await LibraryHost.StartAsync(options => options.RegisterWorkflow<int, string>("W", async (context, generation) =>
        {
            await context.WaitForExternalEventAsync<object?>("go");
            if (generation == 0) context.ContinueAsNew(1);
            if (generation == 1)
            {
                var carried = $"{await context.WaitForExternalEventAsync<int>("b")} {await context.WaitForExternalEventAsync<int>("a")}";
                context.SetCustomStatus(carried);
                context.ContinueAsNew(2, preserveUnprocessedEvents: false);
            }

            return await (generation == 2 ? context.WaitForExternalEventAsync<string>("c") : Task.FromResult(""));
        }));
        await host.Client.ScheduleNewWorkflowAsync("W", "a", 0);
        await host.Client.RaiseEventAsync("a", "a", 1);
        await host.Client.RaiseEventAsync("a", "b", 2);
        await host.Client.RaiseEventAsync("a", "c", "of an older generation");
        for (var generation = 1; generation <= 2; generation++)
        {
            await host.Client.RaiseEventAsync("a", "go");
            await GenerationAsync(generation);
        }

        await host.Client.RaiseEventAsync("a", "go");
        await host.Client.RaiseEventAsync("a", "c", "new");

        var state = await host.EndAsync("a");
        Assert.Equal(("new", 2), (state.ReadOutputAs<string>(), state.ReadInputAs<int>()));

        Task<WorkflowState> GenerationAsync(int number) => OrderInventory.Testing.Eventually.GetAsync(
            () => host.Client.GetWorkflowStateAsync("a"), state => state.ReadInputAs<int>() == number, LibraryHost.Patience, $"generation {number} runs");
    }

    [Fact]
    public async Task ContinueAsNew_HundredGenerationsWithoutAnAwait_End()
    {
        await using var host = await LibraryHost.StartAsync(options => options.RegisterWorkflow<int, int>("W", (context, generation) =>
        {
            if (generation < 100) context.ContinueAsNew(generation + 1);
            return Task.FromResult(generation);
        }));

        Assert.Equal(100, (await host.RunAsync("a", input: 0)).ReadOutputAs<int>());
    }

    [Fact]
    public async Task CustomStatus_SetOverTurns_IsKeptUntilItIsClearedAndIsJson()
    {
        await using var host = await LibraryHost.StartAsync(async context =>
        {
            context.SetCustomStatus(new { step = 1 });
            await context.WaitForExternalEventAsync<int>("go");
            await context.WaitForExternalEventAsync<int>("go");
            context.SetCustomStatus(null);
            await context.WaitForExternalEventAsync<int>("go");
            context.SetCustomStatus("last");
            return 0;
        });
        await host.Client.ScheduleNewWorkflowAsync("W", "a");
        var statuses = new List<string?> { Status(host) };
        for (var turn = 0; turn < 2; turn++)
        {
            await host.Client.RaiseEventAsync("a", "go", turn);
            await Eventually.TrueAsync(() => host.History("a").Count(e => e == "EventRaised") == turn + 1, "the turn is over");
            statuses.Add(Status(host));
        }

        await host.Client.RaiseEventAsync("a", "go", 2);
        await host.EndAsync("a");
        statuses.Add(Status(host));

        Assert.Equal(["{\"step\":1}", "{\"step\":1}", null, "\"last\""], statuses);

        static string? Status(LibraryHost host) => host.Sidecar.Workflows.Get("a")!.CustomStatus;
    }

    [Fact]
    public async Task Purge_RunningMissingAndEnded_RefusedRefusedAndGone()
    {
        var runs = 0;
        await using var host = await LibraryHost.StartAsync(
            async context =>
            {
                await context.CallChildWorkflowAsync("Child", null, new ChildWorkflowTaskOptions("child"));
                return await WaitForGoAsync(context);
            },
            options =>
            {
                options.RegisterWorkflow<object?, int>("Child", (context, _) => context.CallActivityAsync<int>("Count"));
                options.RegisterActivity<object?, int>("Count", (_, _) => Task.FromResult(++runs));
            });
        await host.Client.ScheduleNewWorkflowAsync("W", "a");
        await Assert.ThrowsAsync<RpcException>(() => host.Client.PurgeInstanceAsync("a"));
        await Assert.ThrowsAsync<RpcException>(() => host.Client.PurgeInstanceAsync("missing"));
        await host.Client.RaiseEventAsync("a", "go", 1);
        await host.EndAsync("a");

        Assert.True(await host.Client.PurgeInstanceAsync("a"));
        Assert.Equal((false, false), ((await host.Client.GetWorkflowStateAsync("a")).Exists, (await host.Client.GetWorkflowStateAsync("child")).Exists));

        await host.Client.ScheduleNewWorkflowAsync("W", "a");
        await host.Client.RaiseEventAsync("a", "go", 1);
        await host.EndAsync("a");
        Assert.Equal(2, runs);
    }
}
