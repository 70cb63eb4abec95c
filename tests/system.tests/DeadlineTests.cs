using System.Net;
using OrderInventory.Testing;

namespace OrderInventory.System.Tests;

/// <summary>Orders that nobody pays are cancelled, whoever is there by then.</summary>
[Collection(OneImpatientSystem.Name)]
public sealed class DeadlineTests(ImpatientSystem killed)
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(30);

    private LocalSystem System => killed.Local;

    [Fact]
    public async Task Deadline_OfUnpaidOrders_CancelsThemAndNoOther()
    {
        await killed.PutStockAsync("due", 10);
        var paid = killed.Orders["paid"] = await System.Orders.PlaceAsync(OrderClient.Body("due"), "paid");
        await System.Orders.DecidedAsync(paid, Within);
        Assert.Equal(HttpStatusCode.OK, await System.Orders.CommandAsync(paid, "pay"));
        var unpaid = killed.Orders["unpaid"] = await System.Orders.PlaceAsync(OrderClient.Body("due", 2), "unpaid");

        var order = await Eventually.GetAsync(() => System.Orders.GetAsync(unpaid), order => order.GetProperty("status").GetString() == "CANCELLED", Within, "the deadline cancels");

        Assert.Equal("PAYMENT_OVERDUE", order.GetProperty("statusReason").GetString());
        Assert.Equal(HttpStatusCode.Conflict, await System.Orders.CommandAsync(unpaid, "pay"));
        Assert.Equal("PAID", (await System.Orders.GetAsync(paid)).GetProperty("status").GetString());
        await killed.CheckAsync();
    }

    [Theory]
    [InlineData("order-app")]
    [InlineData("dapr-local")]
    public async Task Deadline_OfAProcessThatIsGone_IsKeptByTheNextOne(string victim)
    {
        await killed.PutStockAsync(victim, 10);
        var unpaid = killed.Orders[victim] = await System.Orders.PlaceAsync(OrderClient.Body(victim, 2), victim);
        await System.Orders.DecidedAsync(unpaid, Within);

        await System.KillAsync(victim);
        await System.StartAsync(victim);

        var order = await Eventually.GetAsync(() => System.Orders.GetAsync(unpaid), order => order.GetProperty("status").GetString() == "CANCELLED", Within, "the deadline cancels");
        Assert.Equal("PAYMENT_OVERDUE", order.GetProperty("statusReason").GetString());
        Assert.Equal((10, 10, 0), await System.StockAsync(victim));
    }
}
