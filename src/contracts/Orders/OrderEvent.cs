namespace OrderInventory.Contracts;

/// <summary>One product of an order, as published.</summary>
/// <param name="Line">Number of the line, from 1.</param>
/// <param name="ProductId">The product.</param>
/// <param name="Quantity">Units, at least 1.</param>
/// <param name="Amount">Price of the whole line.</param>
public sealed record OrderEventLine(int Line, string ProductId, int Quantity, decimal Amount);

/// <summary>A payment of an order, as published.</summary>
/// <param name="PaymentId">Names it at whoever took the money.</param>
/// <param name="Amount">What was paid; null when nobody said.</param>
/// <param name="Late">True when the order was cancelled already: somebody has to pay it back.</param>
public sealed record OrderEventPayment(string PaymentId, decimal? Amount, bool Late);

/// <summary>A fact on topic <see cref="Topics.OrderEvents"/>: the order as it stood after one transition, or that a late payment came for it.</summary>
public sealed record OrderEvent
{
    /// <summary>OrderCreated, OrderConfirmed, OrderCancelled, …, or OrderPaidLate; also the CloudEvent type.</summary>
    public required string Type { get; init; }

    /// <summary>The order.</summary>
    public required string OrderId { get; init; }

    /// <summary>The number that people use for it.</summary>
    public required string OrderNo { get; init; }

    /// <summary>Who ordered.</summary>
    public required string UserId { get; init; }

    /// <summary>The products.</summary>
    public required IReadOnlyList<OrderEventLine> Lines { get; init; }

    /// <summary>Sum of the lines.</summary>
    public required decimal Amount { get; init; }

    /// <summary>Status after the transition.</summary>
    public required string Status { get; init; }

    /// <summary>Code of the cause; null when there is nothing to explain.</summary>
    public string? Reason { get; init; }

    /// <summary>Number of the transition in its order: 1, 2, 3, … without a gap. OrderPaidLate is no transition: it has the number of the last one.</summary>
    public required int Sequence { get; init; }

    /// <summary>OrderPaid: the payment, OrderPaidLate: the late one; null when nobody named it.</summary>
    public OrderEventPayment? Payment { get; init; }

    /// <summary>When the transition, or the late payment, was recorded.</summary>
    public required DateTimeOffset Timestamp { get; init; }
}
