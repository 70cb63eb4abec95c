using System.Net;
using OrderInventory.Contracts;
using OrderInventory.Testing;

namespace OrderInventory.System.Tests;

/// <summary>What happens to orders after they are confirmed, through both apps, their sidecars and the broker.</summary>
[Collection(OneSystem.Name)]
public sealed class OrderLifeTests(SharedSystem shared)
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(30);

    private LocalSystem System => shared.Local;

    [Fact]
    public async Task Order_PaidShippedDeliveredRefunded_TakesItsUnitsOut()
    {
        await System.PutStockAsync("life", 10);
        var id = await ConfirmedAsync("life", 3);

        foreach (var command in new[] { "pay", "pay", "ship", "ship", "deliver", "refund", "refund" }) Assert.Equal(HttpStatusCode.OK, await System.Orders.CommandAsync(id, command));

        Assert.Equal(["PENDING", "CONFIRMED", "PAID", "SHIPPED", "DELIVERED", "REFUNDED"], (await System.Orders.HistoryAsync(id)).EnumerateArray().Select(change => change.GetProperty("newStatus").GetString()));
        Assert.Equal((7, 7, 0), await System.StockAsync("life"));
    }

    [Fact]
    public async Task Order_ShippedAndReturned_PutsItsUnitsBack()
    {
        await System.PutStockAsync("returned", 10);
        var id = await ConfirmedAsync("returned", 3);

        foreach (var command in new[] { "pay", "ship" }) Assert.Equal(HttpStatusCode.OK, await System.Orders.CommandAsync(id, command));
        for (var i = 0; i < 2; i++) Assert.Equal(HttpStatusCode.OK, await System.Orders.CommandAsync(id, "refund", new { restock = true }));

        Assert.Equal((10, 10, 0), await System.StockAsync("returned"));
    }

    [Fact]
    public async Task Payment_ForACancelledOrder_IsPublishedAsLate()
    {
        await System.PutStockAsync("late", 10);
        var id = await ConfirmedAsync("late", 3);
        await System.Orders.CommandAsync(id, "cancel");

        for (var i = 0; i < 2; i++) Assert.Equal(HttpStatusCode.OK, await System.Orders.CommandAsync(id, "pay", new { paymentId = "payment-1", amount = 3 }));

        var late = await Eventually.GetAsync(
            () => Task.FromResult(System.Observer.Of(Topics.OrderEvents).FirstOrDefault(seen => seen.Id == EventIds.LatePayment(id, "payment-1"))), seen => seen is not null, Within, "the late payment is published");
        Assert.Contains("\"payment\":{\"paymentId\":\"payment-1\",\"amount\":3,\"late\":true}", late!.Data, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cancel", "CANCELLED", "CANCEL_REQUESTED")]
    [InlineData("pay refund", "REFUNDED", "REFUND_REQUESTED")]
    public async Task Order_EndedBeforeItIsShipped_GivesBackItsUnits(string commands, string status, string reason)
    {
        var product = "back-" + status;
        await System.PutStockAsync(product, 10);
        var id = await ConfirmedAsync(product, 4);

        foreach (var command in commands.Split(' ')) Assert.Equal(HttpStatusCode.OK, await System.Orders.CommandAsync(id, command));

        var order = await System.Orders.GetAsync(id);
        Assert.Equal((status, reason), (order.GetProperty("status").GetString(), order.GetProperty("statusReason").GetString()));
        Assert.Equal((10, 10, 0), await System.StockAsync(product));
        Assert.Equal(HttpStatusCode.Conflict, await System.Orders.CommandAsync(id, "ship"));
    }

    [Fact]
    public async Task CancelAndPay_AtTheSameTime_HaveOneWinnerEach()
    {
        await System.PutStockAsync("race", 100);
        var ids = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => ConfirmedAsync("race", 1, "race" + i)));

        var answers = await Task.WhenAll(ids.Select(async id => await Task.WhenAll(System.Orders.CommandAsync(id, "cancel"), System.Orders.CommandAsync(id, "pay"))));

        Assert.All(answers, pair => Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Conflict], pair.Order()));
        var paid = answers.Count(pair => pair[1] == HttpStatusCode.OK);
        Assert.Equal((100, 100 - paid, paid), await System.StockAsync("race"));
    }

    [Fact]
    public async Task List_RightAfterTheLast201_ShowsEveryOrderNewestFirst()
    {
        await System.PutStockAsync("listed", 100);
        var ids = new List<string>();
        for (var i = 0; i < 10; i++) ids.Insert(0, await System.Orders.PlaceAsync(OrderClient.Body("listed", userId: "lister"), Audit.Key("listed", i)));

        Assert.Equal(ids, await System.Orders.ListAsync("lister"));
    }

    private async Task<string> ConfirmedAsync(string product, int quantity, string? key = null)
    {
        var id = await System.Orders.PlaceAsync(OrderClient.Body(product, quantity), key ?? "confirmed-" + product);
        Assert.Equal("CONFIRMED", (await System.Orders.DecidedAsync(id, Within)).GetProperty("status").GetString());
        return id;
    }
}
