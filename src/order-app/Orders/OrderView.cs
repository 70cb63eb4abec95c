using OrderApp.Domain;

namespace OrderApp.Orders;

/// <summary>One product of an order.</summary>
/// <param name="Line">Number of the line, from 1.</param>
/// <param name="ProductId">The product.</param>
/// <param name="Quantity">Units.</param>
/// <param name="Amount">Price of the whole line.</param>
public sealed record OrderLineView(int Line, string ProductId, int Quantity, decimal Amount);

/// <summary>A command that inventory refused; the order stayed as it was.</summary>
/// <param name="Command">SHIP.</param>
/// <param name="Line">The first line that was refused.</param>
/// <param name="Code">Why, as NOT_HELD.</param>
/// <param name="Time">When, UTC.</param>
public sealed record RefusalView(string Command, int Line, string Code, DateTimeOffset Time);

/// <summary>An order.</summary>
public sealed record OrderView
{
    /// <summary>A UUID.</summary>
    public required string Id { get; init; }

    /// <summary>The number that people use.</summary>
    public required string OrderNo { get; init; }

    /// <summary>Who ordered.</summary>
    public required string UserId { get; init; }

    /// <summary>The product of an order with one line; null when there are several.</summary>
    public required string? ProductId { get; init; }

    /// <summary>Units of all lines together.</summary>
    public required int Quantity { get; init; }

    /// <summary>Sum of the lines.</summary>
    public required decimal Amount { get; init; }

    /// <summary>The products.</summary>
    public required IReadOnlyList<OrderLineView> Lines { get; init; }

    /// <summary>PENDING, CONFIRMED, PAID, SHIPPED, DELIVERED, CANCELLED or REFUNDED.</summary>
    public required OrderStatus Status { get; init; }

    /// <summary>Code of the cause, as OUT_OF_STOCK; null when there is nothing to explain.</summary>
    public required string? StatusReason { get; init; }

    /// <summary>The key that the order was placed with, given or made.</summary>
    public required string IdempotencyKey { get; init; }

    /// <summary>The client's note; null for none.</summary>
    public required string? Remark { get; init; }

    /// <summary>When it was placed, UTC.</summary>
    public required DateTimeOffset CreatedTime { get; init; }

    /// <summary>When its status last changed, UTC.</summary>
    public required DateTimeOffset UpdatedTime { get; init; }

    /// <summary>CONFIRMED: cancelled unless it is paid until then, UTC. DELIVERED: can be refunded until then. Null when there is no deadline.</summary>
    public required DateTimeOffset? Deadline { get; init; }

    /// <summary>The last command that inventory refused; null when it refused none since the last transition.</summary>
    public required RefusalView? Refusal { get; init; }

    /// <summary>Grows by one with every transition.</summary>
    public required int Version { get; init; }

    internal static OrderView Of(Order order) => new()
    {
        Id = order.Id,
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
