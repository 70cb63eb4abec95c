using System.Globalization;
using System.Text.Json;
using OrderInventory.Judging;
using OrderInventory.Web.Products;

namespace OrderInventory.Web.Orders;

/// <summary>I1 to I8 for one order, by the judges of the audit.</summary>
internal static class OrderVerdicts
{
    private static readonly TimeSpan StuckAfter = TimeSpan.FromMinutes(5);

    public static IReadOnlyList<Judged> Of(OrderEvidence evidence)
    {
        var order = evidence.Document.Deserialize(DocumentsJson.Default.OrderDocument)!;
        var step = evidence.Saga?.Step;
        var found = evidence is { History: { } history, Operations: { } operations }
            ? OrderJudge.Judge(new OrderFacts(order.Id, order, history, [.. operations.Select(operation => operation.Document())], step?.Since), new Patience(evidence.Now, StuckAfter)).ToLookup(finding => finding.Invariant)
            : null;
        return
        [
            Balances(evidence),
            Sums(evidence),
            Key(evidence, order),
            Judge("I4", "Each line is deducted and given back at most once", found, Effects(evidence), waits: false),
            Judge("I5", "It is decided in bounded time", found, [Decided(evidence)], waits: step is not null),
            Judge("I6", "What it shows is what inventory holds", found, Agreement(evidence), waits: step is not null),
            Judge("I7", "One event for each transition, without a gap", found, Told(evidence), waits: false),
            Messages(evidence),
        ];
    }

    /// <summary>Why the order is not at rest; null when it is, or nobody may know.</summary>
    public static WaitReason? Wait(OrderEvidence evidence, IReadOnlyList<Outage> outages)
    {
        if (evidence.Saga?.Step is not { } step) return null;
        var reasons = new List<string>();
        foreach (var line in step.Lines.Where(line => line.Success is null))
        {
            var recorded = evidence.Operations?.FirstOrDefault(operation => operation.OperationId == line.Operation);
            reasons.Add(recorded is null
                ? evidence.Operations is null ? $"Line {line.Line}: no answer to {line.Operation}; what inventory recorded cannot be read." : $"Line {line.Line}: inventory has not recorded {line.Operation} yet. The message is on its way, or being handled."
                : $"Line {line.Line}: inventory recorded {line.Operation} ({recorded.Outcome}) at {recorded.Time:u}; its result is on its way back.");
        }

        if (step.Lines.All(line => line.Success is not null)) reasons.Add("Every line is answered: the workflow has to store what follows.");
        reasons.AddRange(evidence.Letters.Where(letter => letter.Status == "OPEN").Select(letter => $"{letter.EventId} is a dead letter: {letter.Reason ?? "the sidecar gave it up"}. Replay or dismiss it."));
        reasons.AddRange(outages.Select(outage => $"{outage.App} has not answered since {outage.Since:u}."));
        reasons.Add(evidence.Saga.Stuck is { } stuck
            ? $"The agenda of order-app, which sees to what takes long, has asked again {stuck.Attempts} times, last at {stuck.LastAttempt?.ToString("u", CultureInfo.InvariantCulture) ?? "an unknown time"}: it is stuck."
            : "If there is no answer 30 seconds after inventory was asked, the agenda of order-app asks again, until it is decided.");
        if (evidence.Saga.Waiting.Count > 0) reasons.Add($"Then it will {string.Join(", ", evidence.Saga.Waiting.Select(command => command.Command))}: accepted already.");
        return new WaitReason(step.Command, step.Since, (long)(evidence.Now - step.Since).TotalSeconds, reasons);
    }

    private static Judged Balances(OrderEvidence evidence)
    {
        const string says = "Nothing is oversold";
        if (evidence.Products is not { } products) return NotRead("I1", says);
        var found = products.Select(product => StockJudge.Unsound(product.Stock)).OfType<Finding>().ToArray();
        var negative = evidence.Operations?.Where(operation => operation.AvailableAfter < 0).ToArray() ?? [];
        return new Judged(
            "I1",
            says,
            found.Length + negative.Length > 0 ? Verdict.Violated : Verdict.Holds,
            [
                .. found.Select(finding => finding.Sentence),
                .. negative.Select(operation => $"{operation.OperationId} left {operation.AvailableAfter} available"),
                .. products.Select(product => product.Stock).Select(stock => $"{stock.ProductId}: total {stock.Total} = available {stock.Available} + reserved {stock.Reserved}"),
            ]);
    }

