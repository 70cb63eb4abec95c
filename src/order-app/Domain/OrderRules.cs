using System.Collections.Immutable;
using OrderInventory.Contracts;

namespace OrderApp.Domain;

/// <summary>How long an order may stay in a status by itself.</summary>
/// <param name="Payment">In CONFIRMED, before it is cancelled; null for ever.</param>
/// <param name="Refund">In DELIVERED, until it cannot be refunded any more; null for ever.</param>
/// <param name="IsPaidExactly">True refuses a payment of another amount than the order's.</param>
internal sealed record OrderTerms(TimeSpan? Payment, TimeSpan? Refund, bool IsPaidExactly = true);

/// <summary>
/// The life of an order as pure functions: the document and what came give the next document. Who stores it is
/// <c>by</c> (<see cref="GroupCall"/>); the same document back means that nothing changed.
/// </summary>
internal sealed class OrderRules(OrderTerms terms)
{
    /// <summary>Accepted commands that may wait for the step in hand.</summary>
    public const int MaxRequests = 4;

    /// <summary>Payments that an order keeps.</summary>
    public const int MaxPayments = 8;

    /// <summary>A new order, PENDING, that waits until every line is held.</summary>
    public static Order Place(Guid id, PlacedOrder placed, string idempotencyKey, string group, DateTimeOffset now)
    {
        var by = GroupCall.Of(group, 0);
        return new Order
        {
            Id = id.ToString(),
            OrderNo = OrderNumber.Of(id),
            UserId = placed.UserId,
            Lines = placed.Lines,
            Amount = placed.Lines.Sum(line => line.Amount),
            Remark = placed.Remark,
            PaymentDeadline = placed.PaymentDeadline,
            IdempotencyKey = idempotencyKey,
            Fingerprint = Domain.Fingerprint.Of(placed),
            Status = OrderStatus.Pending,
            History = [new StatusChange(1, null, OrderStatus.Pending, null, now, by)],
            Step = new OrderStep(OrderCommand.Confirm, StockOperationKind.Deduct, [.. placed.Lines.Select(line => line.Line)], null, now, by),
            Group = group,
            CreatedTime = now,
            UpdatedTime = now,
            Version = 1,
        };
    }

    /// <summary>
    /// What a client's command does. An order that changed and has to be driven belongs to <paramref name="group"/> then.
    /// <paramref name="key"/>: the client's idempotency key for this command on this order; null for none.
    /// </summary>
    public (Order Order, OrderOutcome Outcome) Command(Order order, OrderRequest request, string group, DateTimeOffset now, string? key = null)
    {
        if (key is not null && order.CommandKeys.FirstOrDefault(given => given.Command == request.Command && given.Key == key) is { } before)
        {
            if (before != CommandKey.Of(request, key)) return (order, new OrderOutcome.KeyReused());
            // Also when the order has gone on since.
            if (order.HasBeen(OrderTransitions.Target(request.Command))) return (order, new OrderOutcome.Done(order));
        }

        var (after, outcome) = request is { Command: OrderCommand.Pay, Payment: { } payment } ? Pay(order, request, payment, group, now) : Command(order, request, group, now);
        // A request that was refused, or had nothing to do, does not use its key up.
        return key is null || ReferenceEquals(after, order) ? (after, outcome) : Remember(after, outcome, CommandKey.Of(request, key));
    }

