using System.Text.Json;
using InventoryApp.Domain;
using InventoryApp.Storage;
using OrderApp.Domain;
using OrderApp.Storage;
using OrderInventory.Proof.Scenarios;
using OrderInventory.Proof.Simulation;

namespace OrderInventory.Proof.Checks;

/// <summary>Everything that is stored and published at the end of a run.</summary>
internal sealed record Facts(
    IReadOnlyList<Order> Orders,
    IReadOnlyList<StockItem> Products,
    ILookup<string, StockOperation> Operations,
    Func<string, IReadOnlyList<Message>> Topic,
    IReadOnlyList<string> DeadLetters,
    int Undelivered,
    IReadOnlyDictionary<string, string> Names)
{
    public static async Task<Facts> ReadAsync(World world)
    {
        var orders = (await world.State.ValuesAsync("order-app", "order:")).Select(entry => JsonSerializer.Deserialize(entry.Value.Span, OrderJson.Default.Order)!).ToArray();
        var products = (await world.State.ValuesAsync("inventory-app", "stock:")).Select(entry => JsonSerializer.Deserialize(entry.Value.Span, StockJson.Default.StockItem)!).ToArray();
        var archived = (await world.State.ValuesAsync("inventory-app", "operation:")).Select(entry => (Product: entry.Key.Split(':')[1], Operation: JsonSerializer.Deserialize(entry.Value.Span, StockJson.Default.StockOperation)!));
        var journals = products.SelectMany(item => item.Journal.Select(operation => (Product: item.ProductId, Operation: operation)));
        var operations = archived.Concat(journals).Distinct().ToLookup(pair => pair.Product, pair => pair.Operation);
        return new Facts(
            orders,
            products,
            operations,
            world.Broker.Topic,
            [.. world.Broker.Topics.Where(topic => topic.EndsWith(".dlq", StringComparison.Ordinal))],
            world.Broker.Undelivered,
            orders.Select(order => (order.Id, $"the order of {order.UserId}"))
                .Concat(operations.SelectMany(product => product).Where(operation => operation.OrderId is null).Select(operation => (operation.OperationId, "the warehouse"))).DistinctBy(name => name.Item1).ToDictionary());
    }

    /// <summary>What is wrong with how the accepted orders ended, in any order.</summary>
    public IEnumerable<string> ExpectStatuses(Run run, params string[] expected)
    {
        var found = run.Accepted.Select(accepted => Orders.FirstOrDefault(order => order.Id == accepted.OrderId)?.Status.Word() ?? "missing").ToArray();
        return found.Order().SequenceEqual(expected.Order()) ? [] : [$"outcome: expected {string.Join(" and ", expected)}, found {string.Join(" and ", found)}"];
    }

    /// <summary>Payloads of a topic by event id; a repeat with another payload is added to <paramref name="contradictions"/>.</summary>
    public Dictionary<string, string> Logical(string topic, List<string> contradictions)
    {
        var logical = new Dictionary<string, string>();
        foreach (var message in Topic(topic))
        {
            var data = message.Event["data"]!.ToJsonString();
            if (!logical.TryAdd(message.Id, data) && logical[message.Id] != data) contradictions.Add($"I7: {message.Id} was published to {topic} with two contents");
        }

        return logical;
    }
}

/// <summary>Checks each stored version of each product (I1).</summary>
internal sealed class StockVersions
{
    public List<string> Violations { get; } = [];

    public void Check(string key, ReadOnlyMemory<byte> value)
    {
        if (!key.StartsWith("inventory-app||stock:", StringComparison.Ordinal)) return;
        var item = JsonSerializer.Deserialize(value.Span, StockJson.Default.StockItem)!;
        if (!item.IsSound) Violations.Add($"I1: version {item.Version} of {item.ProductId} has total {item.Total}, available {item.Available}, reserved {item.Reserved}");
    }
}
