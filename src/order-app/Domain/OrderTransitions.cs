using System.Text.Json.Serialization;
using OrderInventory.Contracts;

namespace OrderApp.Domain;

/// <summary>What can happen to an order.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OrderCommand>))]
internal enum OrderCommand
{
    /// <summary>Every line is held. Only the order's own workflow gives it.</summary>
    [JsonStringEnumMemberName("CONFIRM")]
    Confirm = 1,

    /// <summary>The money has arrived.</summary>
    [JsonStringEnumMemberName("PAY")]
    Pay,

    /// <summary>The goods leave the warehouse.</summary>
    [JsonStringEnumMemberName("SHIP")]
    Ship,

    /// <summary>The goods have arrived.</summary>
    [JsonStringEnumMemberName("DELIVER")]
    Deliver,

    /// <summary>The order ends before it is paid; what it holds is given back.</summary>
    [JsonStringEnumMemberName("CANCEL")]
    Cancel,

    /// <summary>The money goes back; what the order still holds is given back, and what was shipped and has come back, too.</summary>
    [JsonStringEnumMemberName("REFUND")]
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
        (OrderStatus.Paid or OrderStatus.Shipped or OrderStatus.Delivered, OrderCommand.Refund) => OrderStatus.Refunded,
        _ => null,
    };

    /// <summary>The status that <paramref name="command"/> leads to, wherever it starts.</summary>
    public static OrderStatus Target(OrderCommand command) => command switch
    {
        OrderCommand.Confirm => OrderStatus.Confirmed,
        OrderCommand.Pay => OrderStatus.Paid,
        OrderCommand.Ship => OrderStatus.Shipped,
        OrderCommand.Deliver => OrderStatus.Delivered,
        OrderCommand.Cancel => OrderStatus.Cancelled,
        OrderCommand.Refund => OrderStatus.Refunded,
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, "Not a command."),
    };

    /// <summary>What inventory has to do before <paramref name="command"/> may happen in <paramref name="from"/>; null for nothing. <paramref name="isReturned"/>: what was shipped has come back.</summary>
    public static StockOperationKind? StockStep(OrderStatus from, OrderCommand command, bool isReturned) => (from, command) switch
    {
        (OrderStatus.Pending or OrderStatus.Confirmed, OrderCommand.Cancel) or (OrderStatus.Paid, OrderCommand.Refund) => StockOperationKind.Restore,
        (OrderStatus.Paid, OrderCommand.Ship) => StockOperationKind.Ship,
        (OrderStatus.Shipped or OrderStatus.Delivered, OrderCommand.Refund) when isReturned => StockOperationKind.Return,
        _ => null,
    };
}
