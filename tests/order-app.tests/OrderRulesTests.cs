using OrderApp.Domain;
using OrderInventory.Contracts;

namespace OrderApp.Tests;

/// <summary>The rules of orders over all pairs of what an order can be and what can come.</summary>
public sealed class OrderRulesTests
{
    private const string By = "g1#1";
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly OrderRules Rules = new(new OrderTerms(TimeSpan.FromMinutes(30), TimeSpan.FromDays(30)));

    // Each state an order can be in, with what it waits for.
    private static readonly Dictionary<string, Func<Order>> States = new()
    {
        ["PENDING"] = Placed,
        ["PENDING half held"] = () => Answer(Placed(), StockOperationKind.Deduct, 1, "HELD"),
        ["PENDING cancelling"] = () => Give(Placed(), OrderCommand.Cancel),
        ["CONFIRMED"] = Confirmed,
        ["CONFIRMED cancelling"] = () => Give(Confirmed(), OrderCommand.Cancel),
        ["PAID"] = Paid,
        ["PAID shipping"] = () => Give(Paid(), OrderCommand.Ship),
        ["PAID refunding"] = () => Give(Paid(), OrderCommand.Refund),
        ["PAID not shippable"] = () => Answers(Give(Paid(), OrderCommand.Ship), StockOperationKind.Ship, "NOT_HELD"),
        ["SHIPPED"] = Shipped,
        ["DELIVERED"] = () => Give(Shipped(), OrderCommand.Deliver),
        ["CANCELLED"] = () => Answers(Give(Confirmed(), OrderCommand.Cancel), StockOperationKind.Restore, "RELEASED"),
        ["REFUNDED"] = () => Give(Shipped(), OrderCommand.Refund),
    };

    // Columns: Pay Ship Deliver Cancel Refund. Done, Accepted, Refused, RefusedByInventory.
    private static readonly Dictionary<string, string> Expected = new()
    {
        ["PENDING"] = "Refused Refused Refused Accepted Refused",
        ["PENDING half held"] = "Refused Refused Refused Accepted Refused",
        ["PENDING cancelling"] = "Refused Refused Refused Accepted Refused",
        ["CONFIRMED"] = "Done Refused Refused Accepted Refused",
        ["CONFIRMED cancelling"] = "Refused Refused Refused Accepted Refused",
        ["PAID"] = "Done Accepted Refused Refused Accepted",
        ["PAID shipping"] = "Done Accepted Refused Refused Accepted",
        ["PAID refunding"] = "Done Refused Refused Refused Accepted",
        ["PAID not shippable"] = "Done RefusedByInventory Refused Refused Accepted",
        ["SHIPPED"] = "Done Done Done Refused Done",
        ["DELIVERED"] = "Done Done Done Refused Done",
        ["CANCELLED"] = "Refused Refused Refused Done Refused",
        ["REFUNDED"] = "Refused Refused Refused Refused Done",
    };

    public static TheoryData<string, string> AllPairs()
    {
        var pairs = new TheoryData<string, string>();
        foreach (var state in States.Keys)
            foreach (var command in new[] { "Pay", "Ship", "Deliver", "Cancel", "Refund" }) pairs.Add(state, command);
        return pairs;
    }

    [Theory]
    [MemberData(nameof(AllPairs))]
    public void Command_EveryPair_IsAsInTheTable(string state, string command)
    {
        var order = States[state]();
        var column = Array.IndexOf(["Pay", "Ship", "Deliver", "Cancel", "Refund"], command);

        var (after, outcome) = Rules.Command(order, new OrderRequest(Enum.Parse<OrderCommand>(command), "why"), "g2", Now);

        Assert.Equal(Expected[state].Split(' ')[column], outcome.GetType().Name);
        Assert.Equal(after.Version, after.History.Length);
        Assert.Equal(Enumerable.Range(1, after.Version), after.History.Select(change => change.Sequence));
        Assert.Equal(order.History, after.History.Take(order.Version));
        if (!ReferenceEquals(order, after)) Assert.True(after.Group == "g2" || after.Requests.Length > order.Requests.Length);
        if (after.Version > order.Version) Assert.Equal("g2#0", after.History[^1].By);
        if (outcome is OrderOutcome.Refused or OrderOutcome.RefusedByInventory) Assert.Same(order, after);
    }

    public static TheoryData<string, string, string> AllAnswers()
    {
        var all = new TheoryData<string, string, string>();
        foreach (var state in States.Keys)
            foreach (var operation in Enum.GetNames<StockOperationKind>())
                foreach (var code in new[] { "HELD", "NOT_HELD" }) all.Add(state, operation, code);
        return all;
    }

    // Whatever inventory answers, twice and in any state: only what the order waits for changes it, and only once.
    [Theory]
    [MemberData(nameof(AllAnswers))]
    public void Answer_EveryPair_ChangesOnlyWhatTheOrderWaitsFor(string state, string operation, string code)
    {
        var order = States[state]();
        var kind = Enum.Parse<StockOperationKind>(operation);

        var once = Answers(order, kind, code);
        var twice = Answers(once, kind, code);

        Assert.Equal(order.Step?.Operation == kind, !ReferenceEquals(order, once));
        Assert.True(ReferenceEquals(once, twice) || once.Step?.Operation == kind);
        Assert.Equal(Enumerable.Range(1, once.Version), once.History.Select(change => change.Sequence));
        Assert.All(once.History.Skip(order.Version), change => Assert.Equal(By, change.By));
        Assert.NotEqual((OrderStatus.Pending, null), (once.Status, once.Step));
    }