    private static Judged Sums(OrderEvidence evidence)
    {
        const string says = "The balances are the sum of what was recorded";
        if (evidence.Products is not { } products) return NotRead("I2", says);
        var lines = new List<string>();
        var isViolated = false;
        foreach (var product in products)
        {
            var judge = new StockJudge(product.Stock.ProductId);
            foreach (var operation in product.Newest) judge.Add(operation);
            var found = (product.IsAll ? judge.Judge(product.Stock) : judge.Chained).Where(finding => finding.Invariant == "I2").ToArray();
            isViolated |= found.Length > 0;
            lines.AddRange(found.Select(finding => finding.Sentence));
            if (found.Length == 0)
                lines.Add(product.IsAll
                    ? $"{product.Stock.ProductId}: all {product.Newest.Count} operations add up to total {product.Stock.Total} and reserved {product.Stock.Reserved}"
                    : $"{product.Stock.ProductId}: each of its newest {product.Newest.Count} operations goes on from the balance of the one before; the audit adds up all");
        }

        return new Judged("I2", says, isViolated ? Verdict.Violated : Verdict.Holds, lines);
    }

    private static Judged Key(OrderEvidence evidence, OrderDocument order)
    {
        const string says = "Its key stands for this order alone";
        if (!evidence.IsKeyRead) return NotRead("I3", says);
        return KeyJudge.Lookup(order, evidence.ByKey) is { } finding
            ? new Judged("I3", says, Verdict.Violated, [finding.Sentence])
            : new Judged("I3", says, Verdict.Holds, [$"{order.IdempotencyKey} of {order.UserId} stands for {order.Id}"]);
    }

    private static Judged Messages(OrderEvidence evidence)
    {
        const string says = "No message of it is lost";
        if (!evidence.AreLettersRead || evidence.Saga is not { } saga) return NotRead("I8", says);
        var open = evidence.Letters.Where(letter => letter.Status == "OPEN").ToArray();
        var asked = saga.Step?.Lines.Count(line => line.Success is null) ?? 0;
        return new Judged(
            "I8",
            says,
            open.Length > 0 ? Verdict.Violated : asked > 0 ? Verdict.Waits : Verdict.Holds,
            [
                .. open.Select(letter => $"{letter.EventId} could not be handled: {letter.Reason ?? "the sidecar gave it up"}"),
                asked > 0 ? $"{asked} asked, not answered yet" : "every stock operation it asked for is answered",
                $"{open.Length} open dead letters of it among the newest of both apps",
            ]);
    }

    private static Judged Judge(string invariant, string says, ILookup<string, Finding>? found, IReadOnlyList<string> evidence, bool waits)
    {
        if (found is null) return NotRead(invariant, says);
        var violated = found[invariant].Select(finding => finding.Sentence).ToArray();
        return new Judged(invariant, says, violated.Length > 0 ? Verdict.Violated : waits ? Verdict.Waits : Verdict.Holds, [.. violated, .. evidence]);
    }

    private static Judged NotRead(string invariant, string says) => new(invariant, says, Verdict.Unknown, ["Not everything that tells could be read"]);

    private static IReadOnlyList<string> Effects(OrderEvidence evidence) =>
        [.. (evidence.Operations ?? []).GroupBy(operation => operation.Line).Select(line => $"line {line.Key}: {string.Join(", ", line.Select(operation => $"{operation.Kind} {operation.Outcome}"))}")];

    private static string Decided(OrderEvidence evidence)
    {
        var order = evidence.Order;
        if (evidence.Saga?.Step is { } step) return string.Create(CultureInfo.InvariantCulture, $"on its way for {(evidence.Now - step.Since).TotalSeconds:0} s; {StuckAfter.TotalMinutes:0} min are allowed");
        var decided = evidence.Saga?.Transitions.FirstOrDefault(change => change.NewStatus is "CONFIRMED" or "CANCELLED");
        return decided is null ? $"it is {order.Status}" : string.Create(CultureInfo.InvariantCulture, $"{decided.NewStatus} {(decided.Time - order.CreatedTime).TotalSeconds:0.###} s after it was placed");
    }

    private static IReadOnlyList<string> Agreement(OrderEvidence evidence) =>
        [.. evidence.Order.Lines.Select(line => $"{evidence.Order.Status}, line {line.Line}: {evidence.Operations?.LastOrDefault(operation => operation.Line == line.Line && operation.ProductId == line.ProductId)?.Outcome ?? "nothing recorded"}")];

    private static IReadOnlyList<string> Told(OrderEvidence evidence) =>
    [
        $"transitions 1 to {evidence.Order.Version}, the last one led to {evidence.Order.Status}",
        evidence.Saga?.Transitions is { } transitions && transitions.All(change => change.By is not null)
            ? "each names the call that publishes it until the broker has it; what the broker holds is not seen from here"
            : "what the broker holds is not seen from here",
    ];
}
