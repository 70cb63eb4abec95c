using OrderApp.Domain;
using OrderInventory.Contracts;

namespace OrderApp.Tests.Saga;

public sealed class SagaTests
{
    [Fact]
    public async Task Order_WholeLife_GoesThroughEveryStatusAndEnds()
    {
        await using var saga = await SagaRun.StartAsync(lines: 3);

        await saga.AnswerAllAsync();
        foreach (var command in new[] { OrderCommand.Pay, OrderCommand.Ship, OrderCommand.Deliver, OrderCommand.Refund })
        {
            await saga.CommandAsync(command, command == OrderCommand.Refund ? "broken" : null);
            await saga.AnswerAllAsync();
        }

        Assert.Equal("REFUNDED", await saga.Workflow);
        var order = await saga.OrderAsync();
        Assert.Equal([OrderStatus.Pending, OrderStatus.Confirmed, OrderStatus.Paid, OrderStatus.Shipped, OrderStatus.Delivered, OrderStatus.Refunded], order.History.Select(change => change.NewStatus));
        Assert.Equal(("broken", (DateTimeOffset?)null), (order.StatusReason, order.Deadline));
        Assert.All(saga.Stock.Values, state => Assert.Equal("SHIPPED", state));
        Assert.Equal(Enumerable.Range(1, 6), saga.StatusChanges().Select(change => change.Sequence));
    }

    [Fact]
    public async Task Order_HappyPath_TakesTwoActivities()
    {
        await using var saga = await SagaRun.StartAsync();

        await saga.AnswerAllAsync();

        Assert.Equal(["PlaceOrderActivity", "TransitionOrderActivity"], saga.Context.Called);
    }

