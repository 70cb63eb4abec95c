using System.Net;
using OrderInventory.Testing;

namespace OrderInventory.System.Tests;

/// <summary>Orders outlive their workflows.</summary>
public sealed class RetentionTests
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Order_WorkflowPurged_TheSameRequestAgainFindsItAndRunsNothing()
    {
        await using var system = await LocalSystem.StartAsync(retention: "500ms");
        await system.PutStockAsync("kept", 10);
        const string Body = """{"userId":"u","productId":"kept","quantity":3,"amount":1}""";
        var id = await system.Orders.PlaceAsync(Body, "once");
        await Eventually.GetAsync(() => system.Orders.GetAsync(id), order => order.GetProperty("status").GetString() == "CONFIRMED", Within, "the order is confirmed");
        Assert.True(await system.HasWorkflowAsync(id));
        Assert.Equal(HttpStatusCode.OK, await system.Orders.CommandAsync(id, "cancel"));
        await Eventually.GetAsync(() => system.HasWorkflowAsync(id), has => !has, Within, "the workflow is purged");
        var history = (await system.Orders.HistoryAsync(id)).GetRawText();

        Assert.Equal(id, await system.Orders.PlaceAsync(Body, "once"));
        Assert.Equal(HttpStatusCode.OK, await system.Orders.CommandAsync(id, "cancel"));
        Assert.Equal(HttpStatusCode.Conflict, await system.Orders.CommandAsync(id, "pay"));

        Assert.False(await system.HasWorkflowAsync(id));
        Assert.Equal(history, (await system.Orders.HistoryAsync(id)).GetRawText());
        Assert.Equal((10, 10, 0), await system.StockAsync("kept"));
    }
}
