using System.Text.Json;
using System.Text.Json.Nodes;
using OrderInventory.Contracts;

namespace OrderInventory.Judging;

/// <summary>A message as it was published.</summary>
/// <param name="Id">The CloudEvent's id.</param>
/// <param name="Data">Its payload as JSON.</param>
internal sealed record PublishedEvent(string Id, string Data);

/// <summary>I7 and I8, from everything that was ever published, beside all orders and operations. Nobody can read that over the HTTP APIs; a test that subscribes to every topic can.</summary>
internal sealed class TopicJudge(Func<string, IReadOnlyCollection<PublishedEvent>> topic)
{
    private readonly List<Finding> _found = [];

    /// <summary>
    /// What is wrong. <paramref name="orders"/>: all of them with their transitions; <paramref name="operations"/>: all of them;
    /// <paramref name="tellsStock"/>: each operation had to be told.
    /// </summary>
    public IReadOnlyList<Finding> Judge(IReadOnlyCollection<(OrderDocument Order, IReadOnlyList<TransitionDocument> History)> orders, IReadOnlyCollection<OperationDocument> operations, bool tellsStock = false)
    {
        foreach (var name in new[] { Topics.OrderEvents, Topics.OrderStatusChanges }) JudgeTransitions(name, orders);
        JudgeMessages(operations.Where(operation => operation.OrderId is not null).ToLookup(operation => operation.OperationId));
        JudgeChanges(operations.DistinctBy(operation => EventIds.StockChange(operation.ProductId, operation.Sequence)).ToDictionary(operation => EventIds.StockChange(operation.ProductId, operation.Sequence)), tellsStock);
        foreach (var name in Topics.All.Select(Topics.DeadLetter))
            if (topic(name).Count is var count and > 0) Find("I8", name, $"{name} has {count} messages, and all were good");
        return _found;
    }

    private void JudgeTransitions(string name, IReadOnlyCollection<(OrderDocument Order, IReadOnlyList<TransitionDocument> History)> orders)
    {
        var published = Logical(name);
        // A document that was stored, but whose order was never accepted nor scheduled, has told nobody yet.
        var expected = orders.Where(order => order.Order.Status != "PENDING" || published.ContainsKey(EventIds.Transition(order.Order.Id, 1)))
            .SelectMany(order => order.History.Select(change => (Id: EventIds.Transition(order.Order.Id, change.Sequence), change.NewStatus))).DistinctBy(change => change.Id).ToDictionary(change => change.Id, change => change.NewStatus);
        // Late payments are told as facts, each once, and are no transitions.
        if (name == Topics.OrderEvents)
            foreach (var order in orders.Select(order => order.Order).DistinctBy(order => order.Id))
                foreach (var payment in (order.Payments ?? []).Where(payment => payment.Late)) expected.Add(EventIds.LatePayment(order.Id, payment.PaymentId), order.Status);
        foreach (var missing in expected.Keys.Except(published.Keys)) Find("I7", missing, $"{missing} was not published to {name}");
        foreach (var extra in published.Keys.Except(expected.Keys)) Find("I7", extra, $"{extra} was published to {name}, and no order shows it");
        foreach (var (id, data) in published)
        {
            using var json = JsonDocument.Parse(data);
            var status = json.RootElement.GetProperty(name == Topics.OrderEvents ? "status" : "newStatus").GetString();
            if (expected.TryGetValue(id, out var word) && word != status) Find("I7", id, $"{id} says {status} on {name}, the order's history {word}");
        }
    }

    private void JudgeMessages(ILookup<string, OperationDocument> operations)
    {
        var results = Logical(Topics.InventoryDeductionResult);
        foreach (var command in Logical(Topics.InventoryDeduction).Keys)
        {
            if (operations[command].FirstOrDefault() is not { } operation) Find("I8", command, $"the command {command} was accepted and has no effect");
            else if (!results.TryGetValue(EventIds.Result(command), out var result)) Find("I8", command, $"the operation {command} has no result");
            else if (!result.Contains($"\"{operation.Outcome}\"", StringComparison.Ordinal)) Find("I8", command, $"the result of {command} is not {operation.Outcome}");
        }

        foreach (var result in results.Keys)
            if (!operations.Contains(result[..^":result".Length])) Find("I8", result, $"{result} reports an operation that is not recorded");
    }

    private void JudgeChanges(Dictionary<string, OperationDocument> operations, bool tellsStock)
    {
        var published = Logical(Topics.StockChanges);
        foreach (var missing in operations.Keys.Where(id => tellsStock && !published.ContainsKey(id))) Find("I7", missing, $"the operation {missing} was not told");
        foreach (var (id, data) in published)
        {
            using var json = JsonDocument.Parse(data);
            var (told, available) = (json.RootElement.GetProperty("operationId").GetString(), json.RootElement.GetProperty("available").GetInt64());
            if (!operations.TryGetValue(id, out var operation)) Find("I7", id, $"the operation {id} was told and is not recorded");
            else if ((operation.OperationId, operation.AvailableAfter) != (told, available)) Find("I7", id, $"{id} was told as {told} which left {available}, and is {operation.OperationId} which left {operation.AvailableAfter}");
        }
    }

    /// <summary>Payloads by event id; a repeat with another payload is a finding.</summary>
    private Dictionary<string, string> Logical(string name)
    {
        var logical = new Dictionary<string, string>();
        foreach (var message in topic(name))
            if (!logical.TryAdd(message.Id, message.Data) && logical[message.Id] != message.Data && What(logical[message.Id]) != What(message.Data)) Find("I7", message.Id, $"{message.Id} was published to {name} with two contents");
        return logical;
    }

    // Who drives an order names itself in what it asks of inventory; another one that takes over asks for the same.
    private static string What(string data)
    {
        var json = JsonNode.Parse(data)!.AsObject();
        json.Remove("correlationId");
        return json.ToJsonString();
    }

    private void Find(string invariant, string id, string sentence) => _found.Add(new Finding(invariant, [id], sentence, sentence));
}
