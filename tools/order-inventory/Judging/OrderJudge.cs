namespace OrderInventory.Judging;

/// <summary>I4 to I7 of one order, from the order and from what inventory recorded for it.</summary>
internal static class OrderJudge
{
    private static readonly HashSet<(string? From, string To)> Allowed =
    [
        (null, "PENDING"), ("PENDING", "CONFIRMED"), ("PENDING", "CANCELLED"), ("CONFIRMED", "PAID"), ("CONFIRMED", "CANCELLED"),
        ("PAID", "SHIPPED"), ("PAID", "REFUNDED"), ("SHIPPED", "DELIVERED"), ("SHIPPED", "REFUNDED"), ("DELIVERED", "REFUNDED"),
    ];

    /// <summary>What is wrong with it.</summary>
    public static IEnumerable<Finding> Judge(OrderFacts facts, Patience patience) =>
        [.. Effects(facts), .. facts.Order is { } order ? [.. Ends(order, facts, patience), .. Agreement(order, facts, patience), .. Transitions(order, facts)] : Unknown(facts)];

    // I4
    private static IEnumerable<Finding> Effects(OrderFacts facts)
    {
        foreach (var repeated in facts.Operations.GroupBy(operation => operation.OperationId).Where(operation => operation.Count() > 1))
            yield return Of("I4", facts, $"{repeated.Key} is recorded {repeated.Count()} times", "repeated " + repeated.Key, repeated.Key);
        foreach (var line in facts.Operations.GroupBy(operation => operation.Line))
        {
            int Count(string outcome) => line.Count(operation => operation.Outcome == outcome);
            long Units(string outcome) => line.Where(operation => operation.Outcome == outcome).Sum(operation => operation.Quantity);
            foreach (var outcome in new[] { Outcomes.Held, Outcomes.Released, Outcomes.Shipped, Outcomes.Returned }.Where(outcome => Count(outcome) > 1))
                yield return Of("I4", facts, $"line {line.Key} of {facts.OrderId} is {outcome} {Count(outcome)} times", $"twice {line.Key} {outcome}");
            var given = Units(Outcomes.Released) + Units(Outcomes.Shipped);
            if (given > 0 && given != Units(Outcomes.Held))
                yield return Of("I4", facts, $"line {line.Key} of {facts.OrderId} held {Units(Outcomes.Held)} units, and {given} were released or shipped", $"given {line.Key}");
            if (Units(Outcomes.Returned) is var returned and > 0 && returned != Units(Outcomes.Shipped))
                yield return Of("I4", facts, $"line {line.Key} of {facts.OrderId} shipped {Units(Outcomes.Shipped)} units, and {returned} came back", $"returned {line.Key}");
        }
    }

    // I5
    private static IEnumerable<Finding> Ends(OrderDocument order, OrderFacts facts, Patience patience)
    {
        if ((facts.BusySince ?? (order.Status == "PENDING" ? order.CreatedTime : null)) is { } since && patience.Ended(since))
            yield return Of("I5", facts, $"{order.Id} is {order.Status} and on its way to another status since {since:u}", "busy " + order.Version);
        else if (order.Status == "CONFIRMED" && order.Deadline is { } deadline && patience.Ended(deadline))
            yield return Of("I5", facts, $"{order.Id} is CONFIRMED, and was to be cancelled at {deadline:u}", "overdue " + order.Version);
    }

    // I6
    private static IEnumerable<Finding> Agreement(OrderDocument order, OrderFacts facts, Patience patience)
    {
        foreach (var stray in facts.Operations.Where(operation => !order.Lines.Any(line => line.Line == operation.Line && line.ProductId == operation.ProductId)))
            yield return Of("I6", facts, $"inventory recorded {stray.OperationId} on {stray.ProductId}, and {order.Id} has no such line", "stray " + stray.OperationId, stray.OperationId);
        if (order.Status == "PENDING") yield break;
        foreach (var line in order.Lines)
        {
            OperationDocument? Last(string outcome) => facts.Operations.LastOrDefault(operation => operation.Line == line.Line && operation.Outcome == outcome);
            var (held, released, shipped) = (Last(Outcomes.Held), Last(Outcomes.Released), Last(Outcomes.Shipped));
            var state = shipped is not null ? "shipped" : held is not null && released is null ? "held" : "free";
            if (state == Expected(order.Status, facts.History) && (state == "free" || held?.Quantity == line.Quantity)) continue;
            // Inventory acts before the order changes: cancelled or refunded next, or shipped next.
            if (IsNext(order.Status, released, shipped) is { } begun && !patience.Ended(begun)) continue;
            yield return Of("I6", facts, $"{order.Id} is {order.Status}, and its line {line.Line} is {state}{(state == "held" ? $" with {held!.Quantity} of {line.Quantity} units" : "")}", $"line {line.Line} {state} {order.Version}", line.ProductId) with { Line = line.Line };
        }
    }

    // I7
    private static IEnumerable<Finding> Transitions(OrderDocument order, OrderFacts facts)
    {
        var history = facts.History;
        if (!history.Select(change => change.Sequence).SequenceEqual(Enumerable.Range(1, order.Version)))
            yield return Of("I7", facts, $"the transitions of {order.Id} are not numbered 1 to {order.Version}", "gap " + order.Version);
        for (var i = 0; i < history.Count; i++)
        {
            if (history[i].OldStatus != (i == 0 ? null : history[i - 1].NewStatus) || !Allowed.Contains((history[i].OldStatus, history[i].NewStatus)))
                yield return Of("I7", facts, $"transition {history[i].Sequence} of {order.Id} leads from {history[i].OldStatus ?? "nothing"} to {history[i].NewStatus}", "illegal " + history[i].Sequence);
        }

        if (history.Count > 0 && history[^1].NewStatus != order.Status)
            yield return Of("I7", facts, $"{order.Id} is {order.Status}, its last transition led to {history[^1].NewStatus}", "last " + order.Version);
    }

    private static IEnumerable<Finding> Unknown(OrderFacts facts)
    {
        // Nobody can take back what is recorded, but what was held and given back in full holds nothing of the product any more.
        if (facts.Operations.GroupBy(operation => (operation.ProductId, operation.Line)).Any(line => !IsGivenBack([.. line]))) yield return Of("I6", facts, $"inventory recorded {facts.Operations.Count} operations for {facts.OrderId}, which is no order", "unknown");
    }

    private static bool IsGivenBack(IReadOnlyList<OperationDocument> line) =>
        line is [{ Outcome: Outcomes.Held }, { Outcome: Outcomes.Released }] && line[0].Quantity == line[1].Quantity;

    private static string Expected(string status, IReadOnlyList<TransitionDocument> history) => status switch
    {
        "CONFIRMED" or "PAID" => "held",
        "SHIPPED" or "DELIVERED" => "shipped",
        "REFUNDED" when history.Any(change => change.NewStatus == "SHIPPED") => "shipped",
        _ => "free",
    };

    private static DateTimeOffset? IsNext(string status, OperationDocument? released, OperationDocument? shipped) => status switch
    {
        "CONFIRMED" => released?.Time,
        "PAID" => (released ?? shipped)?.Time,
        _ => null,
    };

    private static Finding Of(string invariant, OrderFacts facts, string sentence, string identity, params string[] more) => new(invariant, [facts.OrderId, .. more], sentence, $"{facts.OrderId} {identity}");
}