    /// <summary>As any command, but the same payment is one payment, and money for a cancelled order is not lost.</summary>
    private (Order, OrderOutcome) Pay(Order order, OrderRequest request, PaymentReport payment, string group, DateTimeOffset now)
    {
        if (order.Payments.FirstOrDefault(known => known.Id == payment.Id) is { } known)
            return (order, known.IsAsIn(payment) ? new OrderOutcome.Done(order) : new OrderOutcome.OtherAmount(order, known));
        var received = payment.Id is { } id ? new Payment(id, payment.Amount, now, order.Status == OrderStatus.Cancelled, GroupCall.Of(group, 0)) : null;
        if (received is { IsLate: true })
        {
            if (order.Payments.Length >= MaxPayments) return (order, new OrderOutcome.TooManyPayments(order));
            var late = order with { Payments = order.Payments.Add(received), Group = group, UpdatedTime = now };
            return (late, new OrderOutcome.Done(late));
        }

        // Soon it is cancelled, and the payment is late.
        if (received is not null && order.Step?.Command == OrderCommand.Cancel) return (order, new OrderOutcome.Busy(order));
        if (received is not null && order.HasBeen(OrderStatus.Paid)) return (order, new OrderOutcome.AlreadyPaid(order));
        if (terms.IsPaidExactly && payment.Amount is { } amount && amount != order.Amount) return (order, new OrderOutcome.OtherAmount(order, Before: null));
        var (paid, outcome) = Command(order, request, group, now);
        if (received is null || ReferenceEquals(paid, order)) return (paid, outcome);
        paid = paid with { Payments = paid.Payments.Add(received) };
        return (paid, new OrderOutcome.Done(paid));
    }

    private static (Order, OrderOutcome) Remember(Order order, OrderOutcome outcome, CommandKey key)
    {
        order = order with { CommandKeys = order.CommandKeys.Add(key) };
        return (order, outcome is OrderOutcome.Done ? new OrderOutcome.Done(order) : new OrderOutcome.Accepted(order));
    }

    private (Order Order, OrderOutcome Outcome) Command(Order order, OrderRequest request, string group, DateTimeOffset now)
    {
        var command = request.Command;
        if (IsDone(order, command)) return (order, new OrderOutcome.Done(order));
        if (!IsAllowed(order, command)) return (order, new OrderOutcome.Refused(order));
        if (order.Status == OrderStatus.Delivered && order.Deadline < now) return (order, new OrderOutcome.TooLate(order));
        // What inventory has recorded stays as it is, so asking again would be answered in the same way.
        if (order.Refusal is { } refusal && refusal.Command == command) return (order, new OrderOutcome.RefusedByInventory(order, refusal));
        if (order.Step?.Command == command || order.Requests.Any(waiting => waiting.Command == command)) return (order, new OrderOutcome.Accepted(order));
        if (order.Step is not null && order.Status != OrderStatus.Pending) return Wait(order, request);
        // A PENDING order can only be cancelled: a line without an answer may be held by then, and giving it back fences it.
        var lines = order.Step is { } step ? [.. step.Lines.Where(line => !step.Answers.Any(answer => answer.Line == line && !answer.Success))] : order.LineNumbers;
        var begun = Begin(order with { Group = group }, command, lines, request.Reason, GroupCall.Of(group, 0), now, request.Restock);
        return (begun, begun.Step is null ? new OrderOutcome.Done(begun) : new OrderOutcome.Accepted(begun));
    }

    /// <summary>Cancels a CONFIRMED order that nobody paid in time.</summary>
    public Order Overdue(Order order, string group, DateTimeOffset now) => order is { Status: OrderStatus.Confirmed, Step: null } && order.Deadline <= now
        ? Begin(order with { Group = group }, OrderCommand.Cancel, order.LineNumbers, Reasons.PaymentOverdue, GroupCall.Of(group, 0), now)
        : order;

    /// <summary>The order with what inventory answered; answers that it does not wait for, or has already, change nothing.</summary>
    public Order Answer(Order order, StockOperationKind operation, LineAnswer answer, string by, DateTimeOffset now)
    {
        if (order.Step is not { } step || step.Operation != operation || !step.Unanswered.Contains(answer.Line)) return order;
        step = step with { Answers = step.Answers.Add(answer) };
        return step.Unanswered.IsEmpty ? Finish(order, step, by, now) : order with { Step = step };
    }

