using System.Collections.Immutable;

namespace OrderApp.Domain;

/// <summary>One product of an order. Amount is the price of the whole line, kept exactly as it was given.</summary>
internal sealed record OrderLine(int Line, string ProductId, int Quantity, decimal Amount);

/// <summary>One transition of an order, numbered 1, 2, 3, … without a gap; the first one has no old status.</summary>
internal sealed record StatusChange(int Sequence, OrderStatus? OldStatus, OrderStatus NewStatus, string? Reason, DateTimeOffset Time);

/// <summary>
/// The order document. Only order-app writes it, and its status only along <see cref="OrderTransitions"/>; the history is
/// the record of it.
/// </summary>
internal sealed record Order
{
    /// <summary>UUIDv7 as text; also the id of the order's workflow.</summary>
    public required string Id { get; init; }
    public required string OrderNo { get; init; }
    public required string UserId { get; init; }
    public required ImmutableArray<OrderLine> Lines { get; init; }
    public required decimal Amount { get; init; }
    public string? Remark { get; init; }
    public required string IdempotencyKey { get; init; }
    public required OrderStatus Status { get; init; }

    /// <summary>Code of why the order is in its status; null when there is nothing to explain.</summary>
    public string? StatusReason { get; init; }
    public required ImmutableArray<StatusChange> History { get; init; }
    public required DateTimeOffset CreatedTime { get; init; }
    public required DateTimeOffset UpdatedTime { get; init; }
    public required int Version { get; init; }

    /// <summary>A new order, PENDING. Everything in it follows from its arguments, so making it again makes the same.</summary>
    public static Order Place(Guid id, PlacedOrder placed, string idempotencyKey, DateTimeOffset now) => new()
    {
        Id = id.ToString(),
        OrderNo = OrderNumber.Of(id),
        UserId = placed.UserId,
        Lines = placed.Lines,
        Amount = placed.Lines.Sum(line => line.Amount),
        Remark = placed.Remark,
        IdempotencyKey = idempotencyKey,
        Status = OrderStatus.Pending,
        History = [new StatusChange(1, null, OrderStatus.Pending, null, now)],
        CreatedTime = now,
        UpdatedTime = now,
        Version = 1,
    };

    /// <summary>The order after <paramref name="command"/>, or null when the command is not allowed now.</summary>
    public Order? Apply(OrderCommand command, string? reason, DateTimeOffset now)
    {
        if (OrderTransitions.Next(Status, command) is not { } next) return null;
        return this with
        {
            Status = next,
            StatusReason = reason,
            History = History.Add(new StatusChange(History.Length + 1, Status, next, reason, now)),
            UpdatedTime = now,
            Version = Version + 1,
        };
    }
}

/// <summary>What a client ordered, normalized: lines of the same product are merged.</summary>
internal sealed record PlacedOrder(string UserId, ImmutableArray<OrderLine> Lines, string? Remark);
