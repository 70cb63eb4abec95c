using Dapr.Workflow.Client;
using Grpc.Core;

namespace DaprLocal.Tests.Library;

/// <summary>Listing and histories through the client.</summary>
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
}
