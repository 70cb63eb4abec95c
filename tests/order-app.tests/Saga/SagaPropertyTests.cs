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

    [SizedProperty(2_000, small: 100)]
    public async Task Commands_AnySequence_FollowTheTable(byte[] sequence)
    {
        await using var saga = await SagaRun.StartAsync();
        await saga.AnswerAllAsync();
        var expected = OrderStatus.Confirmed;
        foreach (var value in sequence.Take(20))
        {
            var step = Steps[value % Steps.Length];
            await StepAsync(saga, step);
            await saga.AnswerAllAsync();
            expected = Table.GetValueOrDefault((expected, step), expected);
            Assert.Equal(expected, (await saga.OrderAsync()).Status);
        }
    }

    [SizedProperty(2_000, small: 200)]
    public async Task Signals_InAnyOrder_OrderAndStockAgree(byte[] sequence)
    {
        await using var saga = await SagaRun.StartAsync(lines: 3);
        foreach (var value in sequence.Take(40))
        {
            if (value % 16 < 6) await StepAsync(saga, Steps[value % 8]);
            else if (value % 16 < 10) await saga.AnswerNextAsync();
            else if (value % 16 == 10) saga.SoldOut.Add(1 + (value % 3));
            else if (value % 16 == 11) saga.Engine.Lose(saga.Engine.Started[^1].Group);
            else if (value % 16 == 12) await saga.LookAsync(TimeSpan.FromMinutes(3));
        }

        for (var looks = 0; looks < 8; looks++)
        {
            await saga.AnswerAllAsync();
            await saga.LookAsync(TimeSpan.FromMinutes(1));
        }

        var order = await saga.OrderAsync();

        Assert.Null(order.Step);
        Assert.NotEqual(OrderStatus.Pending, order.Status);
        Assert.Equal(Enumerable.Range(1, order.Version), saga.StatusChanges().Select(change => change.Sequence).Distinct().Order());
        var held = saga.Stock.Values.Count(state => state == "HELD");
        var shipped = saga.Stock.Values.Count(state => state == "SHIPPED");
        Assert.Equal(order.Status is OrderStatus.Confirmed or OrderStatus.Paid ? 3 : 0, held);
        Assert.Equal(order.HasBeen(OrderStatus.Shipped) ? 3 : 0, shipped);
    }

    private static Task StepAsync(SagaRun saga, string step) =>
        step == "Deadline" ? saga.LookAsync(TimeSpan.FromMinutes(31)) : saga.CommandAsync(Enum.Parse<OrderCommand>(step));
}