    [Fact]
    public async Task Order_OneLineRefused_GivesBackExactlyWhatWasHeld()
    {
        await using var saga = await SagaRun.StartAsync(lines: 4);
        saga.SoldOut.UnionWith([2, 3]);

        await saga.AnswerAllAsync();

        Assert.Equal("CANCELLED", await saga.Workflow);
        Assert.Equal("OUT_OF_STOCK", (await saga.OrderAsync()).StatusReason);
        Assert.Equal([1, 4], saga.Commands().Where(command => command.Operation == StockOperationKind.Restore).Select(command => command.Line));
        Assert.DoesNotContain("HELD", saga.Stock.Values);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Cancel_WhilePending_FencesWhatIsNotAnswered(int answered)
    {
        await using var saga = await SagaRun.StartAsync(lines: 2);
        for (var i = 0; i < answered; i++) await saga.AnswerNextAsync();

        await saga.CommandAsync(OrderCommand.Cancel);
        // What inventory was asked first it may also answer last.
        await saga.ResultAsync(StockOperationKind.Restore, 1, answered == 0 ? "FENCED" : "RELEASED");
        await saga.ResultAsync(StockOperationKind.Restore, 2, "FENCED");

        Assert.Equal("CANCELLED", await saga.Workflow);
        Assert.Equal(2, saga.Commands().Count(command => command.Operation == StockOperationKind.Restore));
    }

    [Fact]
    public async Task Cancel_WhilePendingAfterARefusal_LeavesTheRefusedLineAlone()
    {
        await using var saga = await SagaRun.StartAsync(lines: 2);
        saga.SoldOut.Add(1);
        await saga.AnswerNextAsync();

        await saga.CommandAsync(OrderCommand.Cancel, "changed my mind");
        await saga.AnswerAllAsync();

        Assert.Equal("CANCELLED", await saga.Workflow);
        Assert.Equal("changed my mind", (await saga.OrderAsync()).StatusReason);
        Assert.Equal([2], saga.Commands().Where(command => command.Operation == StockOperationKind.Restore).Select(command => command.Line));
    }

    [Fact]
    public async Task Deadline_OfAnUnpaidOrder_CancelsAndGivesBack()
    {
        await using var saga = await SagaRun.StartAsync(lines: 2, options => options.PaymentDeadline = TimeSpan.FromMinutes(10));
        await saga.AnswerAllAsync();
        var confirmed = await saga.OrderAsync();

        Assert.Equal(confirmed.UpdatedTime.AddMinutes(10), confirmed.Deadline);
        Assert.Equal(confirmed.Deadline!.Value.UtcDateTime, saga.Context.Timer!.Value.At);
        await saga.DeadlineAsync();
        await saga.AnswerAllAsync();

        Assert.Equal("CANCELLED", await saga.Workflow);
        Assert.Equal("PAYMENT_OVERDUE", (await saga.OrderAsync()).StatusReason);
        Assert.All(saga.Stock.Values, state => Assert.Equal("RELEASED", state));
    }

    [Fact]
    public async Task Deadline_OfZero_IsNone()
    {
        await using var saga = await SagaRun.StartAsync(configure: options => options.PaymentDeadline = TimeSpan.Zero);

        await saga.AnswerAllAsync();

        Assert.Null(saga.Context.Timer);
        Assert.Null((await saga.OrderAsync()).Deadline);
    }

    [Fact]
    public async Task Deadline_OfADeliveredOrder_EndsTheWorkflowAnHourLater()
    {
        await using var saga = await SagaRun.StartAsync();
        await saga.AnswerAllAsync();
        foreach (var command in new[] { OrderCommand.Pay, OrderCommand.Ship, OrderCommand.Deliver })
        {
            await saga.CommandAsync(command);
            await saga.AnswerAllAsync();
        }

        var delivered = await saga.OrderAsync();
        Assert.Equal(delivered.UpdatedTime.AddDays(30), delivered.Deadline);
        Assert.Equal(delivered.Deadline!.Value.AddHours(1).UtcDateTime, saga.Context.Timer!.Value.At);
        await saga.DeadlineAsync();

        Assert.Equal("DELIVERED", await saga.Workflow);
    }

    // Each pair in both orders: the first one wins, the loser changes nothing, and nothing is held that should not be.
    [Theory]
    [InlineData("Cancel Pay", OrderStatus.Cancelled)]
    [InlineData("Pay Cancel", OrderStatus.Paid)]
    [InlineData("Deadline Pay", OrderStatus.Cancelled)]
    [InlineData("Pay Deadline", OrderStatus.Paid)]
    [InlineData("Deadline Cancel", OrderStatus.Cancelled)]
    [InlineData("Cancel Deadline", OrderStatus.Cancelled)]
    [InlineData("Pay Pay", OrderStatus.Paid)]
    [InlineData("Cancel Cancel", OrderStatus.Cancelled)]
    [InlineData("Pay Ship Cancel", OrderStatus.Shipped)]
    [InlineData("Pay Cancel Ship", OrderStatus.Shipped)]
    [InlineData("Pay Ship Refund", OrderStatus.Refunded)]
    [InlineData("Pay Refund Ship", OrderStatus.Refunded)]
    [InlineData("Pay Ship Ship", OrderStatus.Shipped)]
    [InlineData("Pay Ship Refund Deliver", OrderStatus.Refunded)]
    [InlineData("Pay Ship Deliver Refund", OrderStatus.Refunded)]
    [InlineData("Pay Ship Deliver Deliver", OrderStatus.Delivered)]
    public async Task Commands_AtOnce_HaveOneWinner(string commands, OrderStatus expected)
    {
        await using var saga = await SagaRun.StartAsync(lines: 2);
        await saga.AnswerAllAsync();

        // Without waiting for inventory in between: the later commands come while the order is busy.
        foreach (var command in commands.Split(' '))
        {
            if (command == "Deadline") await saga.DeadlineAsync();
            else await saga.CommandAsync(Enum.Parse<OrderCommand>(command));
        }

        await saga.AnswerAllAsync();
        var order = await saga.OrderAsync();

        Assert.Equal(expected, order.Status);
        Assert.Null(order.Waiting);
        var stock = expected is OrderStatus.Paid ? "HELD" : order.HasBeen(OrderStatus.Shipped) ? "SHIPPED" : expected is OrderStatus.Shipped or OrderStatus.Delivered ? "SHIPPED" : "RELEASED";
        Assert.All(saga.Stock.Values, state => Assert.Equal(stock, state));
    }

    [Fact]
    public async Task Results_LateRepeatedAndContradictory_NeverChangeAFinalOrder()
    {
        await using var saga = await SagaRun.StartAsync(lines: 2);
        saga.SoldOut.Add(2);
        await saga.AnswerAllAsync();
        var final = await saga.OrderAsync();

        foreach (var operation in Enum.GetValues<StockOperationKind>())
            foreach (var code in new[] { "HELD", "OUT_OF_STOCK", "RELEASED", "SHIPPED" }) await saga.ResultAsync(operation, 2, code);

        Assert.Equal("CANCELLED", await saga.Workflow);
        Assert.Equal(final.Version, (await saga.OrderAsync()).Version);
    }

    [Fact]
    public async Task Results_Contradictory_TheFirstCounts()
    {
        await using var saga = await SagaRun.StartAsync(lines: 2);

        await saga.ResultAsync(StockOperationKind.Deduct, 1, "HELD");
        await saga.ResultAsync(StockOperationKind.Deduct, 1, "OUT_OF_STOCK");
        await saga.ResultAsync(StockOperationKind.Deduct, 2, "HELD");

        Assert.Equal(OrderStatus.Confirmed, (await saga.OrderAsync()).Status);
    }

    [Fact]
    public async Task Ship_RefusedByInventory_LeavesTheOrderPaidAndRefundable()
    {
        await using var saga = await SagaRun.StartAsync();
        await saga.AnswerAllAsync();
        await saga.CommandAsync(OrderCommand.Pay);
        saga.Stock[1] = "RELEASED";

        await saga.CommandAsync(OrderCommand.Ship);
        await saga.AnswerAllAsync();
        var stuck = await saga.OrderAsync();
        await saga.CommandAsync(OrderCommand.Refund);
        await saga.AnswerAllAsync();

        Assert.Equal((OrderStatus.Paid, OrderCommand.Ship), (stuck.Status, stuck.Waiting!.Command));
        Assert.Equal("REFUNDED", await saga.Workflow);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task StartAgain_OfAPendingOrder_ResumesWhereItWas(bool cancelling)
    {
        await using var saga = await SagaRun.StartAsync(lines: 2);
        if (cancelling) await saga.CommandAsync(OrderCommand.Cancel, "why");

        await saga.StartAgainAsync();
        await saga.AnswerAllAsync();

        var order = await saga.OrderAsync();
        Assert.Equal((cancelling ? OrderStatus.Cancelled : OrderStatus.Confirmed, cancelling ? "why" : null), (order.Status, order.StatusReason));
        Assert.Equal(cancelling, !saga.Stock.ContainsValue("HELD"));
    }

    [Fact]
    public async Task StartAgain_OfADecidedOrder_EndsAtOnce()
    {
        await using var saga = await SagaRun.StartAsync();
        await saga.AnswerAllAsync();

        await saga.StartAgainAsync();

        Assert.Equal("CONFIRMED", await saga.Workflow);
        Assert.Single(saga.Commands());
    }
}