    /// <summary>
    /// Another group drives the order from now on. What the one before has told is not known when it got lost
    /// (<paramref name="isLost"/>): then the whole history is told again.
    /// </summary>
    public static Order TakeOver(Order order, string group, bool isLost)
    {
        var by = GroupCall.Of(group, 0);
        return order with { Group = group, Step = order.Step is { } step ? step with { By = by } : null, RetoldBy = isLost ? by : order.RetoldBy };
    }

    private Order Finish(Order order, OrderStep step, string by, DateTimeOffset now)
    {
        var refused = step.Answers.OrderBy(answer => answer.Line).FirstOrDefault(answer => !answer.Success);
        switch (step.Command)
        {
            case OrderCommand.Confirm when refused is not null:
                return Begin(order, OrderCommand.Cancel, [.. step.Answers.Where(answer => answer.Success).Select(answer => answer.Line).Order()], refused.Code, by, now);
            case OrderCommand.Ship when refused is not null:
                // Inventory has lost what this order holds. The order stays PAID and can be refunded.
                return Next(order with { Step = null, Refusal = new OrderRefusal(step.Command, refused.Line, refused.Code, now), UpdatedTime = now }, by, now);
            default:
                // A line that was refused its RESTORE holds nothing, which is what the transition needs.
                return Next(Transit(order, step.Command, step.Reason, by, now), by, now);
        }
    }

    /// <summary>Goes on with the first command that waited and is still allowed.</summary>
    private Order Next(Order order, string by, DateTimeOffset now)
    {
        foreach (var request in order.Requests)
        {
            order = order with { Requests = order.Requests.RemoveAt(0) };
            if (IsAllowed(order, request.Command)) return Begin(order, request.Command, order.LineNumbers, request.Reason, by, now, request.Restock);
        }

        return order;
    }

    private Order Begin(Order order, OrderCommand command, ImmutableArray<int> lines, string? reason, string by, DateTimeOffset now, bool isReturned = false) =>
        OrderTransitions.StockStep(order.Status, command, isReturned) is { } operation && lines.Length > 0
            ? order with { Step = new OrderStep(command, operation, lines, reason, now, by) }
            : Next(Transit(order, command, reason, by, now), by, now);

    private Order Transit(Order order, OrderCommand command, string? reason, string by, DateTimeOffset now)
    {
        var next = OrderTransitions.Next(order.Status, command) ?? throw new InvalidOperationException($"{command} is not allowed in {order.Status}.");
        return order with
        {
            Status = next,
            StatusReason = reason,
            History = order.History.Add(new StatusChange(order.History.Length + 1, order.Status, next, reason, now, by)),
            Step = null,
            Refusal = null,
            Deadline = now + (next switch { OrderStatus.Confirmed => order.PaymentDeadline ?? terms.Payment, OrderStatus.Delivered => terms.Refund, _ => null }),
            UpdatedTime = now,
            Version = order.Version + 1,
        };
    }

    private static (Order, OrderOutcome) Wait(Order order, OrderRequest request)
    {
        if (order.Requests.Length >= MaxRequests) return (order, new OrderOutcome.Busy(order));
        order = order with { Requests = order.Requests.Add(request) };
        return (order, new OrderOutcome.Accepted(order));
    }

    /// <summary>True when the order is where <paramref name="command"/> leads, or was there on its way.</summary>
    // An order that ended is where a command leads only when it ended there: a payment of a cancelled order is refused.
    public static bool IsDone(Order order, OrderCommand command) =>
        order.Status is OrderStatus.Cancelled or OrderStatus.Refunded
            ? order.Status == OrderTransitions.Target(command)
            : order.HasBeen(OrderTransitions.Target(command));

    /// <summary>True when <paramref name="command"/> can be carried out, now or after the step in hand.</summary>
    // While the order waits for inventory on its way to an end, only what leads there is allowed.
    public static bool IsAllowed(Order order, OrderCommand command) =>
        OrderTransitions.Next(order.Status, command) is not null
        && (order.Step is not { Command: OrderCommand.Cancel or OrderCommand.Refund } ending || ending.Command == command);
}
