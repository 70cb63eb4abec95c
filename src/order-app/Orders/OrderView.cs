using OrderApp.Domain;

namespace OrderApp.Orders;

/// <summary>One product of an order.</summary>
/// <param name="Line">Number of the line, from 1.</param>
/// <param name="ProductId">The product.</param>
/// <param name="Quantity">Units.</param>
/// <param name="Amount">Price of the whole line.</param>
public sealed record OrderLineView(int Line, string ProductId, int Quantity, decimal Amount);

/// <summary>A command that inventory refused; the order stayed as it was.</summary>
/// <param name="Command">The command.</param>
/// <param name="Line">The first line that was refused.</param>
/// <param name="Code">Why.</param>
/// <param name="Time">When, UTC.</param>
public sealed record RefusalView(string Command, int Line, string Code, DateTimeOffset Time);

/// <summary>A payment that a client named.</summary>
/// <param name="PaymentId">Names it at whoever took the money.</param>
/// <param name="Amount">What was paid, digit for digit; null when nobody said.</param>
/// <param name="Time">When it was recorded, UTC.</param>
/// <param name="Late">True when the order was cancelled already: somebody has to pay it back.</param>
public sealed record PaymentView(string PaymentId, decimal? Amount, DateTimeOffset Time, bool Late);

/// <summary>An order.</summary>
public sealed record OrderView
{
    /// <summary>Names the order; it follows from user and idempotency key.</summary>
    /// <example>57061e50-a4b3-8ffd-b03a-a783a1621207</example>
    public required Guid Id { get; init; }

    /// <summary>The number that people use.</summary>
    /// <example>ORD2Q0RF5195KHZYV0EN7GEGP44G7</example>
    public required string OrderNo { get; init; }

    /// <summary>Who ordered.</summary>
    /// <example>user-1</example>
    public required string UserId { get; init; }

    /// <summary>The product of an order with one line; null when there are several.</summary>
    /// <example>SAMPLE-BOOK</example>
    public required string? ProductId { get; init; }

    /// <summary>Units of all lines together.</summary>
    /// <example>2</example>
    public required int Quantity { get; init; }

    /// <summary>Sum of the lines, digit for digit.</summary>
    /// <example>85.00</example>
    public required decimal Amount { get; init; }

    /// <summary>The products.</summary>
    public required IReadOnlyList<OrderLineView> Lines { get; init; }

    /// <summary>PENDING, CONFIRMED, PAID, SHIPPED, DELIVERED, CANCELLED or REFUNDED.</summary>
    /// <example>CONFIRMED</example>
    public required OrderStatus Status { get; init; }

    /// <summary>Code of the cause, as OUT_OF_STOCK, or the client's reason; null when there is nothing to explain.</summary>
    /// <example>null</example>
    public required string? StatusReason { get; init; }

    /// <summary>The key that the order was placed with, given or made.</summary>
    /// <example>order-1</example>
    public required string IdempotencyKey { get; init; }

    /// <summary>The client's note; null for none.</summary>
    /// <example>Please ring twice</example>
    public required string? Remark { get; init; }

    /// <summary>When it was placed, UTC.</summary>
    /// <example>2026-01-31T12:00:00+00:00</example>
    public required DateTimeOffset CreatedTime { get; init; }

    /// <summary>When its status last changed, UTC.</summary>
    /// <example>2026-01-31T12:00:00.25+00:00</example>
    public required DateTimeOffset UpdatedTime { get; init; }

    /// <summary>CONFIRMED: cancelled unless it is paid until then, UTC. DELIVERED: can be refunded until then. Null when there is no deadline.</summary>
    /// <example>2026-01-31T12:30:00.25+00:00</example>
    public required DateTimeOffset? Deadline { get; init; }

    /// <summary>The last command that inventory refused; null when it refused none since the last transition.</summary>
    public required RefusalView? Refusal { get; init; }

    /// <summary>The payments that were named: the one that paid the order, and late ones. None for an order that was paid without a name.</summary>
    public required IReadOnlyList<PaymentView> Payments { get; init; }

    /// <summary>Grows by one with every transition.</summary>
    /// <example>2</example>
    public required int Version { get; init; }

    internal static OrderView Of(Order order) => new()
    {
        Id = Guid.Parse(order.Id),
        OrderNo = order.OrderNo,
        UserId = order.UserId,
        ProductId = order.Lines is [var only] ? only.ProductId : null,
        Quantity = order.Lines.Sum(line => line.Quantity),
        Amount = order.Amount,
        Lines = [.. order.Lines.Select(line => new OrderLineView(line.Line, line.ProductId, line.Quantity, line.Amount))],
        Status = order.Status,
        StatusReason = order.StatusReason,
        IdempotencyKey = order.IdempotencyKey,
        Remark = order.Remark,
        CreatedTime = order.CreatedTime,
        UpdatedTime = order.UpdatedTime,
        Deadline = order.Deadline,
        Refusal = order.Refusal is { } refusal ? new RefusalView(refusal.Command.ToString().ToUpperInvariant(), refusal.Line, refusal.Code, refusal.Time) : null,
        Payments = [.. order.Payments.Select(payment => new PaymentView(payment.Id, payment.Amount, payment.Time, payment.IsLate))],
        Version = order.Version,
    };
}

/// <summary>One transition of an order.</summary>
/// <param name="Sequence">1, 2, 3, … without a gap.</param>
/// <param name="OldStatus">Status before; null for the first.</param>
/// <param name="NewStatus">Status after.</param>
/// <param name="Reason">Code of the cause; null when there is nothing to explain.</param>
/// <param name="Time">When it was recorded, UTC.</param>
public sealed record HistoryEntry(int Sequence, OrderStatus? OldStatus, OrderStatus NewStatus, string? Reason, DateTimeOffset Time);
