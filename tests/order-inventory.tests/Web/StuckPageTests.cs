using System.Net;

namespace OrderInventory.Tests.Web;

/// <summary>What the console shows of orders that do not come to rest.</summary>
public sealed class StuckPageTests
{
    private const string Id = "57061e50-a4b3-8ffd-b03a-a783a1621207";

    [Fact]
    public async Task Stuck_None_SaysSo()
    {
        await using var console = await ConsoleRun.StartAsync(new FakeSystem { Health = [FakeSystem.Dependency("store")] });

        Assert.Contains("No order is stuck", await console.PageAsync("/stuck"), StringComparison.Ordinal);
    }

    // order-app lists an order once it could store that it looked after it.
    [Fact]
    public async Task Stuck_NoneWhileTheStoreFails_DoesNotSayThatNoneIs()
    {
        await using var console = await ConsoleRun.StartAsync(new FakeSystem { Health = [FakeSystem.Dependency("store", "FAILING", FakeSystem.Start, "disk full")] });

        var page = WebUtility.HtmlDecode(await console.PageAsync("/stuck"));

        Assert.Contains("Whether these are all is not known while order-app’s store, inventory-app’s store fail: 0 listed.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("No order is stuck", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stuck_Orders_AreLinkedWithWhatTheyWaitFor()
    {
        var system = new FakeSystem();
        system.Stuck.Add(new { orderId = Id, since = FakeSystem.Start, attempts = 1234, lastAttempt = FakeSystem.Start.AddMinutes(1), waitsFor = "CONFIRM" });
        system.Stuck.Add(new { orderId = Guid.Empty, since = FakeSystem.Start, attempts = 3, lastAttempt = (string?)null, waitsFor = (string?)null });
        await using var console = await ConsoleRun.StartAsync(system);

        var page = await console.PageAsync("/stuck");

        Assert.Contains($"href=\"/orders/{Id}\"", page, StringComparison.Ordinal);
        Assert.Contains("<td>CONFIRM</td>", page, StringComparison.Ordinal);
        Assert.Contains("1,234", page, StringComparison.Ordinal);
        Assert.Contains("2026-01-02 03:05:05", page, StringComparison.Ordinal);
        Assert.Contains("aria-current=\"page\">Stuck", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stuck_More_AreTheOldest()
    {
        var system = new FakeSystem();
        for (var i = 0; i < 201; i++) system.Stuck.Add(new { orderId = Id, since = FakeSystem.Start, attempts = 3, lastAttempt = FakeSystem.Start, waitsFor = "SHIP" });
        system.Instead["/api/orders/stuck"] = (HttpStatusCode.OK, System.Text.Json.JsonSerializer.Serialize(new { data = system.Stuck, nextCursor = (string?)null }));
        await using var console = await ConsoleRun.StartAsync(system);

        Assert.Contains("These are the oldest 200 of 201.", await console.PageAsync("/stuck"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stuck_OfACallerWhoIsNoOperator_Is403WithWhatToDo()
    {
        var system = new FakeSystem();
        system.Instead["/api/orders/stuck"] = (HttpStatusCode.Forbidden, """{"code":"OPERATORS_ONLY","message":"Operators only."}""");
        await using var console = await ConsoleRun.StartAsync(system);

        using var answer = await console.Http.GetAsync("/stuck");

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("Operators only. Start the console with a token that may see this in ORDER_INVENTORY_TOKEN", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
