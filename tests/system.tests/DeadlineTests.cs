using System.Net;
using OrderInventory.Testing;

namespace OrderInventory.System.Tests;

/// <summary>Orders that nobody pays are cancelled, whoever is there by then.</summary>
public sealed class DeadlineTests
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Deadline_OfUnpaidOrders_CancelsThemAndNoOther()
    {
        await using var system = await StartAsync();
        await system.PutStockAsync("due", 10);
        var paid = await system.Orders.PlaceAsync(OrderClient.Body("due"), "paid");
        await system.Orders.DecidedAsync(paid, Within);
        Assert.Equal(HttpStatusCode.OK, await system.Orders.CommandAsync(paid, "pay"));
        var unpaid = await system.Orders.PlaceAsync(OrderClient.Body("due", 2), "unpaid");

        var order = await Eventually.GetAsync(() => system.Orders.GetAsync(unpaid), order => order.GetProperty("status").GetString() == "CANCELLED", Within, "the deadline cancels");

        Assert.Equal("PAYMENT_OVERDUE", order.GetProperty("statusReason").GetString());
        Assert.Equal(HttpStatusCode.Conflict, await system.Orders.CommandAsync(unpaid, "pay"));
        Assert.Equal("PAID", (await system.Orders.GetAsync(paid)).GetProperty("status").GetString());
        await new Audit(system).CheckAsync(new Dictionary<string, string> { ["paid"] = paid, ["unpaid"] = unpaid }, new Dictionary<string, long> { ["due"] = 10 });
    }

    [Theory]
    [InlineData("order-app")]
    [InlineData("dapr-local")]
    public async Task Deadline_OfAProcessThatIsGone_IsKeptByTheNextOne(string victim)
    {
        await using var system = await StartAsync();
        await system.PutStockAsync("due", 10);
        var unpaid = await system.Orders.PlaceAsync(OrderClient.Body("due", 2), "unpaid");
        await system.Orders.DecidedAsync(unpaid, Within);

        await system.KillAsync(victim);
        await system.StartAsync(victim);

        var order = await Eventually.GetAsync(() => system.Orders.GetAsync(unpaid), order => order.GetProperty("status").GetString() == "CANCELLED", Within, "the deadline cancels");
        Assert.Equal("PAYMENT_OVERDUE", order.GetProperty("statusReason").GetString());
        Assert.Equal((10, 10, 0), await system.StockAsync("due"));
    }

    private static Task<LocalSystem> StartAsync() => LocalSystem.StartAsync(new Dictionary<string, string> { ["Orders__PaymentDeadline"] = "00:00:05" });
}
