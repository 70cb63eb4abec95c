using OrderApp.Domain;
using OrderApp.Groups;
using OrderInventory.Contracts;

namespace OrderApp.Tests.Saga;

/// <summary>Orders on their way through intake, workflow, an inventory and back.</summary>
public sealed class SagaTests
{
    [Fact]
    public async Task Order_WholeLife_GoesThroughEveryStatusAndEachGroupEnds()
    {
        await using var saga = await SagaRun.StartAsync(lines: 3);

        await saga.AnswerAllAsync();
        foreach (var command in new[] { OrderCommand.Pay, OrderCommand.Ship, OrderCommand.Deliver, OrderCommand.Refund })
        {
            await saga.CommandAsync(command, command == OrderCommand.Refund ? "broken" : null);
            await saga.AnswerAllAsync();
        }

        var order = await saga.OrderAsync();
        Assert.Equal([OrderStatus.Pending, OrderStatus.Confirmed, OrderStatus.Paid, OrderStatus.Shipped, OrderStatus.Delivered, OrderStatus.Refunded], order.History.Select(change => change.NewStatus));
        Assert.Equal(("broken", null, null), (order.StatusReason, order.Deadline, order.Step));
        Assert.All(saga.Stock.Values, state => Assert.Equal("SHIPPED", state));
        Assert.Equal(Enumerable.Range(1, 6), saga.StatusChanges().Select(change => change.Sequence));
        Assert.Equal(5, saga.Engine.Started.Count);
        foreach (var (group, _) in saga.Engine.Started) Assert.Equal(Groups.GroupState.Completed, await saga.Engine.StateAsync(group, default));
    }

    [Fact]
    public async Task Order_HappyPath_TakesOneWorkflowAndTwoActivities()
    {
        await using var saga = await SagaRun.StartAsync(lines: 3);

        await saga.AnswerAllAsync();

        var (group, orders) = Assert.Single(saga.Engine.Started);
        Assert.Equal([saga.OrderId], orders.AsEnumerable());
        Assert.Equal(2, saga.Engine.Called(group).Count());
        Assert.All(saga.Commands(), command => Assert.Equal(group, command.CorrelationId));
    }

    [Fact]
    public async Task Orders_AtOnce_ShareGroupsAndTheirCalls()
    {
        await using var saga = new SagaRun();

        // The first rounds take what is there, and while their groups are on their way the others gather.
        var placed = await saga.AdvancingAsync(Task.WhenAll(Enumerable.Range(0, 40).Select(i => saga.PlaceAsync(key: "k" + i))));
        await saga.AnswerAllAsync();

        Assert.All(placed, outcome => Assert.IsType<OrderOutcome.Created>(outcome));
        Assert.InRange(saga.Engine.Started.Count, 1, 10);
        Assert.Equal(40, saga.Engine.Started.SelectMany(group => group.Orders).Distinct().Count());
        for (var i = 0; i < 40; i++) Assert.Equal(OrderStatus.Confirmed, (await saga.OrderAsync(OrderIds.Of("u", "k" + i).ToString())).Status);
        Assert.Equal(80, saga.EventIds(Topics.OrderEvents).Distinct().Count());
        Assert.Equal(80, saga.EventIds(Topics.OrderEvents).Length);
    }

    [Fact]
    public async Task Order_OneLineRefused_GivesBackExactlyWhatWasHeld()
    {
        await using var saga = await SagaRun.StartAsync(lines: 4);
        saga.SoldOut.UnionWith([2, 3]);

        await saga.AnswerAllAsync();

        var order = await saga.OrderAsync();
        Assert.Equal((OrderStatus.Cancelled, "OUT_OF_STOCK"), (order.Status, order.StatusReason));
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

        Assert.Equal(OrderStatus.Cancelled, (await saga.OrderAsync()).Status);
        Assert.Equal(2, saga.Commands().Count(command => command.Operation == StockOperationKind.Restore));
    }

    [Fact]
    public async Task Cancel_WhilePending_TheFirstGroupDropsTheOrderWithItsNextAnswers()
    {
        await using var saga = await SagaRun.StartAsync();
        var first = saga.Engine.Started[0].Group;

        await saga.CommandAsync(OrderCommand.Cancel);
        await saga.ResultAsync(StockOperationKind.Deduct, 1, "HELD", group: first);
        await saga.ResultAsync(StockOperationKind.Restore, 1, "RELEASED");

        Assert.Equal(Groups.GroupState.Completed, await saga.Engine.StateAsync(first, default));
        Assert.Equal(OrderStatus.Cancelled, (await saga.OrderAsync()).Status);
        Assert.Equal([1, 2], saga.StatusChanges().Select(change => change.Sequence));
    }

