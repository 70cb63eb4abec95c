namespace OrderApp.Domain;

/// <summary>What can happen to an order.</summary>
internal enum OrderCommand
{
    Confirm = 1,
    Pay,
    Ship,
    Deliver,
    Cancel,
    Refund,
}

/// <summary>The whole life of an order in one pure function.</summary>
internal static class OrderTransitions
{
    /// <summary>The status after <paramref name="command"/>; null when the command is not allowed in <paramref name="from"/>.</summary>
    public static OrderStatus? Next(OrderStatus from, OrderCommand command) => (from, command) switch
    {
        (OrderStatus.Pending, OrderCommand.Confirm) => OrderStatus.Confirmed,
        (OrderStatus.Pending or OrderStatus.Confirmed, OrderCommand.Cancel) => OrderStatus.Cancelled,
        (OrderStatus.Confirmed, OrderCommand.Pay) => OrderStatus.Paid,
        (OrderStatus.Paid, OrderCommand.Ship) => OrderStatus.Shipped,
        (OrderStatus.Shipped, OrderCommand.Deliver) => OrderStatus.Delivered,
        (OrderStatus.Paid or OrderStatus.Delivered, OrderCommand.Refund) => OrderStatus.Refunded,
        _ => null,
    };
}
