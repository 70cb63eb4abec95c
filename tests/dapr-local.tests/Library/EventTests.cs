using Dapr.Workflow;
using Grpc.Core;
using Microsoft.Extensions.Time.Testing;
using OrderInventory.Testing;

namespace DaprLocal.Tests.Library;

/// <summary>External events and timers, from the client to the code of a workflow.</summary>
public sealed class EventTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Event_BeforeItsWait_IsKept()
    {
        await using var host = await LibraryHost.StartAsync(async context =>
        {
            await context.WaitForExternalEventAsync<object?>("go");
            return await context.WaitForExternalEventAsync<int>("paid", Timeout);
        });
        await host.Client.ScheduleNewWorkflowAsync("W", "a");
        await host.Client.RaiseEventAsync("a", "paid", 7);
        await host.Client.RaiseEventAsync("a", "go");

        Assert.Equal(7, (await host.EndAsync("a")).ReadOutputAs<int>());
    }

    [Fact]
    public async Task Events_OfOneNameInAnyCase_ServeTheWaitsInOrder()
    {
        await using var host = await LibraryHost.StartAsync(async context =>
        {
            var first = context.WaitForExternalEventAsync<int>("Paid");
            var second = context.WaitForExternalEventAsync<int>("paid");
            return new[] { await first, await second, await context.WaitForExternalEventAsync<int>("PAID") };
        });
        await host.Client.ScheduleNewWorkflowAsync("W", "a");
        foreach (var (name, n) in new[] { ("PAID", 1), ("paid", 2), ("pAiD", 3) }) await host.Client.RaiseEventAsync("a", name, n);

        var state = await host.EndAsync("a");
        Assert.Equal([1, 2, 3], state.ReadOutputAs<int[]>()!);
    }

    [Fact]
    public async Task Event_AfterItsTimeout_IsKeptForTheNextWait()
    {
        var time = new FakeTimeProvider(LibraryHost.Noon);
        await using var host = await LibraryHost.StartAsync(
            async context =>
            {
                await Assert.ThrowsAsync<TaskCanceledException>(() => context.WaitForExternalEventAsync<int>("paid", Timeout));
                context.SetCustomStatus("late");
                await context.WaitForExternalEventAsync<object?>("go");
                return await context.WaitForExternalEventAsync<int>("paid", Timeout);
            },
            time: time);
        await host.Client.ScheduleNewWorkflowAsync("W", "a");
        time.Advance(Timeout);
        await OrderInventory.Testing.Eventually.GetAsync(
            () => host.Client.GetWorkflowStateAsync("a"), state => state.ReadCustomStatusAs<string>() == "late", LibraryHost.Patience, "the wait has timed out");
        await host.Client.RaiseEventAsync("a", "paid", 9);
        await host.Client.RaiseEventAsync("a", "go");

        Assert.Equal(9, (await host.EndAsync("a")).ReadOutputAs<int>());
    }

    [Theory]
    [InlineData(true, "5")]
    [InlineData(false, "timeout")]
    public async Task EventAndTimeout_InOneTurn_TheFirstWins(bool eventFirst, string outcome)
    {
        var time = new FakeTimeProvider(LibraryHost.Noon);
        void Register(WorkflowRuntimeOptions options) => options.RegisterWorkflow<object?, string>("W", async (context, _) =>
        {
            try
            {
                return $"{await context.WaitForExternalEventAsync<int>("paid", Timeout)}";
            }
            catch (TaskCanceledException)
            {
                return "timeout";
            }
        });
        await using var host = await LibraryHost.StartAsync(Register, time);
        await host.Client.ScheduleNewWorkflowAsync("W", "a");
        await host.StopAppAsync();

        // With no worker, both wait in the inbox for the one turn.
        host.StartClient();
        if (eventFirst) await host.Client.RaiseEventAsync("a", "paid", 5);
        time.Advance(Timeout);
        if (!eventFirst)
        {
            await Eventually.TrueAsync(() => !host.HasOpenTimers, "the timer has fired");
            await host.Client.RaiseEventAsync("a", "paid", 5);
        }

        await host.StopAppAsync();
        await host.StartAppAsync(Register);

        Assert.Equal(outcome, (await host.EndAsync("a")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task RaiseEvent_MissingAndCompleted_IsRefusedAndIgnored()
    {
        await using var host = await LibraryHost.StartAsync(_ => Task.FromResult(1));

        var refused = await Assert.ThrowsAsync<RpcException>(() => host.Client.RaiseEventAsync("missing", "e"));
        Assert.EndsWith("no such instance exists", refused.Status.Detail, StringComparison.Ordinal);

        await host.RunAsync("a");
        var before = host.History("a").ToList();
        await host.Client.RaiseEventAsync("a", "e");
        Assert.Equal(before, host.History("a"));
    }

    [Fact]
    public async Task Timer_SidecarKilledMeanwhile_FiresOnceWhenDue()
    {
        var time = new FakeTimeProvider(LibraryHost.Noon);
        await using var host = await LibraryHost.StartAsync(
            async context =>
            {
                await context.CreateTimer(TimeSpan.FromSeconds(5));
                return context.CurrentUtcDateTime;
            },
            time: time);
        await host.Client.ScheduleNewWorkflowAsync("W", "a");
        time.Advance(TimeSpan.FromSeconds(2));
        await host.KillSidecarAsync();
        await host.StartSidecarAsync();
        await Eventually.TrueAsync(() => host.Sidecar.Workflows.ConnectedWorkers == 1, "the app has come back");
        Assert.Equal(WorkflowRuntimeStatus.Running, (await host.Client.GetWorkflowStateAsync("a")).RuntimeStatus);
        time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(LibraryHost.Noon.AddSeconds(5).UtcDateTime, (await host.EndAsync("a")).ReadOutputAs<DateTime>());
        Assert.Single(host.History("a"), e => e == "TimerFired");
    }
}
