using System.Text.Json;
using System.Text.Json.Serialization;
using OrderInventory.Auditing;
using OrderInventory.Contracts;

namespace OrderInventory.Repairing;

/// <summary>A line of an order, with what <see cref="OrderEvent"/> says of it.</summary>
internal sealed record TellableLine(int Line, string ProductId, int Quantity, decimal Amount);

/// <summary>A payment of an order.</summary>
internal sealed record TellablePayment(string PaymentId, decimal? Amount, DateTimeOffset Time, bool Late);

/// <summary>An order, with what its events say of it.</summary>
internal sealed record TellableOrder(string Id, string OrderNo, string UserId, decimal Amount, IReadOnlyList<TellableLine> Lines, IReadOnlyList<TellablePayment>? Payments, string Status);

/// <summary>A transition.</summary>
internal sealed record TellableChange(int Sequence, string? OldStatus, string NewStatus, string? Reason, DateTimeOffset Time);

/// <summary>The events of an order that order-app has published, or was to publish, made from its public API: same ids, same payloads.</summary>
internal static class Retelling
{
    private const string Cancelled = "CANCELLED";

    /// <summary>The events of an order, oldest first; null when there is none of this id.</summary>
    /// <exception cref="UnreadableException">It cannot be read.</exception>
    public static async Task<IReadOnlyList<Telling>?> ReadAsync(SystemReader system, string orderId, CancellationToken cancellationToken)
    {
        // The order last: it then has whatever payment a transition is about.
        var history = (await system.HistoryAsync(orderId, cancellationToken))?.Deserialize(TellableJson.Default.TellableChangeArray);
        var order = (await system.OrderAsync(orderId, cancellationToken))?.Deserialize(TellableJson.Default.TellableOrder);
        return order is null || history is null ? null : Events(order, history);
    }

    /// <summary>The events of an order with these transitions.</summary>
    public static IReadOnlyList<Telling> Events(TellableOrder order, IReadOnlyList<TellableChange> history)
    {
        var payments = order.Payments ?? [];
        var events = new List<Telling>();
        foreach (var change in history)
        {
            var id = EventIds.Transition(order.Id, change.Sequence);
            events.Add(Fact(order, TypeOf(change.NewStatus), change, id, change.Time, change.NewStatus == "PAID" ? payments.FirstOrDefault(payment => !payment.Late) : null));
            events.Add(new Telling(Topics.OrderStatusChanges, id, order.Id, nameof(OrderStatusChangeMessage), JsonSerializer.Serialize(
                new OrderStatusChangeMessage { OrderId = order.Id, OldStatus = change.OldStatus, NewStatus = change.NewStatus, Reason = change.Reason, Sequence = change.Sequence, Timestamp = change.Time },
                ContractsJson.Default.OrderStatusChangeMessage)));
        }

        // A late payment has the number of the transition that ended the order, which is the last one.
        if (history is [.., { NewStatus: Cancelled } end])
            events.AddRange(payments.Where(payment => payment.Late).Select(payment => Fact(order, "OrderPaidLate", end, EventIds.LatePayment(order.Id, payment.PaymentId), payment.Time, payment)));
        return events;
    }

    private static Telling Fact(TellableOrder order, string type, TellableChange change, string id, DateTimeOffset time, TellablePayment? payment) => new(Topics.OrderEvents, id, order.Id, type, JsonSerializer.Serialize(
        new OrderEvent
        {
            Type = type,
            OrderId = order.Id,
            OrderNo = order.OrderNo,
            UserId = order.UserId,
            Lines = [.. order.Lines.Select(line => new OrderEventLine(line.Line, line.ProductId, line.Quantity, line.Amount))],
            Amount = order.Amount,
            Status = change.NewStatus,
            Reason = change.Reason,
            Sequence = change.Sequence,
            Payment = payment is null ? null : new OrderEventPayment(payment.PaymentId, payment.Amount, payment.Late),
            Timestamp = time,
        },
        ContractsJson.Default.OrderEvent));

    private static string TypeOf(string status) => status == "PENDING" ? "OrderCreated" : "Order" + status[0] + status[1..].ToLowerInvariant();
}

/// <summary>Reads what events are made of, and passes over the rest.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(TellableOrder))]
[JsonSerializable(typeof(TellableChange[]))]
internal sealed partial class TellableJson : JsonSerializerContext;
