using OrderApp.Domain;

namespace OrderApp.Tests.Saga;

public sealed class SagaPropertyTests
{
    // The model: the same table in another form. Deadline is written as a command of its own.
    private static readonly Dictionary<(OrderStatus, string), OrderStatus> Table = new()
    {
        [(OrderStatus.Confirmed, "Pay")] = OrderStatus.Paid,
        [(OrderStatus.Confirmed, "Cancel")] = OrderStatus.Cancelled,
        [(OrderStatus.Confirmed, "Deadline")] = OrderStatus.Cancelled,
        [(OrderStatus.Paid, "Ship")] = OrderStatus.Shipped,
        [(OrderStatus.Paid, "Refund")] = OrderStatus.Refunded,
        [(OrderStatus.Shipped, "Deliver")] = OrderStatus.Delivered,
        [(OrderStatus.Shipped, "Refund")] = OrderStatus.Refunded,
        [(OrderStatus.Delivered, "Refund")] = OrderStatus.Refunded,
    };

    private static readonly string[] Steps = ["Pay", "Cancel", "Ship", "Deliver", "Refund", "Deadline"];

    [SizedProperty(10_000, small: 1_000)]
    public async Task Commands_AnySequence_FollowTheTable(byte[] sequence)
    {
        await using var saga = await SagaRun.StartAsync();
        await saga.AnswerAllAsync();
        var expected = new List<OrderStatus> { OrderStatus.Pending, OrderStatus.Confirmed };
        foreach (var step in sequence.Take(12).Select(value => Steps[value % Steps.Length]))
        {
            if (Table.TryGetValue((expected[^1], step), out var next)) expected.Add(next);
            if (step != "Deadline") await saga.CommandAsync(Enum.Parse<OrderCommand>(step));
            else if (expected[^1] != OrderStatus.Delivered) await saga.DeadlineAsync();
            await saga.AnswerAllAsync();
        }

        var order = await saga.OrderAsync();
        Assert.Equal(expected, order.History.Select(change => change.NewStatus));
        Assert.Equal(Enumerable.Range(1, expected.Count), order.History.Select(change => change.Sequence));
    }

    [SizedProperty(3_000, small: 1_000)]
    public async Task Signals_InAnyOrder_OrderAndStockAgree(byte[] sequence)
    {
        await using var saga = await SagaRun.StartAsync(lines: 3);
        foreach (var value in sequence)
        {
            if (value % 8 < 6) await StepAsync(saga, Steps[value % 8]);
            else if (value % 16 < 8) await saga.AnswerNextAsync();
            else saga.SoldOut.Add(1 + (value % 3));
        }

        await saga.AnswerAllAsync();
        var order = await saga.OrderAsync();

        Assert.Null(order.Waiting);
        Assert.NotEqual(OrderStatus.Pending, order.Status);
        Assert.Equal(saga.StatusChanges().Select(change => change.Sequence), Enumerable.Range(1, order.Version));
        var held = saga.Stock.Values.Count(state => state == "HELD");
        var shipped = saga.Stock.Values.Count(state => state == "SHIPPED");
        Assert.Equal(order.Status is OrderStatus.Confirmed or OrderStatus.Paid ? 3 : 0, held);
        Assert.Equal(order.HasBeen(OrderStatus.Shipped) ? 3 : 0, shipped);
    }

    private static Task StepAsync(SagaRun saga, string step) =>
        step == "Deadline" ? saga.DeadlineAsync() : saga.CommandAsync(Enum.Parse<OrderCommand>(step));
}
