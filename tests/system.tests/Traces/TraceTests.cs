using OrderInventory.Contracts;
using OrderInventory.Testing;

namespace OrderInventory.System.Tests.Traces;

/// <summary>What an order leaves behind for an operator: one trace through both apps, and metrics.</summary>
public sealed class TraceTests
{
    private const int Server = 2;
    private const int Internal = 1;
    private const int Consumer = 5;
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Order_FromRequestToPayment_IsOneTraceAndThePaymentLinksToIt()
    {
        await using var collector = await Collector.StartAsync();
        await using var system = await LocalSystem.StartAsync(collector: collector.Address);
        await system.PutStockAsync("traced", 10);

        var id = await system.Orders.PlaceAsync(OrderClient.Body("traced"), "traced-1");
        await system.Orders.DecidedAsync(id, Within);
        await system.Orders.CommandAsync(id, "pay");

        var spans = await Eventually.GetAsync(() => Task.FromResult(TraceOf(collector, "POST /api/orders/")), trace => trace.Count >= 3, Within, "all spans of the order arrive");

        var post = Assert.Single(spans, span => (span.Service, span.Name, span.Kind, span.ParentId) == ("order-app", "POST /api/orders/", Server, ""));
        var deduct = Child(spans, post, "inventory-app", "process " + Topics.InventoryDeduction, Consumer);
        var result = Child(spans, deduct, "order-app", "process " + Topics.InventoryDeductionResult, Consumer);
        Assert.Equal(3, spans.Count);
        Assert.Equal(id, post.Attributes["order.id"]);
        // Groups have traces of their own, whose calls link to the orders that they drive: two of the first group, one of that of the payment.
        var calls = await Eventually.GetAsync(
            () => Task.FromResult(collector.Spans.Where(span => span.Name == "WorkflowActivity AdvanceActivity" && span.Links.Contains((post.TraceId, post.SpanId))).ToArray()), found => found.Length >= 3, Within, "the calls of the groups");
        Assert.All(calls, span => Assert.Equal(("order-app", Internal), (span.Service, span.Kind)));
        Assert.Equal(2, calls.Select(span => span.Attributes["order.group"]).Distinct().Count());

        Assert.Equal($"{id}:1:deduct", deduct.Attributes["messaging.message.id"]);
        Assert.Equal($"{id}:1:deduct:result", result.Attributes["messaging.message.id"]);
        // Each message links to the request that brought its batch, which belongs to no order.
        foreach (var message in new[] { deduct, result })
        {
            var link = Assert.Single(message.Links);
            await Eventually.GetAsync(
                () => Task.FromResult(collector.Spans.Count(span => (span.TraceId, span.SpanId) == link && span.Service == message.Service && span.Kind == Server)), count => count == 1, Within, "the delivery that a message links to");
        }

        var payment = await Eventually.GetAsync(
            () => Task.FromResult(collector.Spans.SingleOrDefault(span => span.Name.StartsWith("POST /api/orders/{id}/pay", StringComparison.Ordinal))), span => span is not null, Within, "the span of the payment");
        Assert.Contains((post.TraceId, post.SpanId), payment!.Links);
        Assert.NotEqual(post.TraceId, payment.TraceId);
        Assert.Equal(id, payment.Attributes["order.id"]);
        // What probes and sidecars ask all the time is no trace.
        Assert.DoesNotContain(collector.Spans, span => span.Attributes.GetValueOrDefault("url.path") is "/healthz" or "/livez" or "/readyz" or "/dapr/config" or "/dapr/subscribe");
        await MetricsMovedAsync(system);
    }

    private static async Task MetricsMovedAsync(LocalSystem system)
    {
        using var http = new HttpClient();
        async Task<string> ReadAsync(int app) => await http.GetStringAsync(new Uri($"http://localhost:{system.MetricsPorts[app]}/metrics"));
        var orders = await Eventually.GetAsync(() => ReadAsync(0), text => text.Contains("status=\"PAID\"", StringComparison.Ordinal), Within, "order-app counts the payment");
        var inventory = await ReadAsync(1);

        foreach (var name in new[] { "orders_created_total", "orders_commands_total", "transaction_duration_seconds_count", "transaction_active", "orders_outcome_duration_seconds_bucket" }) Assert.Contains("\n" + name, orders, StringComparison.Ordinal);
        foreach (var name in new[] { "inventory_deduction_total", "inventory_batch_size_count" }) Assert.Contains("\n" + name, inventory, StringComparison.Ordinal);
        // The page is not part of the public API.
        using var answer = await http.GetAsync(new Uri(system.Orders.Address, "/metrics"));
        Assert.Equal(global::System.Net.HttpStatusCode.NotFound, answer.StatusCode);
    }

    private static List<Span> TraceOf(Collector collector, string name) =>
        collector.Spans.FirstOrDefault(span => span.Name.StartsWith(name, StringComparison.Ordinal)) is { } root ? [.. collector.Spans.Where(span => span.TraceId == root.TraceId)] : [];

    private static Span Child(List<Span> spans, Span parent, string service, string name, int kind) =>
        Assert.Single(spans, span => (span.Service, span.Name, span.Kind, span.ParentId) == (service, name, kind, parent.SpanId));
}
