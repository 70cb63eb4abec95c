using Generated.inventory_app;
using Generated.order_app;

namespace OrderInventory.System.Tests.Contract;

/// <summary>Clients that NSwag generates from the documents while these tests are built, used as they are.</summary>
[Collection(OneSystem.Name)]
public sealed class GeneratedClientTests(SharedSystem shared)
{
    // More digits than a floating-point number keeps.
    private const decimal Amount = 123_456_789_012_345_678.91m;

    [Fact]
    public async Task Client_FromTheDocument_PlacesPaysAndReadsAnOrder()
    {
        var (orders, stock) = Clients();
        await stock.SetStockAsync("generated", "count", null, null, new SetStockRequest { Total = 10 });

        var placed = await orders.PlaceOrderAsync("generated-1", "wait=30", new PlaceOrderRequest { UserId = "u", ProductId = "generated", Quantity = 2, Amount = Amount });
        await orders.PayOrderAsync(placed.Data.Id, "pay-1", null, new PayOrderRequest { Reason = "Paid by card", PaymentId = "card-1", Amount = Amount });
        var read = (await orders.GetOrderAsync(placed.Data.Id, null)).Data;

        Assert.Equal((OrderStatus.PAID, "Paid by card", Amount), (read.Status, read.StatusReason, read.Amount));
        Assert.Equal(("card-1", Amount, false), (read.Payments.Single().PaymentId, read.Payments.Single().Amount, read.Payments.Single().Late));
        Assert.Equal([OrderStatus.PENDING, OrderStatus.CONFIRMED, OrderStatus.PAID], (await orders.GetOrderHistoryAsync(read.Id)).Data.Select(change => change.NewStatus));
        Assert.Equal(read.Id, Assert.Single((await orders.ListOrdersAsync("u", "generated-1", null, null, null, null)).Data).Id);
        Assert.Equal(8, (await stock.GetStockAsync("generated", null)).Data.Available);
    }

    [Fact]
    public async Task Client_RefusedRequest_GetsTheProblem()
    {
        var (orders, _) = Clients();

        var error = await Assert.ThrowsAsync<Generated.order_app.ApiException<Generated.order_app.ProblemDetails>>(
            () => orders.PlaceOrderAsync(null, null, new PlaceOrderRequest { UserId = "u", ProductId = "generated", Quantity = 0, Amount = 1 }));

        Assert.Equal((400, "VALIDATION_FAILED"), (error.StatusCode, error.Result.Code));
        Assert.Equal("quantity", Assert.Single(error.Result.Errors).Key);
    }

    private (Generated.order_app.Client Orders, Generated.inventory_app.Client Stock) Clients() => (
        new Generated.order_app.Client(new HttpClient { BaseAddress = shared.Local.Orders.Address }) { BaseUrl = shared.Local.Orders.Address.ToString() },
        new Generated.inventory_app.Client(new HttpClient()) { BaseUrl = shared.Local.Inventory.BaseAddress!.ToString() });
}
