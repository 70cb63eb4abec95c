using System.Text.Json;
using InventoryApp.Domain;
using OrderApp.Domain;
using OrderInventory.Contracts;
using OrderInventory.Proof.Scenarios;

namespace OrderInventory.Proof.Checks;

/// <summary>The invariants of the product (I1 is checked with each save, <see cref="StockVersions"/>), from what is stored and published alone.</summary>
internal static class Invariants
{
    /// <summary>What is violated, in words.</summary>
    public static IReadOnlyList<string> Check(Facts facts, Run run)
    {
        var violations = new List<string>();
        foreach (var item in facts.Products) CheckConservation(item, [.. facts.Operations[item.ProductId]], violations);
        CheckKeys(facts, run, violations);
        CheckLines(facts, violations);
        CheckEnds(facts, run, violations);
        CheckTransitions(facts, violations);
        CheckMessages(facts, violations);
        return violations;
    }

    // I2
    private static void CheckConservation(StockItem item, IReadOnlyList<StockOperation> operations, List<string> violations)
    {
        long Units(params string[] outcomes) => operations.Where(operation => outcomes.Contains(operation.Outcome)).Sum(operation => operation.Quantity);
        var total = Units(Outcome.Adjusted, Outcome.Restocked) - Units(Outcome.Shipped);
        var reserved = Units(Outcome.Held) - Units(Outcome.Released) - Units(Outcome.Shipped);
        if ((item.Total, item.Reserved) != (total, reserved)) violations.Add($"I2: {item.ProductId} has total {item.Total} and reserved {item.Reserved}; its operations make {total} and {reserved}");
        if (!operations.Select(operation => operation.Sequence).Order().SequenceEqual(Enumerable.Range(1, (int)item.Sequence).Select(number => (long)number)))
            violations.Add($"I2: the operations of {item.ProductId} are not numbered 1 to {item.Sequence}");
    }

    // I3
    private static void CheckKeys(Facts facts, Run run, List<string> violations)
    {
        foreach (var (user, key, client) in run.Clients)
        {
            var stored = facts.Orders.Where(order => order.UserId == user).Select(order => order.Id).ToHashSet();
            if (stored.Count > 1) violations.Add($"I3: {key} of {user} has {stored.Count} orders");
            foreach (var answer in client.Answers.Where(answer => answer.Status is 200 or 201))
                if (!stored.Contains(answer.Body!["data"]!["id"]!.GetValue<string>())) violations.Add($"I3: {user} was told of an order that is not stored");
            if (client.Answers.Count(answer => answer.Status == 201) > 1) violations.Add($"I3: {user} was told twice that the order is new");
        }
    }

    // I4, I6
    private static void CheckLines(Facts facts, List<string> violations)
    {
        foreach (var operation in facts.Operations.SelectMany(product => product).GroupBy(operation => operation.OperationId))
            if (operation.Count() > 1) violations.Add($"I4: {operation.Key} is recorded {operation.Count()} times");
        var byLine = facts.Operations.SelectMany(product => product).Where(operation => operation.OrderId is not null).ToLookup(operation => (operation.OrderId, operation.Line));
        foreach (var line in byLine)
        {
            foreach (var outcome in new[] { Outcome.Held, Outcome.Released, Outcome.Shipped })
                if (line.Count(operation => operation.Outcome == outcome) > 1) violations.Add($"I4: line {line.Key.Line} of {line.Key.OrderId} is {outcome} twice");
            if (facts.Orders.All(order => order.Id != line.Key.OrderId)) violations.Add($"I6: inventory knows line {line.Key.Line} of {line.Key.OrderId}, which no order has");
        }

        foreach (var order in facts.Orders.Where(order => order.Status != OrderStatus.Pending))
        {
            foreach (var line in order.Lines)
            {
                bool Is(string outcome) => byLine[(order.Id, line.Line)].Any(operation => operation.Outcome == outcome && (outcome != Outcome.Held || operation.Quantity == line.Quantity));
                var state = Is(Outcome.Shipped) ? "shipped" : Is(Outcome.Held) && !Is(Outcome.Released) ? "held" : "free";
                var agrees = order.Status switch
                {
                    OrderStatus.Confirmed or OrderStatus.Paid => state == "held",
                    OrderStatus.Shipped or OrderStatus.Delivered => state == "shipped",
                    OrderStatus.Refunded => state is "free" or "shipped",
                    _ => state == "free",
                };
                if (!agrees) violations.Add($"I6: the order of {order.UserId} is {order.Status.Word()}, and its line {line.Line} is {state}");
            }
        }
    }

