using System.Text.Json;
using InventoryApp.Domain;
using InventoryApp.Storage;
using OrderApp.Domain;
using OrderApp.Storage;
using OrderInventory.Judging;
using OrderInventory.Proof.Scenarios;
using OrderInventory.Proof.Simulation;

namespace OrderInventory.Proof.Checks;

/// <summary>Everything that is stored and published at the end of a run, as the judge wants it.</summary>
internal sealed record Facts(
    IReadOnlyList<OrderFacts> Orders,
    IReadOnlyList<StockDocument> Products,
    ILookup<string, OperationDocument> Operations,
    Func<string, IReadOnlyCollection<PublishedEvent>> Topic,
    int Undelivered,
    IReadOnlyList<(string OrderId, TimeSpan Took)> Decided,
    IReadOnlyDictionary<string, string> Names)
{
    public static async Task<Facts> ReadAsync(World world)
    {
        var orders = (await world.State.ValuesAsync("order-app", "order:")).Select(entry => JsonSerializer.Deserialize(entry.Value.Span, OrderJson.Default.Order)!).ToArray();
        var products = (await world.State.ValuesAsync("inventory-app", "stock:")).Select(entry => JsonSerializer.Deserialize(entry.Value.Span, StockJson.Default.StockItem)!).ToArray();
        var archived = (await world.State.ValuesAsync("inventory-app", "operation:")).Select(entry => (Product: entry.Key.Split(':')[1], Operation: JsonSerializer.Deserialize(entry.Value.Span, StockJson.Default.StockOperation)!));
        var journals = products.SelectMany(item => item.Journal.Select(operation => (Product: item.ProductId, Operation: operation)));
        var operations = archived.Concat(journals).Distinct().Select(pair => Of(pair.Product, pair.Operation)).OrderBy(operation => operation.Sequence).ToArray();
        var byOrder = operations.Where(operation => operation.OrderId is not null).ToLookup(operation => operation.OrderId!);
        return new Facts(
            [.. orders.Select(order => Of(order, [.. byOrder[order.Id]])), .. byOrder.Where(known => orders.All(order => order.Id != known.Key)).Select(unknown => new OrderFacts(unknown.Key, null, [], [.. unknown], null))],
            [.. products.Select(Of)],
            operations.ToLookup(operation => operation.ProductId),
            topic => [.. world.Broker.Topic(topic).Select(message => new PublishedEvent(message.Id, message.Event["data"]!.ToJsonString()))],
            world.Broker.Undelivered,
            [.. orders.Where(order => order.History.Length > 1).Select(order => (order.Id, order.History[1].Time - order.CreatedTime))],
            orders.Select(order => (order.Id, $"the order of {order.UserId}"))
                .Concat(world.Engine.Started.Select((group, i) => (group, $"group {i + 1}")))
                .Concat(operations.Where(operation => operation.OrderId is null).Select(operation => (operation.OperationId, "the warehouse"))).DistinctBy(name => name.Item1).ToDictionary());
    }

    /// <summary>What is wrong with how the accepted orders ended, in any order.</summary>
    public IEnumerable<string> ExpectStatuses(Run run, params string[] expected)
    {
        var found = run.Accepted.Select(accepted => Orders.FirstOrDefault(order => order.OrderId == accepted.OrderId)?.Order?.Status ?? "missing").ToArray();
        return found.Order().SequenceEqual(expected.Order()) ? [] : [$"outcome: expected {string.Join(" and ", expected)}, found {string.Join(" and ", found)}"];
    }

    public static StockDocument Of(StockItem item) => new(item.ProductId, item.Total, item.Available, item.Reserved, item.Version);

    private static OperationDocument Of(string product, StockOperation operation) =>
        new(operation.Sequence, operation.OperationId, operation.OrderId, operation.Line, operation.Quantity, operation.Outcome, operation.AvailableAfter, operation.Time) { ProductId = product };

    private static OrderFacts Of(Order order, IReadOnlyList<OperationDocument> operations) => new(
        order.Id,
        new OrderDocument(
            order.Id, order.UserId, order.IdempotencyKey, [.. order.Lines.Select(line => new LineDocument(line.Line, line.ProductId, line.Quantity))], order.Status.Word(), order.CreatedTime, order.Deadline, order.Version,
            [.. order.Payments.Select(payment => new PaymentDocument(payment.Id, payment.IsLate))]),
        [.. order.History.Select(change => new TransitionDocument(change.Sequence, change.OldStatus?.Word(), change.NewStatus.Word()))],
        operations,
        order.Step?.Since);
}

/// <summary>Checks each stored version of each product (I1).</summary>
internal sealed class StockVersions
{
    public List<string> Violations { get; } = [];

    public void Check(string key, ReadOnlyMemory<byte> value)
    {
        if (!key.StartsWith("inventory-app||stock:", StringComparison.Ordinal)) return;
        if (StockJudge.Unsound(Facts.Of(JsonSerializer.Deserialize(value.Span, StockJson.Default.StockItem)!)) is { } finding) Violations.Add(finding.ToString());
    }
}
