using System.Net;
using OrderInventory.Testing;

namespace OrderInventory.System.Tests;

/// <summary>Orders outlive their workflows, of which nothing stays.</summary>
[Collection(OneSystem.Name)]
public sealed class RetentionTests(SharedSystem shared)
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task Order_WorkflowPurgedByTheAgenda_TheSameRequestAgainFindsItAndRunsNothing()
    {
        var system = shared.Local;
        await system.PutStockAsync("kept", 10);
        const string Body = """{"userId":"u","productId":"kept","quantity":3,"amount":1}""";
        var id = await system.Orders.PlaceAsync(Body, "kept");
        await system.Orders.DecidedAsync(id, Within);
        Assert.Equal(HttpStatusCode.OK, await system.Orders.CommandAsync(id, "cancel"));
        var groups = await Eventually.GetAsync(() => Task.FromResult(system.GroupsOf(id)), found => found.Count == 2, Within, "the groups of the order and of its cancel are seen");
        foreach (var group in groups) await Eventually.GetAsync(() => system.HasWorkflowAsync(group), has => !has, Within, "the workflow is purged");
        var history = (await system.Orders.HistoryAsync(id)).GetRawText();

        Assert.Equal(id, await system.Orders.PlaceAsync(Body, "kept"));
        Assert.Equal(HttpStatusCode.OK, await system.Orders.CommandAsync(id, "cancel"));
        Assert.Equal(HttpStatusCode.Conflict, await system.Orders.CommandAsync(id, "pay"));

        Assert.Equal(groups, system.GroupsOf(id));
        Assert.Equal(history, (await system.Orders.HistoryAsync(id)).GetRawText());
        Assert.Equal((10, 10, 0), await system.StockAsync("kept"));
    }
}
