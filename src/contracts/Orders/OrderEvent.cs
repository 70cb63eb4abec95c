namespace OrderInventory.Contracts;

/// <summary>One product of an order, as published.</summary>
/// <param name="Line">Number of the line, from 1.</param>
/// <param name="ProductId">The product.</param>
/// <param name="Quantity">Units, at least 1.</param>
/// <param name="Amount">Price of the whole line.</param>
public sealed record OrderEventLine(int Line, string ProductId, int Quantity, decimal Amount);

/// <summary>A fact on topic <see cref="Topics.OrderEvents"/>: the order as it stood after one transition.</summary>
public sealed record OrderEvent
{
    /// <summary>OrderCreated, OrderConfirmed, OrderCancelled, …; also the CloudEvent type.</summary>
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

    /// <summary>Number of the transition in its order: 1, 2, 3, … without a gap.</summary>
    public required int Sequence { get; init; }

    /// <summary>When the transition was recorded.</summary>
    public required DateTimeOffset Timestamp { get; init; }
}