    // I5
    private static void CheckEnds(Facts facts, Run run, List<string> violations)
    {
        if (run.Accepted.Count < run.Clients.Count) violations.Add("I5: a client never got an answer");
        foreach (var (user, _, id) in run.Accepted)
            if (facts.Orders.FirstOrDefault(order => order.Id == id) is not { } order) violations.Add($"I5: the accepted order of {user} is not stored");
            else if (order.BusySince is not null) violations.Add($"I5: the accepted order of {user} is {order.Status.Word()}{(order.Waiting is null ? "" : " and waits")} for ever");
    }

    // I7
    private static void CheckTransitions(Facts facts, List<string> violations)
    {
        foreach (var topic in new[] { Topics.OrderEvents, Topics.OrderStatusChanges })
        {
            var published = facts.Logical(topic, violations);
            // A document that was stored, but whose order was never accepted nor scheduled, has told nobody yet.
            var expected = facts.Orders.Where(order => order.Status != OrderStatus.Pending || published.ContainsKey(EventIds.Transition(order.Id, 1)))
                .SelectMany(order => order.History.Select(change => (Id: EventIds.Transition(order.Id, change.Sequence), change.NewStatus))).ToDictionary(change => change.Id, change => change.NewStatus.Word());
            foreach (var missing in expected.Keys.Except(published.Keys)) violations.Add($"I7: the transition {missing} was not published to {topic}");
            foreach (var extra in published.Keys.Except(expected.Keys)) violations.Add($"I7: {extra} was published to {topic}, and no order made that transition");
            foreach (var (id, data) in published)
            {
                using var json = JsonDocument.Parse(data);
                var status = json.RootElement.GetProperty(topic == Topics.OrderEvents ? "status" : "newStatus").GetString();
                if (expected.TryGetValue(id, out var word) && word != status) violations.Add($"I7: {id} says {status} on {topic}, the order's history {word}");
            }
        }

        foreach (var order in facts.Orders)
            if (!order.History.Select(change => change.Sequence).SequenceEqual(Enumerable.Range(1, order.Version))) violations.Add($"I7: the transitions of the order of {order.UserId} have gaps");
    }

    // I8
    private static void CheckMessages(Facts facts, List<string> violations)
    {
        foreach (var topic in facts.DeadLetters) violations.Add($"I8: {topic} has {facts.Topic(topic).Count} messages, and all were good");
        if (facts.Undelivered > 0) violations.Add($"I8: {facts.Undelivered} messages are not accepted by their subscriber");
        var operations = facts.Operations.SelectMany(product => product).ToLookup(operation => operation.OperationId);
        var results = facts.Logical(Topics.InventoryDeductionResult, violations);
        foreach (var command in facts.Logical(Topics.InventoryDeduction, violations).Keys)
        {
            if (operations[command].FirstOrDefault() is not { } operation) violations.Add($"I8: the command {command} was accepted and has no effect");
            else if (!results.TryGetValue(EventIds.Result(command), out var result)) violations.Add($"I8: the operation {command} has no result");
            else if (!result.Contains($"\"{operation.Outcome}\"", StringComparison.Ordinal)) violations.Add($"I8: the result of {command} is not {operation.Outcome}");
        }

        foreach (var result in results.Keys)
            if (!operations.Contains(result[..^":result".Length])) violations.Add($"I8: {result} reports an operation that is not recorded");
    }
}
