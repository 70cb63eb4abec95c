using OrderApp.Domain;
using OrderInventory.Contracts;

namespace OrderApp.Tests.Saga;

/// <summary>Payments that have names, and refunds of what came back.</summary>
public sealed class PaymentTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(40);

    [Fact]
    public async Task Pay_Named_IsRecordedPublishedAndTheSameAgainIsTheSame()
    {
        await using var saga = await ConfirmedAsync();

        var first = await PayAsync(saga, "a", 2m);
        var again = await PayAsync(saga, "a", null);
        var other = await PayAsync(saga, "b", 2m);

        Assert.Equal(("Done", "Done", "AlreadyPaid"), (first.GetType().Name, again.GetType().Name, other.GetType().Name));
        Assert.True(((OrderOutcome.Done)again).IsReplay);
        Assert.Equal([("a", 2m, false)], (await saga.OrderAsync()).Payments.Select(payment => (payment.Id, payment.Amount!.Value, payment.IsLate)));
        Assert.Equal([new OrderEventPayment("a", 2m, false)], saga.Facts().Where(fact => fact.Type == "OrderPaid").Select(fact => fact.Payment!).Distinct());
    }

    [Fact]
    public async Task Pay_Named_OfAnOrderThatWasPaidWithoutAName_IsAnotherOne()
    {
        await using var saga = await ConfirmedAsync();
        await saga.CommandAsync(OrderCommand.Pay);

        Assert.IsType<OrderOutcome.AlreadyPaid>(await PayAsync(saga, "a", null));
        Assert.IsType<OrderOutcome.Done>(await saga.CommandAsync(OrderCommand.Pay));
    }

    [Theory]
    [InlineData("true", "a", "OtherAmount")]
    [InlineData("true", null, "OtherAmount")]
    [InlineData("false", "a", "Done")]
    public async Task Pay_OtherAmount_IsRefusedUnlessItNeedNotBeTheSame(string isChecked, string? id, string expected)
    {
        await using var saga = await ConfirmedAsync(new() { ["Orders:CheckPaymentAmount"] = isChecked });

        Assert.Equal(expected, (await PayAsync(saga, id, 1.99m)).GetType().Name);
        Assert.Equal(expected == "Done" ? OrderStatus.Paid : OrderStatus.Confirmed, (await saga.OrderAsync()).Status);
        if (expected == "Done") Assert.IsType<OrderOutcome.OtherAmount>(await PayAsync(saga, id, 2m));
    }

    [Fact]
    public async Task Pay_OtherContentUnderTheSameKey_IsRefused()
    {
        await using var saga = await ConfirmedAsync();
        await PayAsync(saga, "a", 2m, key: "k");

        Assert.IsType<OrderOutcome.Done>(await PayAsync(saga, "a", 2m, key: "k"));
        Assert.IsType<OrderOutcome.KeyReused>(await PayAsync(saga, "b", 2m, key: "k"));
    }

    [Fact]
    public async Task Pay_OrderIsCancelledMeanwhile_IsLateAndToldOnce()
    {
        await using var saga = await CancelledAsync();

        var late = await PayAsync(saga, "a", 3m);
        await PayAsync(saga, "a", 3m);
        await PayAsync(saga, "b", null);

        Assert.Equal(OrderStatus.Cancelled, Assert.IsType<OrderOutcome.Done>(late).Order.Status);
        Assert.Equal([("a", true), ("b", true)], (await saga.OrderAsync()).Payments.Select(payment => (payment.Id, payment.IsLate)));
        Assert.Equal([new("a", 3m, true), new OrderEventPayment("b", null, true)], saga.Facts().Where(fact => fact.Type == "OrderPaidLate").Select(fact => fact.Payment!));
        Assert.Equal([1, 2, 3], saga.StatusChanges().Select(change => change.Sequence));
        Assert.IsType<OrderOutcome.Refused>(await saga.CommandAsync(OrderCommand.Pay));
    }

    [Fact]
    public async Task Pay_LateAndTheWorkflowLostBeforeItsPublish_IsToldAllTheSame()
    {
        await using var saga = await CancelledAsync();
        saga.Engine.Down = true;
        await PayAsync(saga, "a", 2m);
        Assert.DoesNotContain(saga.Facts(), fact => fact.Type == "OrderPaidLate");
        saga.Engine.Down = false;

        await saga.LookAsync(Soon);

        Assert.Equal([new OrderEventPayment("a", 2m, true)], saga.Facts().Where(fact => fact.Type == "OrderPaidLate").Select(fact => fact.Payment!).Distinct());
    }

    [Fact]
    public async Task Pay_WhileItIsBeingCancelled_HasToBeAskedAgain()
    {
        await using var saga = await ConfirmedAsync();
        await saga.CommandAsync(OrderCommand.Cancel);

        Assert.IsType<OrderOutcome.Busy>(await PayAsync(saga, "a", 2m));
        await saga.AnswerAllAsync();

        Assert.True(Assert.Single(Assert.IsType<OrderOutcome.Done>(await PayAsync(saga, "a", 2m)).Order.Payments).IsLate);
    }

    [Fact]
    public async Task Pay_LateForEver_IsBounded()
    {
        await using var saga = await CancelledAsync();
        for (var i = 0; i < OrderRules.MaxPayments; i++) Assert.IsType<OrderOutcome.Done>(await PayAsync(saga, "a" + i, 2m));

        Assert.IsType<OrderOutcome.TooManyPayments>(await PayAsync(saga, "more", 2m));
    }

    [Theory]
    [InlineData(true, false, "SHIPPED")]
    [InlineData(true, true, "RETURNED")]
    [InlineData(false, true, "RELEASED")]
    public async Task Refund_PutsBackWhatCameBackAndWhatNeverLeft(bool isShipped, bool restock, string stock)
    {
        await using var saga = await ConfirmedAsync();
        foreach (var command in isShipped ? [OrderCommand.Pay, OrderCommand.Ship, OrderCommand.Deliver] : new[] { OrderCommand.Pay })
        {
            await saga.CommandAsync(command);
            await saga.AnswerAllAsync();
        }

        await saga.GiveAsync(new OrderRequest(OrderCommand.Refund, null, Restock: restock));
        await saga.AnswerAllAsync();

        Assert.Equal(OrderStatus.Refunded, (await saga.OrderAsync()).Status);
        Assert.All(saga.Stock.Values, state => Assert.Equal(stock, state));
    }

    [Fact]
    public async Task Refund_WithRestockWhileItIsShipped_WaitsAndPutsBack()
    {
        await using var saga = await ConfirmedAsync();
        await saga.CommandAsync(OrderCommand.Pay);
        await saga.CommandAsync(OrderCommand.Ship);

        await saga.GiveAsync(new OrderRequest(OrderCommand.Refund, null, Restock: true));
        await saga.AnswerAllAsync();

        Assert.Equal(OrderStatus.Refunded, (await saga.OrderAsync()).Status);
        Assert.All(saga.Stock.Values, state => Assert.Equal("RETURNED", state));
    }

    private static async Task<SagaRun> ConfirmedAsync(Dictionary<string, string?>? settings = null)
    {
        var saga = await SagaRun.StartAsync(lines: 2, settings);
        await saga.AnswerAllAsync();
        return saga;
    }

    private static async Task<SagaRun> CancelledAsync()
    {
        var saga = await ConfirmedAsync();
        await saga.CommandAsync(OrderCommand.Cancel);
        await saga.AnswerAllAsync();
        return saga;
    }

    private static Task<OrderOutcome> PayAsync(SagaRun saga, string? id, decimal? amount, string? key = null) => saga.GiveAsync(new OrderRequest(OrderCommand.Pay, null, new PaymentReport(id, amount)), key: key);
}
