using System.Collections.Concurrent;
using Dapr.Workflow;
using Microsoft.Extensions.Logging;
using OrderInventory.Testing;

namespace DaprLocal.Tests.Library;

/// <summary>Activities, from the code of a workflow to the rows of the engine and back.</summary>
public sealed class ActivityTests
{
    [Fact]
    public async Task Activities_InARow_LeaveTheRecordedShapeOfHistory()
    {
        await using var host = await LibraryHost.StartAsync(
            async context => await context.CallActivityAsync<int>("Add", 1) + await context.CallActivityAsync<int>("Add", 2) + await context.CallActivityAsync<int>("Add", 3),
            options => options.RegisterActivity<int, int>("Add", (_, n) => Task.FromResult(n * 10)));

        var state = await host.RunAsync("a");

        Assert.Equal(60, state.ReadOutputAs<int>());
        Assert.Equal(
            [
                "WorkflowStarted", "ExecutionStarted", "TaskScheduled 0",
                "WorkflowStarted", "TaskCompleted", "TaskScheduled 1",
                "WorkflowStarted", "TaskCompleted", "TaskScheduled 2",
                "WorkflowStarted", "TaskCompleted", "ExecutionCompleted 0",
            ],
            host.History("a"));
        Assert.Equal([0, 1, 2], host.Sidecar.Workflows.GetHistory("a")!.Where(e => e.TaskCompleted is not null).Select(e => e.TaskCompleted.TaskScheduledId));
    }

    [Fact]
    public async Task Replay_TenActivities_RunOnceEachAndLogOnce()
    {
        const int Activities = 10;
        var runs = new ConcurrentDictionary<int, int>();
        var starts = 0;
        await using var host = await LibraryHost.StartAsync(
            async context =>
            {
                starts++;
                var logger = context.CreateReplaySafeLogger("code");
                for (var i = 0; i < Activities; i++)
                {
#pragma warning disable CA1848, CA1873
                    logger.LogInformation("step {Number}", i);
#pragma warning restore CA1848, CA1873
                    await context.CallActivityAsync("Step", i);
                }

                return starts;
            },
            options => options.RegisterActivity<int, int>("Step", (_, n) => Task.FromResult(runs.AddOrUpdate(n, 1, (_, count) => count + 1))));

        var state = await host.RunAsync("a");

        Assert.Equal(Activities + 1, state.ReadOutputAs<int>());
        Assert.Equal(Enumerable.Repeat(1, Activities), runs.Values);
        Assert.Equal(Enumerable.Range(0, Activities).Select(n => $"step {n}"), host.Log);
    }

    [Fact]
    public async Task FanOut_FiftyInAnyOrder_GiveResultsInTheOrderOfInputs()
    {
        const int Width = 50;
        var begun = new ConcurrentDictionary<int, TaskCompletionSource<int>>();
        await using var host = await LibraryHost.StartAsync(
            context => Task.WhenAll(Enumerable.Range(0, Width).Select(n => context.CallActivityAsync<int>("Hold", n))),
            options => options.RegisterActivity<int, int>("Hold", (_, n) => begun.GetOrAdd(n, _ => new TaskCompletionSource<int>()).Task));
        await host.Client.ScheduleNewWorkflowAsync("W", "a");
        await Eventually.TrueAsync(() => begun.Count == Width, "all activities have begun");

        var order = Enumerable.Range(0, Width).ToArray();
        new Random(11).Shuffle(order);
        foreach (var n in order) begun[n].SetResult(n * n);

        Assert.Equal(Enumerable.Range(0, Width).Select(n => n * n), (await host.EndAsync("a")).ReadOutputAs<int[]>());
    }

    [Fact]
    public async Task Failure_OfAnActivity_ReachesTheCodeWithTypeMessageAndStack()
    {
        await using var host = await LibraryHost.StartAsync(
            async context =>
            {
                var broken = await Assert.ThrowsAsync<WorkflowTaskFailedException>(() => context.CallActivityAsync("Break"));
                var missing = await Assert.ThrowsAsync<WorkflowTaskFailedException>(() => context.CallActivityAsync("Missing"));
                return new[] { broken.Message, broken.FailureDetails.ErrorType, broken.FailureDetails.StackTrace!, missing.FailureDetails.ToString() };
            },
            options => options.RegisterActivity<object?, int>("Break", Break));

        var texts = (await host.RunAsync("a")).ReadOutputAs<string[]>()!;

        Assert.Equal(("Task failed: card refused", "System.InvalidOperationException"), (texts[0], texts[1]));
        Assert.Contains(nameof(Break), texts[2], StringComparison.Ordinal);
        Assert.Equal("ActivityNotFoundException: Activity 'Missing' not found", texts[3]);

        static Task<int> Break(WorkflowActivityContext context, object? input) => throw new InvalidOperationException("card refused");
    }

    [Fact]
    public async Task Retry_FailingActivity_WaitsLongerEachTime()
    {
        var tries = 0;
        var policy = new WorkflowRetryPolicy(4, TimeSpan.FromMilliseconds(20), backoffCoefficient: 2, maxRetryInterval: TimeSpan.FromMilliseconds(50));
        await using var host = await LibraryHost.StartAsync(
            context => context.CallActivityAsync<int>("Flaky", null, new WorkflowTaskOptions(policy)),
            options => options.RegisterActivity<object?, int>("Flaky", (_, _) => ++tries < 4 ? throw new IOException("not yet") : Task.FromResult(tries)));

        Assert.Equal(4, (await host.RunAsync("a")).ReadOutputAs<int>());

        var history = host.Sidecar.Workflows.GetHistory("a")!;
        var began = default(DateTime);
        var delays = new List<double>();
        foreach (var e in history)
        {
            if (e.WorkflowStarted is not null) began = e.Timestamp.ToDateTime();
            if (e.TimerCreated is null) continue;
            delays.Add((e.TimerCreated.FireAt.ToDateTime() - began).TotalMilliseconds);
        }

        Assert.Equal([20, 40, 50], delays);
    }

}