    [Fact]
    public void Answer_LinesRefused_CancelsWithTheCodeOfTheFirstLine()
    {
        var order = Answer(Answer(Placed(), StockOperationKind.Deduct, 2, "UNKNOWN_PRODUCT"), StockOperationKind.Deduct, 1, "OUT_OF_STOCK");

        Assert.Equal((OrderStatus.Cancelled, "OUT_OF_STOCK", null), (order.Status, order.StatusReason, order.Step));
    }

    [Fact]
    public void Answer_OneLineHeldOneRefused_GivesTheHeldOneBackFirst()
    {
        var order = Answer(Answer(Placed(), StockOperationKind.Deduct, 1, "HELD"), StockOperationKind.Deduct, 2, "OUT_OF_STOCK");

        Assert.Equal((OrderStatus.Pending, OrderCommand.Cancel, StockOperationKind.Restore, By), (order.Status, order.Step!.Command, order.Step.Operation, order.Step.By));
        Assert.Equal([1], order.Step.Lines.AsEnumerable());
        Assert.Equal(OrderStatus.Cancelled, Answer(order, StockOperationKind.Restore, 1, "RELEASED").Status);
    }

    [Fact]
    public void Requests_MoreThanMayWait_AreBusy()
    {
        var order = Give(Paid(), OrderCommand.Ship) with { Requests = [.. Enumerable.Repeat(new OrderRequest(OrderCommand.Deliver, null), OrderRules.MaxRequests)] };

        Assert.IsType<OrderOutcome.Busy>(Rules.Command(order, new OrderRequest(OrderCommand.Refund, null), "g2", Now).Outcome);
    }

    [Fact]
    public void Refund_AfterTheWindow_IsTooLate()
    {
        var order = States["DELIVERED"]();

        Assert.IsType<OrderOutcome.TooLate>(Rules.Command(order, new OrderRequest(OrderCommand.Refund, null), "g2", Now.AddDays(31)).Outcome);
    }

    [Fact]
    public void Overdue_OnlyWhatIsConfirmedAtRestAndPastItsDeadline_IsCancelled()
    {
        foreach (var (state, order) in States.Select(state => (state.Key, state.Value())))
        {
            Assert.Same(order, Rules.Overdue(order, "g2", Now.AddMinutes(29)));
            var late = Rules.Overdue(order, "g2", Now.AddMinutes(30));
            Assert.Equal(state == "CONFIRMED", !ReferenceEquals(order, late));
            if (state == "CONFIRMED") Assert.Equal((OrderCommand.Cancel, "PAYMENT_OVERDUE", "g2"), (late.Step!.Command, late.Step.Reason, late.Group));
        }
    }

    [Fact]
    public void TakeOver_OfALostGroup_AsksForWhatIsNotAnsweredAndTellsTheWholeHistory()
    {
        var order = OrderRules.TakeOver(States["PENDING half held"](), "g2", isLost: true);

        Assert.Equal(("g2", "g2#0", "g2#0"), (order.Group, order.Step!.By, order.RetoldBy));
        Assert.Equal([2], order.Step.Unanswered.AsEnumerable());
    }

    [Fact]
    public void Ids_OfUserAndKey_AreAlwaysTheSameAndOfVersion8()
    {
        var ids = new[] { OrderIds.Of("u", "k"), OrderIds.Of("uk", "x"), OrderIds.Of("u", "kx"), OrderIds.Of("1:u", "k"), OrderIds.Of("1", ":uk") };

        Assert.Equal(OrderIds.Of("u", "k"), ids[0]);
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Equal((8, true), (id.Version, id.Variant is >= 8 and <= 11)));
    }

    [Theory]
    [InlineData(null, 30)]
    [InlineData(90, 90)]
    public void Confirm_HasTheDeadlineOfTheOrderOrOfTheApp(int? minutes, int expected)
    {
        var placed = Placed() with { PaymentDeadline = minutes is { } own ? TimeSpan.FromMinutes(own) : null };

        Assert.Equal(Now.AddMinutes(expected), Answers(placed, StockOperationKind.Deduct, "HELD").Deadline);
    }

    private static Order Placed() => OrderRules.Place(OrderIds.Of("u", "k"), new PlacedOrder("u", [new OrderLine(1, "p", 1, 1m), new OrderLine(2, "q", 1, 1m)], null), "k", "g1", Now);

    private static Order Confirmed() => Answers(Placed(), StockOperationKind.Deduct, "HELD");

    private static Order Paid() => Give(Confirmed(), OrderCommand.Pay);

    private static Order Shipped() => Answers(Give(Paid(), OrderCommand.Ship), StockOperationKind.Ship, "SHIPPED");

    private static Order Give(Order order, OrderCommand command) => Rules.Command(order, new OrderRequest(command, null), "g1", Now).Order;

    private static Order Answers(Order order, StockOperationKind operation, string code) => Answer(Answer(order, operation, 1, code), operation, 2, code);

    private static Order Answer(Order order, StockOperationKind operation, int line, string code) =>
        Rules.Answer(order, operation, new LineAnswer(line, code is "HELD" or "RELEASED" or "SHIPPED", code), By, Now);
}
