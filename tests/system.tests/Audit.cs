using System.Globalization;
using System.Text.Json;
using OrderInventory.Contracts;
using OrderInventory.Testing;

namespace OrderInventory.System.Tests;

/// <summary>Evaluates I1 to I7 from the documents and the topics alone, after everything has come to rest.</summary>
internal sealed class Audit(LocalSystem system)
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(60);

    /// <summary>
    /// <paramref name="orders"/>: every accepted order by the key it was placed with. <paramref name="products"/>: every
    /// product they order, with the total that it was given.
    /// </summary>
    public async Task CheckAsync(IReadOnlyDictionary<string, string> orders, IReadOnlyDictionary<string, long> products)
    {
        // I3
        Assert.Equal(orders.Count, orders.Values.Distinct().Count());

        // I5
        var documents = new Dictionary<string, JsonElement>();
        foreach (var id in orders.Values) documents[id] = await system.Orders.DecidedAsync(id, Rest);

        // The observer is behind by what is still in the broker.
        var transitions = documents.Values.Sum(order => order.GetProperty("version").GetInt32());
        await Eventually.GetAsync(
            () => Task.FromResult(system.Observer.Of(Topics.OrderStatusChanges).Select(seen => seen.Id).Distinct().Count()), count => count >= transitions, Rest, $"{transitions} transitions are published");

        // I7: one logical event for each transition, without a gap, repeats identical.
        var published = Logical(Topics.OrderStatusChanges);
        Assert.Equal(Logical(Topics.OrderEvents).Keys.Order(), published.Keys.Order());
        foreach (var (id, document) in documents)
        {
            var history = (await system.Orders.HistoryAsync(id)).EnumerateArray().ToArray();
            Assert.Equal(Enumerable.Range(1, document.GetProperty("version").GetInt32()), history.Select(change => change.GetProperty("sequence").GetInt32()));
            foreach (var change in history)
            {
                var message = JsonSerializer.Deserialize(published[EventIds.Transition(id, change.GetProperty("sequence").GetInt32())], ContractsJson.Default.OrderStatusChangeMessage)!;
                Assert.Equal(change.GetProperty("newStatus").GetString(), message.NewStatus);
            }
        }

        Assert.Equal(transitions, published.Count);

        // I4 and I6: what inventory answered, each operation once in effect, agrees with how the order ended.
        var results = Logical(Topics.InventoryDeductionResult).Values.Select(data => JsonSerializer.Deserialize(data, ContractsJson.Default.InventoryDeductionResult)!).ToArray();
        foreach (var (id, document) in documents)
        {
            var lines = document.GetProperty("lines").EnumerateArray().Select(line => line.GetProperty("line").GetInt32()).ToArray();
            int[] Of(string code) => [.. results.Where(result => result.OrderId == id && result.Code == code).Select(result => result.Line)];
            Assert.Equal(Holds(document) ? lines : [], Of("HELD").Except(Of("RELEASED")).Except(Of("SHIPPED")).Order());
            Assert.Equal(HasShipped(document) ? lines : [], Of("SHIPPED").Order());
        }

        // I1 and I2
        foreach (var (product, given) in products)
        {
            var stock = await system.StockAsync(product);
            long Units(Func<JsonElement, bool> orders) => documents.Values.Where(orders)
                .SelectMany(order => order.GetProperty("lines").EnumerateArray())
                .Where(line => line.GetProperty("productId").GetString() == product)
                .Sum(line => line.GetProperty("quantity").GetInt64());
            var (reserved, shipped) = (Units(Holds), Units(HasShipped));
            Assert.Equal((given - shipped, given - shipped - reserved, reserved), stock);
        }

        Assert.All(Topics.DeadLetters, topic => Assert.Empty(system.Observer.Of(topic)));
    }

    private static bool Holds(JsonElement order) => order.GetProperty("status").GetString() is "CONFIRMED" or "PAID";

    // A refunded order counts by what it was refunded from: its history, which the audit of I7 has compared with the topic.
    private static bool HasShipped(JsonElement order) =>
        order.GetProperty("status").GetString() is "SHIPPED" or "DELIVERED" || (order.GetProperty("status").GetString() == "REFUNDED" && order.GetProperty("version").GetInt32() > 4);

    /// <summary>The topic with repeats taken together; a repeat with another content is a second, contradictory event.</summary>
    private Dictionary<string, string> Logical(string topic)
    {
        var logical = new Dictionary<string, string>();
        foreach (var seen in system.Observer.Of(topic))
            if (!logical.TryAdd(seen.Id, seen.Data)) Assert.Equal(logical[seen.Id], seen.Data);
        return logical;
    }

    /// <summary>A key that tells test, round and number.</summary>
    public static string Key(string test, int number) => string.Create(CultureInfo.InvariantCulture, $"{test}-{number}");
}