    [Fact]
    public async Task Cancel_WhilePendingAfterARefusal_LeavesTheRefusedLineAlone()
    {
        await using var saga = await SagaRun.StartAsync(lines: 2);
        saga.SoldOut.Add(1);
        await saga.AnswerNextAsync();
        await saga.Engine.RaiseAsync(saga.Engine.Started[0].Group, GroupSignal.Settle, default);

        await saga.CommandAsync(OrderCommand.Cancel, "changed my mind");
        await saga.AnswerAllAsync();

        Assert.Equal("changed my mind", (await saga.OrderAsync()).StatusReason);
        Assert.Equal([2], saga.Commands().Where(command => command.Operation == StockOperationKind.Restore).Select(command => command.Line));
    }

    // Each pair in both orders: the first one wins, the loser changes nothing, and nothing is held that should not be.
    [Theory]
    [InlineData("Cancel Pay", OrderStatus.Cancelled)]
    [InlineData("Pay Cancel", OrderStatus.Paid)]
    [InlineData("Pay Pay", OrderStatus.Paid)]
    [InlineData("Cancel Cancel", OrderStatus.Cancelled)]
    [InlineData("Pay Ship Cancel", OrderStatus.Shipped)]
    [InlineData("Pay Cancel Ship", OrderStatus.Shipped)]
    [InlineData("Pay Ship Refund", OrderStatus.Refunded)]
    [InlineData("Pay Refund Ship", OrderStatus.Refunded)]
    [InlineData("Pay Ship Ship", OrderStatus.Shipped)]
    [InlineData("Pay Ship Deliver", OrderStatus.Shipped)]
    public async Task Commands_AtOnce_HaveOneWinner(string commands, OrderStatus expected)
    {
        await using var saga = await SagaRun.StartAsync(lines: 2);
        await saga.AnswerAllAsync();

        // Without waiting for inventory in between: the later commands come while the order is busy.
        foreach (var command in commands.Split(' ')) await saga.CommandAsync(Enum.Parse<OrderCommand>(command));
        await saga.AnswerAllAsync();

        var order = await saga.OrderAsync();
        Assert.Equal((expected, null), (order.Status, order.Step));
        var stock = expected is OrderStatus.Paid ? "HELD" : order.HasBeen(OrderStatus.Shipped) ? "SHIPPED" : "RELEASED";
        Assert.All(saga.Stock.Values, state => Assert.Equal(stock, state));
    }

    [Fact]
    public async Task Results_LateRepeatedAndContradictory_NeverChangeAFinalOrder()
    {
        await using var saga = await SagaRun.StartAsync(lines: 2);
        saga.SoldOut.Add(2);
        await saga.AnswerAllAsync();
        var final = await saga.OrderAsync();
        var told = saga.StatusChanges().Length;

        foreach (var operation in Enum.GetValues<StockOperationKind>())
            foreach (var code in new[] { "HELD", "OUT_OF_STOCK", "RELEASED", "SHIPPED" }) Assert.Single(await saga.ResultAsync(operation, 2, code));

        Assert.Equal(final.Version, (await saga.OrderAsync()).Version);
        Assert.Equal((1, told), (saga.Engine.Started.Count, saga.StatusChanges().Length));
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
    public async Task Ship_RefusedByInventory_ShowsAndLeavesTheOrderPaidAndRefundable()
    {
        await using var saga = await SagaRun.StartAsync();
        await saga.AnswerAllAsync();
        await saga.CommandAsync(OrderCommand.Pay);
        saga.Stock[(saga.OrderId, 1)] = "RELEASED";

        Assert.IsType<OrderOutcome.Accepted>(await saga.CommandAsync(OrderCommand.Ship));
        await saga.AnswerAllAsync();
        var refused = await saga.OrderAsync();
        var again = await saga.CommandAsync(OrderCommand.Ship);
        await saga.CommandAsync(OrderCommand.Refund);
        await saga.AnswerAllAsync();

        Assert.Equal((OrderStatus.Paid, null, "NOT_HELD"), (refused.Status, refused.Step, refused.Refusal?.Code));
        Assert.Equal("NOT_HELD", Assert.IsType<OrderOutcome.RefusedByInventory>(again).Refusal.Code);
        Assert.Equal((OrderStatus.Refunded, null), ((await saga.OrderAsync()).Status, (await saga.OrderAsync()).Refusal));
    }

    [Fact]
    public async Task Ship_RefusedWhileARefundWaits_RefundsThen()
    {
        await using var saga = await SagaRun.StartAsync();
        await saga.AnswerAllAsync();
        await saga.CommandAsync(OrderCommand.Pay);
        saga.Stock[(saga.OrderId, 1)] = "RELEASED";

        await saga.CommandAsync(OrderCommand.Ship);
        Assert.IsType<OrderOutcome.Accepted>(await saga.CommandAsync(OrderCommand.Refund, "why"));
        await saga.AnswerAllAsync();

        Assert.Equal((OrderStatus.Refunded, "why"), ((await saga.OrderAsync()).Status, (await saga.OrderAsync()).StatusReason));
    }
}
