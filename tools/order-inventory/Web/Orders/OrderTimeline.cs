using System.Globalization;
using OrderInventory.Contracts;
using OrderInventory.DeadLetters;
using OrderInventory.Web.Products;

namespace OrderInventory.Web.Orders;

/// <summary>Joins what both apps recorded about an order into one list, oldest first.</summary>
internal static class OrderTimeline
{
    public static IReadOnlyList<TimelineEntry> Of(OrderEvidence evidence)
    {
        var entries = Transitions(evidence)
            .Concat(evidence.Operations?.Select(Operation) ?? [])
            .Concat(evidence.Order.Payments?.Select(Payment) ?? [])
            .Concat(evidence.Order.Refusal is { } refusal ? [Refusal(evidence.Order.Id, refusal)] : [])
            .Concat(evidence.Letters.Select(Parked))
            .Concat(evidence.Repeats.SelectMany(of => of.Seen.Repeats.Select(repeat => Repeated(of.App, repeat))))
            .Concat(evidence.Saga?.Step is { } step ? [Asked(step)] : [])
            .OrderBy(entry => entry.Time).ToArray();
        return [.. entries.Select((entry, i) => i == 0 ? entry : entry with { SinceBefore = entry.Time - entries[i - 1].Time })];
    }

    private static IEnumerable<TimelineEntry> Transitions(OrderEvidence evidence)
    {
        var order = evidence.Order;
        // Without the right to see how it was driven, the request is all that is known of the beginning.
        var transitions = evidence.Saga?.Transitions ?? [new SagaTransition(1, EventIds.Transition(order.Id, 1), "PENDING", null, order.CreatedTime, null)];
        foreach (var change in transitions)
        {
            var facts = new List<Fact>();
            if (change.Sequence == 1)
            {
                facts.Add(new Fact("key", order.IdempotencyKey));
                if (evidence.Saga?.Fingerprint is { } fingerprint) facts.Add(new Fact("fingerprint of the request", fingerprint));
            }

            if (change.Reason is { } reason) facts.Add(new Fact("reason", reason));
            if (change.By is { } by) facts.Add(new Fact("stored and told by call", by));
            if (evidence.Saga?.Commands.FirstOrDefault(command => StatusOf(command.Command) == change.NewStatus) is { IdempotencyKey: { } key }) facts.Add(new Fact("key of the command", key));
            facts.Add(new Fact("event", $"{change.EventId} on {Topics.OrderEvents} and {Topics.OrderStatusChanges}"));
            yield return new TimelineEntry(change.Time, null, change.Sequence == 1 ? "request" : "transition", change.Sequence == 1 ? "Placed: PENDING" : change.NewStatus, change.NewStatus == "CANCELLED" && change.Reason is not null, facts);
        }
    }

    private static TimelineEntry Operation(ShownOperation operation)
    {
        var facts = new List<Fact>
        {
            new("product", operation.ProductId, "/products/" + Uri.EscapeDataString(operation.ProductId)),
            new("message", $"{operation.OperationId} on {Topics.InventoryDeduction}"),
            new("result", $"{EventIds.Result(operation.OperationId)} on {Topics.InventoryDeductionResult}"),
            new("available", operation.Available()),
        };
        if (operation.Reserved() is { } reserved) facts.Add(new Fact("reserved", reserved));
        facts.Add(new Fact("operation of the product", "number " + Number(operation.Sequence)));
        return new TimelineEntry(operation.Time, null, "stock", $"{operation.Kind} of line {operation.Line}: {operation.Outcome}, {Number(operation.Quantity)} of {operation.ProductId}", !operation.Success, facts);
    }

    private static TimelineEntry Payment(ShownPayment payment) => new(
        payment.Time,
        null,
        "payment",
        payment.Late ? $"Late payment {payment.PaymentId}: to be paid back" : $"Payment {payment.PaymentId}",
        payment.Late,
        payment.Amount is { } amount ? [new Fact("amount", amount.ToString(CultureInfo.InvariantCulture))] : []);

    private static TimelineEntry Refusal(string orderId, ShownRefusal refusal) => new(
        refusal.Time, null, "refusal", $"{refusal.Command} refused: {refusal.Code}", true, [new Fact("line", Number(refusal.Line)), new Fact("order", $"{orderId} stayed as it was")]);

    private static TimelineEntry Parked(Letter letter) => new(
        letter.RecordedTime,
        null,
        "letter",
        $"Dead letter: {letter.EventId} is {letter.Status}",
        letter.Status == "OPEN",
        [new Fact("letter", letter.Id, "/deadletters/" + letter.Id), new Fact("topic", letter.Topic), new Fact("reason", letter.Reason ?? "the sidecar gave it up"), new Fact("replays", Number(letter.Replays))]);

    private static TimelineEntry Repeated(string app, SeenRepeat repeat)
    {
        var isRequest = repeat.What.Contains(' ', StringComparison.Ordinal);
        var facts = new List<Fact> { new(isRequest ? "request" : "topic", repeat.What) };
        if (isRequest && repeat.Id is { } key) facts.Add(new Fact("key", key));
        facts.Add(new Fact("times", repeat.Times == 1 ? "once" : $"{Number(repeat.Times)}, the first at {At(repeat.First)}"));
        facts.Add(new Fact("what came of it", (repeat.Kind, repeat.Done) switch
        {
            ("AGAIN", _) => "it had been done before and was answered as then",
            ("DIFFERING", _) => "another request had used the key: refused, 422",
            (_, { } done) => $"{(isRequest ? "it was answered 503" : "it was to be delivered again")}, and done at {At(done)}",
            _ => isRequest ? "it was answered 503, and has not come again" : "it is to be delivered again",
        }));
        facts.Add(new Fact("seen by", app));
        var subject = isRequest ? "Request" : $"Message {repeat.Id}";
        return new TimelineEntry(repeat.Last, null, "repeat", repeat.Kind switch { "AGAIN" => subject + (isRequest ? " for what had been done" : " came again"), "DIFFERING" => "Other request under the same key", _ => subject + " failed" }, repeat.Kind == "FAILED" && repeat.Done is null, facts);
    }

    private static TimelineEntry Asked(SagaStep step) => new(
        step.Since,
        null,
        "waiting",
        $"Inventory is asked, to {step.Command}",
        false,
        [new Fact("asked by call", step.By), .. step.Lines.Select(line => new Fact($"line {Number(line.Line)}", $"{line.Operation}: {line.Code ?? "no answer yet"}"))]);

    private static string At(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);

    private static string Number(long number) => StockMoves.Number(number);

    private static string? StatusOf(string command) => command switch
    {
        "CANCEL" => "CANCELLED",
        "PAY" => "PAID",
        "SHIP" => "SHIPPED",
        "DELIVER" => "DELIVERED",
        "REFUND" => "REFUNDED",
        _ => null,
    };
}
