using Dapr.Workflow;

namespace DaprLocal.Tests.Library;

/// <summary>Child workflows.</summary>
public sealed class ChildTests
{
    [Fact]
    public async Task Child_EndsInAnyWay_GivesResultFailureOrTermination()
    {
        await using var host = await LibraryHost.StartAsync(
            async context =>
            {
                var result = await context.CallChildWorkflowAsync<int>("Child", "ok");
                var failure = await Assert.ThrowsAsync<WorkflowTaskFailedException>(() => context.CallChildWorkflowAsync<int>("Child", "fail"));
                var terminated = await Assert.ThrowsAsync<WorkflowTaskFailedException>(() => context.CallChildWorkflowAsync<int>("Child", "wait", new ChildWorkflowTaskOptions("waiting")));
                return $"{result} {failure.FailureDetails} {terminated.Message}";
            },
            Register);
        await host.Client.ScheduleNewWorkflowAsync("W", "a");
        await host.StatusAsync("waiting", WorkflowRuntimeStatus.Running);
        await host.Client.TerminateWorkflowAsync("waiting");

        var output = (await host.EndAsync("a")).ReadOutputAs<string>()!;

        Assert.StartsWith("7 System.FormatException: bad ", output, StringComparison.Ordinal);
        var created = host.Sidecar.Workflows.GetHistory("a")!.First(e => e.ChildWorkflowInstanceCreated is not null).ChildWorkflowInstanceCreated;
        Assert.True((await host.Client.GetWorkflowStateAsync(created.InstanceId)).IsWorkflowCompleted);
    }

    [Fact]
    public async Task Child_IdInUse_FailsInTheParentWhichGoesOn()
    {
        await using var host = await LibraryHost.StartAsync(
            async context =>
            {
                var taken = await Assert.ThrowsAsync<WorkflowTaskFailedException>(() => context.CallChildWorkflowAsync<int>("Child", "ok", new ChildWorkflowTaskOptions("taken")));
                return taken.FailureDetails.ErrorType;
            },
            Register);
        await host.Client.ScheduleNewWorkflowAsync("Child", "taken", "wait");

        Assert.Equal("WorkflowInstanceAlreadyExists", (await host.RunAsync("a")).ReadOutputAs<string>());
        Assert.Equal(WorkflowRuntimeStatus.Running, (await host.Client.GetWorkflowStateAsync("taken")).RuntimeStatus);
    }

    [Fact]
    public async Task Terminate_Parent_TerminatesAllBelowAndResumesNobody()
    {
        var resumed = false;
        await using var host = await LibraryHost.StartAsync(
            async context =>
            {
                try
                {
                    return await context.CallChildWorkflowAsync<int>("Middle", null, new ChildWorkflowTaskOptions("middle"));
                }
                finally
                {
                    resumed = true;
                }
            },
            options =>
            {
                Register(options);
                options.RegisterWorkflow<object?, int>("Middle", (context, _) => context.CallChildWorkflowAsync<int>("Child", "wait", new ChildWorkflowTaskOptions("bottom")));
            });
        await host.Client.ScheduleNewWorkflowAsync("W", "a");
        await host.StatusAsync("bottom", WorkflowRuntimeStatus.Running);

        await host.Client.TerminateWorkflowAsync("a");

        foreach (var id in new[] { "a", "middle", "bottom" }) await host.StatusAsync(id, WorkflowRuntimeStatus.Terminated);
        await host.StopAppAsync();
        Assert.False(resumed);
    }

    private static void Register(WorkflowRuntimeOptions options) => options.RegisterWorkflow<string, int>("Child", async (context, how) => how switch
    {
        "ok" => 7,
        "fail" => throw new FormatException("bad"),
        _ => await context.WaitForExternalEventAsync<int>("never"),
    });
}
