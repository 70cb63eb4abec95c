using System.Globalization;
using System.Text.Json;
using OrderInventory.Auditing;
using OrderInventory.Contracts;
using OrderInventory.Judging;
using OrderInventory.Testing;

namespace OrderInventory.System.Tests;

/// <summary>The auditor over the HTTP APIs, and beside it the judge of the topics, which the observer alone has read; after everything has come to rest.</summary>
internal sealed class Audit(LocalSystem system)
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(60);
    private static readonly AuditOptions Options = new() { Settle = TimeSpan.FromSeconds(1), StuckAfter = TimeSpan.FromSeconds(30) };

    /// <summary>
    /// <paramref name="orders"/>: every accepted order by the key it was placed with. <paramref name="products"/>: every
    /// product they order, with the total that it was given.
    /// </summary>
    public async Task CheckAsync(IReadOnlyDictionary<string, string> orders, IReadOnlyDictionary<string, long> products)
    {
        foreach (var id in orders.Values) await system.Orders.DecidedAsync(id, Rest);

        using var orderHttp = new HttpClient { BaseAddress = system.Orders.Address };
        var reader = new SystemReader(orderHttp, system.Inventory, Rest, TimeProvider.System);
        var report = await new Auditor(reader, Options, TimeProvider.System, _ => { }).RunAsync(CancellationToken.None);
        Assert.Empty(report.Findings.Select(finding => finding.Finding.ToString()));
        Assert.True(report.Orders >= orders.Count, $"{report.Orders} orders were audited, {orders.Count} were accepted");

        var documents = new Dictionary<string, (OrderDocument Order, IReadOnlyList<TransitionDocument> History)>();
        foreach (var id in orders.Values) documents[id] = await ReadAsync(reader, id);
        Assert.Empty(orders.Values.GroupBy(id => id).Where(id => id.Count() > 1).Select(id => $"I3: two keys were answered with {id.Key}"));
        var listed = await reader.RecentOrdersAsync(CancellationToken.None).SelectMany(page => page.EnumerateArray().Select(order => order.GetProperty("id").GetString()!)).ToListAsync();
        Assert.Equal(listed.Distinct(), listed);
        Assert.Empty(orders.Values.Except(listed));
        await CheckTopicsAsync(documents.Values, await OperationsAsync(reader, products.Keys));
        foreach (var (product, given) in products) await CheckUnitsAsync(product, given, [.. documents.Values.Select(order => order.Order)]);
    }

    /// <summary>A key that tells test, round and number.</summary>
    public static string Key(string test, int number) => string.Create(CultureInfo.InvariantCulture, $"{test}-{number}");

    private async Task CheckTopicsAsync(IReadOnlyCollection<(OrderDocument Order, IReadOnlyList<TransitionDocument> History)> orders, IReadOnlyList<OperationDocument> operations)
    {
        // The observer is behind by what is still in the broker.
        var ids = operations.Where(operation => operation.OrderId is not null).Select(operation => operation.OperationId).ToHashSet();
        var transitions = orders.Sum(order => order.Order.Version);
        await Eventually.GetAsync(
            () => Task.FromResult((Distinct(Topics.OrderStatusChanges), Distinct(Topics.OrderEvents), Distinct(Topics.InventoryDeductionResult), Distinct(Topics.InventoryDeduction))),
            seen => seen.Item1 >= transitions && seen.Item2 >= transitions && seen.Item3 >= ids.Count && seen.Item4 >= ids.Count,
            Rest,
            $"{transitions} transitions and {ids.Count} operations are published");
        var findings = new TopicJudge(topic => [.. system.Observer.Of(topic).Select(seen => new PublishedEvent(seen.Id, seen.Data))]).Judge(orders, operations);
        Assert.Empty(findings.Select(finding => finding.ToString()));
    }

    // The test knows what no judge can know: how much there was at first.
    private async Task CheckUnitsAsync(string product, long given, IReadOnlyList<OrderDocument> orders)
    {
        var stock = await system.StockAsync(product);
        long Units(Func<OrderDocument, bool> counted) => orders.Where(counted).SelectMany(order => order.Lines).Where(line => line.ProductId == product).Sum(line => line.Quantity);
        var (reserved, shipped) = (Units(order => order.Status is "CONFIRMED" or "PAID"), Units(HasShipped));
        Assert.Equal((given - shipped, given - shipped - reserved, reserved), stock);
    }

    private static bool HasShipped(OrderDocument order) => order.Status is "SHIPPED" or "DELIVERED" || (order.Status == "REFUNDED" && order.Version > 4);

    private int Distinct(string topic) => system.Observer.Of(topic).Select(seen => seen.Id).Distinct().Count();

    private static async Task<(OrderDocument Order, IReadOnlyList<TransitionDocument> History)> ReadAsync(SystemReader reader, string id) =>
        ((await reader.OrderAsync(id, CancellationToken.None))!.Value.Deserialize(DocumentsJson.Default.OrderDocument)!, (await reader.HistoryAsync(id, CancellationToken.None))!.Value.Deserialize(DocumentsJson.Default.TransitionDocumentArray)!);

    private static async Task<IReadOnlyList<OperationDocument>> OperationsAsync(SystemReader reader, IEnumerable<string> products)
    {
        var operations = new List<OperationDocument>();
        foreach (var product in products)
            await foreach (var page in reader.OperationsAsync(product, CancellationToken.None))
                operations.AddRange(page.EnumerateArray().Select(operation => ProductReader.Parse(product, operation.GetRawText())));
        return operations;
    }
}
