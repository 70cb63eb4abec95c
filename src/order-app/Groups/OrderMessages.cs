using OrderApp.Domain;
using OrderInventory.Contracts;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.Messaging;

namespace OrderApp.Groups;

/// <summary>
/// Publishes what a call stored in the documents: transitions, and what is asked of inventory. All ids follow from the
/// orders, so repeats are recognisable.
/// </summary>
internal sealed class OrderMessages(IEventPublisher publisher)
{
    /// <summary>
    /// Publishes what <paramref name="call"/> of <paramref name="group"/> stored in these orders. With
    /// <paramref name="askAgain"/> also what the orders of the group wait for from earlier calls.
    /// </summary>
    /// <exception cref="DependencyUnavailableException">Some of it may not have been published: repeat the call.</exception>
    public async Task PublishAsync(IReadOnlyCollection<Order> orders, string group, string call, bool askAgain, CancellationToken cancellationToken)
    {
        var told = orders.SelectMany(order => order.History.Where(change => change.By == call || order.RetoldBy == call).Select(change => (Order: order, Change: change))).ToArray();
        var late = orders.SelectMany(order => order.Payments.Where(payment => payment.IsLate && (payment.By == call || order.RetoldBy == call)).Select(payment => Late(order, payment)));
        var asked = orders.Where(order => order.Step is { } step && (step.By == call || (askAgain && order.Group == group)))
            .SelectMany(order => order.Step!.Unanswered.Select(line => Command(order, order.Step, order.Lines.First(known => known.Line == line))));
        var missing = await Task.WhenAll(
            publisher.PublishAsync(Topics.OrderEvents, [.. told.Select(pair => Fact(pair.Order, pair.Change)), .. late], cancellationToken),
            publisher.PublishAsync(Topics.OrderStatusChanges, [.. told.Select(pair => StatusChange(pair.Order, pair.Change))], cancellationToken),
            publisher.PublishAsync(Topics.InventoryDeduction, [.. asked], cancellationToken));
        if (missing.Sum(ids => ids.Count) is var count and > 0) throw new DependencyUnavailableException($"{count} events of {call} could not be published.");
    }

    private static OutgoingEvent Fact(Order order, StatusChange change) => Fact(
        order,
        change.NewStatus == OrderStatus.Pending ? "OrderCreated" : "Order" + change.NewStatus,
        change,
        EventIds.Transition(order.Id, change.Sequence),
        change.Time,
        change.NewStatus == OrderStatus.Paid ? order.Payments.FirstOrDefault(payment => !payment.IsLate) : null);

    // No transition: it has the number of the one that ended the order, and an id of its own.
    private static OutgoingEvent Late(Order order, Payment payment) => Fact(order, "OrderPaidLate", order.History[^1], EventIds.LatePayment(order.Id, payment.Id), payment.Time, payment);

    private static OutgoingEvent Fact(Order order, string type, StatusChange change, string id, DateTimeOffset time, Payment? payment) => Event(order, id, order.Id, new OrderEvent
    {
        Type = type,
        OrderId = order.Id,
        OrderNo = order.OrderNo,
        UserId = order.UserId,
        Lines = [.. order.Lines.Select(line => new OrderEventLine(line.Line, line.ProductId, line.Quantity, line.Amount))],
        Amount = order.Amount,
        Status = change.NewStatus.Word(),
        Reason = change.Reason,
        Sequence = change.Sequence,
        Payment = payment is null ? null : new OrderEventPayment(payment.Id, payment.Amount, payment.IsLate),
        Timestamp = time,
    }, ContractsJson.Default.OrderEvent, type);

    private static OutgoingEvent StatusChange(Order order, StatusChange change) => Event(order, EventIds.Transition(order.Id, change.Sequence), order.Id, new OrderStatusChangeMessage
    {
        OrderId = order.Id,
        OldStatus = change.OldStatus?.Word(),
        NewStatus = change.NewStatus.Word(),
        Reason = change.Reason,
        Sequence = change.Sequence,
        Timestamp = change.Time,
    }, ContractsJson.Default.OrderStatusChangeMessage);

    private static OutgoingEvent Command(Order order, OrderStep step, OrderLine line)
    {
        var id = EventIds.Operation(order.Id, line.Line, step.Operation);
        return Event(order, id, line.ProductId, new InventoryDeductionMessage
        {
            Operation = step.Operation,
            OrderId = order.Id,
            Line = line.Line,
            ProductId = line.ProductId,
            Quantity = line.Quantity,
            IdempotencyKey = id,
            CorrelationId = order.Group,
            Timestamp = order.CreatedTime,
        }, ContractsJson.Default.InventoryDeductionMessage);
    }

    // A group mixes orders of many requests; what is told of an order belongs to the trace of its own.
    private static OutgoingEvent Event<T>(Order order, string id, string key, T payload, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> json, string? type = null) =>
        OutgoingEvent.Of(id, key, payload, json, type) with { TraceParent = order.TraceParent };
}
