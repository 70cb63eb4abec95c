using Dapr.Workflow.Client;
using Grpc.Core;

namespace DaprLocal.Tests.Library;

/// <summary>Listing, histories and reruns through the client.</summary>
public sealed class ManagementTests
{
    [Fact]
    public async Task List_MoreThanAPage_GivesEveryIdOnce()
    {
        await using var host = await LibraryHost.StartAsync(_ => Task.FromResult(1));
        var ids = Enumerable.Range(0, 7).Select(n => $"i{n}").ToArray();
        foreach (var id in ids) await host.RunAsync(id);

        var pages = new List<WorkflowInstancePage>();
        do pages.Add(await host.Client.ListInstanceIdsAsync(pages.LastOrDefault()?.ContinuationToken, pageSize: 3));
        while (pages[^1].ContinuationToken is not null);

        Assert.Equal([3, 3, 1], pages.Select(page => page.InstanceIds.Count));
        Assert.Equal(ids, pages.SelectMany(page => page.InstanceIds).Order(StringComparer.Ordinal));
        Assert.Equal(ids, (await host.Client.ListInstanceIdsAsync()).InstanceIds.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task History_OfAnEndedInstance_TellsKindsAndNumbers()
    {
        await using var host = await LibraryHost.StartAsync(
            async context =>
            {
                await context.CreateTimer(TimeSpan.Zero);
                return await context.CallActivityAsync<int>("One");
            },
            options => options.RegisterActivity<object?, int>("One", (_, _) => Task.FromResult(1)));
        await host.RunAsync("a");

        var history = await host.Client.GetInstanceHistoryAsync("a");

        Assert.Equal(
            [
                (WorkflowHistoryEventType.OrchestratorStarted, -1), (WorkflowHistoryEventType.ExecutionStarted, -1), (WorkflowHistoryEventType.TimerCreated, 0),
                (WorkflowHistoryEventType.OrchestratorStarted, -1), (WorkflowHistoryEventType.TimerFired, -1), (WorkflowHistoryEventType.TaskScheduled, 1),
                (WorkflowHistoryEventType.OrchestratorStarted, -1), (WorkflowHistoryEventType.TaskCompleted, -1), (WorkflowHistoryEventType.ExecutionCompleted, 0),
            ],
            history.Select(e => (e.EventType, e.EventId)));
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => host.Client.GetInstanceHistoryAsync("missing"))).StatusCode);
    }

    [Fact]
    public async Task Rerun_FromTheSecondActivity_RunsOnlyWhatComesAfterIt()
    {
        var runs = new List<int>();
        await using var host = await LibraryHost.StartAsync(
            async context => new[] { await context.CallActivityAsync<int>("Double", 1), await context.CallActivityAsync<int>("Double", 2), await context.CallActivityAsync<int>("Double", 3) },
            options => options.RegisterActivity<int, int>("Double", (_, n) =>
            {
                runs.Add(n);
                return Task.FromResult(n * 2);
            }));
        await host.RunAsync("a");
        runs.Clear();

        var generated = await host.Client.RerunWorkflowFromEventAsync("a", 1);
        var given = await host.Client.RerunWorkflowFromEventAsync("a", 1, new RerunWorkflowFromEventOptions { NewInstanceId = "again", Input = 10, OverwriteInput = true });

        Assert.Equal("again", given);
        var outputs = new[] { await OutputAsync(generated), await OutputAsync("again") };
        Assert.Equal([[2, 4, 6], [2, 20, 6]], outputs);
        Assert.Equal([2, 3, 3, 10], runs.Order());
        await Assert.ThrowsAsync<RpcException>(() => host.Client.RerunWorkflowFromEventAsync("a", 99));
        await Assert.ThrowsAsync<RpcException>(() => host.Client.RerunWorkflowFromEventAsync("missing", 0));

        async Task<int[]> OutputAsync(string id) => (await host.EndAsync(id)).ReadOutputAs<int[]>()!;
    }
}
