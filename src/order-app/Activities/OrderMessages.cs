using OrderApp.Domain;
using OrderInventory.Contracts;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.Messaging;

namespace OrderApp.Activities;

/// <summary>Publishes what happened to an order and what is asked for it. All ids follow from the order, so repeats are recognisable.</summary>
internal sealed class OrderMessages(IEventPublisher publisher)
{
    /// <summary>Publishes one transition to <c>order-events</c> and <c>order-status-changes</c>.</summary>
    public Task PublishTransitionAsync(Order order, StatusChange change, CancellationToken cancellationToken)
    {
        var id = EventIds.Transition(order.Id, change.Sequence);
        var fact = new OrderEvent
        {
            Type = TypeOf(change.NewStatus),
            OrderId = order.Id,
            OrderNo = order.OrderNo,
            UserId = order.UserId,
            Lines = [.. order.Lines.Select(line => new OrderEventLine(line.Line, line.ProductId, line.Quantity, line.Amount))],
            Amount = order.Amount,
            Status = change.NewStatus.Word(),
            Reason = change.Reason,
            Sequence = change.Sequence,
            Timestamp = change.Time,
        };
        var status = new OrderStatusChangeMessage
        {
            OrderId = order.Id,
            OldStatus = change.OldStatus?.Word(),
            NewStatus = change.NewStatus.Word(),
            Reason = change.Reason,
            Sequence = change.Sequence,
            Timestamp = change.Time,
        };
        return Task.WhenAll(
            PublishAsync(Topics.OrderEvents, [OutgoingEvent.Of(id, order.Id, fact, ContractsJson.Default.OrderEvent, fact.Type)], cancellationToken),
            PublishAsync(Topics.OrderStatusChanges, [OutgoingEvent.Of(id, order.Id, status, ContractsJson.Default.OrderStatusChangeMessage)], cancellationToken));
    }

    /// <summary>Publishes one command for each of <paramref name="lines"/>.</summary>
    public Task PublishStockCommandsAsync(Order order, IReadOnlyCollection<int> lines, StockOperationKind operation, CancellationToken cancellationToken) =>
        PublishAsync(
            Topics.InventoryDeduction, [.. order.Lines.Where(line => lines.Contains(line.Line)).Select(line => Command(order, line, operation))], cancellationToken);

    private async Task PublishAsync(string topic, IReadOnlyList<OutgoingEvent> events, CancellationToken cancellationToken)
    {
        var missing = await publisher.PublishAsync(topic, events, cancellationToken);
        if (missing.Count > 0) throw new DependencyUnavailableException($"{missing.Count} of {events.Count} events could not be published to {topic}.");
    }

    private static OutgoingEvent Command(Order order, OrderLine line, StockOperationKind operation)
    {
        var id = EventIds.Operation(order.Id, line.Line, operation);
        return OutgoingEvent.Of(id, line.ProductId, new InventoryDeductionMessage
        {
            Operation = operation,
            OrderId = order.Id,
            Line = line.Line,
            ProductId = line.ProductId,
            Quantity = line.Quantity,
            IdempotencyKey = id,
            Timestamp = order.CreatedTime,
        }, ContractsJson.Default.InventoryDeductionMessage);
    }

    private static string TypeOf(OrderStatus status) => status == OrderStatus.Pending ? "OrderCreated" : "Order" + status;
}
