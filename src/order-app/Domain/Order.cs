using System.Collections.Immutable;
using System.ComponentModel;
using System.Text.Json.Serialization;
using OrderInventory.Contracts;

namespace OrderApp.Domain;

/// <summary>One product of an order. Amount is the price of the whole line, kept exactly as it was given.</summary>
internal sealed record OrderLine(int Line, string ProductId, int Quantity, decimal Amount);

/// <summary>One transition of an order, numbered 1, 2, 3, … without a gap; the first one has no old status.</summary>
internal sealed record StatusChange(int Sequence, OrderStatus? OldStatus, OrderStatus NewStatus, string? Reason, DateTimeOffset Time);

/// <summary>
/// A transition that waits for inventory: what was asked for, for which lines and why. It is stored before the request is
/// published, so that a result can be told from a late one and a lost request can be repeated.
/// </summary>
internal sealed record StockStep(OrderCommand Command, StockOperationKind Operation, ImmutableArray<int> Lines, string? Reason, DateTimeOffset Since);

/// <summary>
/// The order document. Only order-app writes it, and its status only along <see cref="OrderTransitions"/>; the history is
/// the record of it.
/// </summary>
[ImmutableObject(true)]
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

    /// <summary>The transition that waits for inventory; null when none does.</summary>
    public StockStep? Waiting { get; init; }

    /// <summary>CONFIRMED: to be paid until then; DELIVERED: can be refunded until then; null when there is no deadline.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>W3C trace parent of the request that placed the order; null when it had none.</summary>
    public string? TraceParent { get; init; }
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

    /// <summary>
    /// The order after <paramref name="command"/>, or null when the command is not allowed now. <paramref name="allowed"/>
    /// is how long the new status may last; null for ever.
    /// </summary>
    public Order? Apply(OrderCommand command, string? reason, DateTimeOffset now, TimeSpan? allowed = null)
    {
        if (OrderTransitions.Next(Status, command) is not { } next) return null;
        return this with
        {
            Status = next,
            StatusReason = reason,
            History = History.Add(new StatusChange(History.Length + 1, Status, next, reason, now)),
            Waiting = null,
            Deadline = now + allowed,
            UpdatedTime = now,
            Version = Version + 1,
        };
    }

    /// <summary>The order while <paramref name="command"/> waits for inventory, or null when the command is not allowed now.</summary>
    public Order? WaitFor(OrderCommand command, ImmutableArray<int> lines, string? reason, DateTimeOffset now) =>
        OrderTransitions.Next(Status, command) is not null && OrderTransitions.StockStep(Status, command) is { } operation
            ? this with { Waiting = new StockStep(command, operation, lines, reason, now) }
            : null;

    /// <summary>True when the order's workflow waits for a result of <paramref name="operation"/>; others come late or twice.</summary>
    public bool Awaits(StockOperationKind operation) =>
        Waiting is { } step ? step.Operation == operation : operation == StockOperationKind.Deduct && Status == OrderStatus.Pending;

    /// <summary>Since when the order is on its way to another status by itself; null when it rests.</summary>
    [JsonIgnore]
    public DateTimeOffset? BusySince => Waiting?.Since ?? (Status == OrderStatus.Pending ? CreatedTime : null);

    /// <summary>The numbers of all lines.</summary>
    [JsonIgnore]
    public ImmutableArray<int> LineNumbers => [.. Lines.Select(line => line.Line)];

    /// <summary>True when the order has been in <paramref name="status"/>, now or before.</summary>
    public bool HasBeen(OrderStatus status) => History.Any(change => change.NewStatus == status);
}

/// <summary>What a client ordered, normalized: lines of the same product are merged.</summary>
internal sealed record PlacedOrder(string UserId, ImmutableArray<OrderLine> Lines, string? Remark);
