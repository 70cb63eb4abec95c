using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrderInventory.Contracts;
using OrderInventory.Testing;

namespace InventoryApp.Tests;

/// <summary>Deliveries of <c>inventory-deduction</c>: outages, damaged products, and what must not hold up what.</summary>
public sealed class DeliveryTests : DeliveryTest
{
    [Fact]
    public async Task Deliver_DamagedProduct_IsDeadLetteredAndOthersGoOn()
    {
        await App.WriteAsync("stock:p", "{}");
        await PutAsync("q", 5);

        var statuses = await App.DeliverAsync(("a", InventoryApi.Deduct("o", 1)), ("b", InventoryApi.Deduct("o", 1, "q", 2)));

        Assert.Equal(["SUCCESS", "SUCCESS"], statuses.Values);
        var letter = Assert.Single(App.Events.DeadLetters);
        Assert.Equal(("inventory-deduction", "p"), (letter.Topic, letter.Key));
        Assert.Contains("damaged", letter.Reason, StringComparison.Ordinal);
        Assert.Equal("o:2:deduct:result", Assert.Single(App.Events.Published).Event.Id);
        Assert.Equal((1d, 1d), (Metrics.Sum("inventory.damaged.total"), Metrics.Sum("messages.dead_lettered.total", ("topic", "inventory-deduction"))));
    }

    [Fact]
    public async Task Deliver_DeadLetterTopicDown_AsksAgain()
    {
        App.Events.Down = true;

        Assert.Equal(["RETRY", "RETRY"], (await App.DeliverAsync(("a", "text"), ("b", "text"))).Values);

        Assert.Equal(0, Metrics.Sum("messages.dead_lettered.total"));
    }

    [Fact]
    public async Task Deliver_OneProductCannotBeSaved_OthersOfTheBatchGoOn()
    {
        await PutAsync("p", 5);
        await PutAsync("q", 5);
        App.State.FaultOf = save => save.Key == "stock:p" ? SaveFault.NotApplied : SaveFault.None;

        var statuses = await App.DeliverAsync(("a", InventoryApi.Deduct("o", 1)), ("b", InventoryApi.Deduct("o", 1, "q", 2)));

        Assert.Equal(("RETRY", "SUCCESS"), (statuses["a"], statuses["b"]));
        Assert.Equal("o:2:deduct:result", Assert.Single(App.Events.Published).Event.Id);
        Assert.NotEqual(0, Metrics.Sum("inventory.save.retries.total", ("cause", "unconfirmed")));
    }

    [Fact]
    public async Task Deliver_FailedAndAgain_IsRememberedByItsOrder()
    {
        await PutAsync("p", 5);
        App.Events.Down = true;
        await App.DeliverAsync(("a", InventoryApi.Deduct("o", 1)));
        App.Events.Down = false;
        await App.DeliverAsync(("a", InventoryApi.Deduct("o", 1)), ("b", InventoryApi.Deduct("q", 1)));

        Assert.Equal([("o:1:deduct", "FAILED", 1, true), ("o:1:deduct", "AGAIN", 1, false)], await RepeatsAsync("o"));
        Assert.Empty(await RepeatsAsync("q"));

        async Task<(string?, string?, int, bool)[]> RepeatsAsync(string order) =>
            [.. (await Http.GetFromJsonAsync<JsonElement>("/api/repeats/" + order)).GetProperty("data").GetProperty("repeats").EnumerateArray().OrderByDescending(repeat => repeat.GetProperty("kind").GetString()).Select(repeat =>
                (repeat.GetProperty("id").GetString(), repeat.GetProperty("kind").GetString(), repeat.GetProperty("times").GetInt32(), repeat.GetProperty("done").ValueKind != JsonValueKind.Null))];
    }

    [Fact]
    public async Task Deliver_ArchiveUnreadable_AsksAgainAndAppliesNothing()
    {
        await PutAsync("p", 5);
        App.State.Unreadable = true;

        Assert.Equal("RETRY", (await App.DeliverAsync(("a", InventoryApi.Deduct("o", 1))))["a"]);

        App.State.Unreadable = false;
        Assert.Empty(App.Events.Published);
        Assert.Empty(App.State.Values("operation:p:o"));
    }

    [Fact]
    public async Task Deliver_OrdersOverTwoProductsInOppositeOrder_AllEndAndNothingIsLost()
    {
        await PutAsync("p", 100);
        await PutAsync("q", 100);

        // Each delivery holds the lines of one order; they come at once, and every one a second time.
        var deliveries = Enumerable.Range(0, 160).Select(order => (Order: "o" + order % 80, Products: order % 2 == 0 ? new[] { "p", "q" } : ["q", "p"]));
        await Task.WhenAll(deliveries.Select(delivery => App.DeliverAsync(("a", InventoryApi.Deduct(delivery.Order, 1, delivery.Products[0], 1)), ("b", InventoryApi.Deduct(delivery.Order, 1, delivery.Products[1], 2)))));

        var results = App.Events.Published.Select(published => JsonSerializer.Deserialize(published.Event.Data.Span, ContractsJson.Default.InventoryDeductionResult)!).Distinct().ToArray();
        Assert.Equal(160, results.Length);
        Assert.All(results, result => Assert.Equal("HELD", result.Code));
        foreach (var product in new[] { "p", "q" })
            Assert.Equal(20, (await Http.GetFromJsonAsync<JsonElement>("/api/inventory/" + product)).GetProperty("data").GetProperty("available").GetInt32());
    }

    [Fact]
    public async Task Deliver_WithCorrelationId_ResultCarriesItAndIsKeyedByIt()
    {
        await PutAsync("p", 5);
        object Deduct(string order, string? correlationId)
        {
            var message = JsonSerializer.SerializeToNode(InventoryApi.Deduct(order, 1))!;
            if (correlationId is not null) message["correlationId"] = correlationId;
            return message;
        }

        await App.DeliverAsync(("a", Deduct("o", new string('g', 128))), ("b", Deduct("q", null)), ("c", Deduct("o", "group-2")));

        var results = App.Events.Published.Select(published => (published.Event.Id, published.Event.Key, JsonSerializer.Deserialize(published.Event.Data.Span, ContractsJson.Default.InventoryDeductionResult)!.CorrelationId));
        Assert.Equal([("o:1:deduct:result", new string('g', 128), new string('g', 128)), ("q:1:deduct:result", "q", null), ("o:1:deduct:result", "group-2", "group-2")], results);
    }

    [Fact]
    public async Task Deliver_FiftyProducts_IsOneReadOfEachKindOneSaveAndOnePublish()
    {
        await CreateAsync(50);
        App.State.Calls.Clear();

        await App.DeliverAsync([.. Enumerable.Range(0, 100).Select(i => ($"e{i}", InventoryApi.Deduct($"o{i}", 1, $"p{i % 50}")))]);
        await Eventually.TrueAsync(() => App.State.Values("operation:").Count == 150, "everything is archived");

        // Documents, archive, save; and after the answer the archive, with what this process does not know to be there.
        Assert.Equal(["get-many 50", "get-many 200", "save-many 50", "save-many 150"], App.State.Calls);
        Assert.Equal([("inventory-deduction-result", 100)], App.Events.Calls);
    }

    [Fact]
    public async Task Deliver_OneDamagedAmongFifty_FailsAlone()
    {
        await CreateAsync(50);
        await App.WriteAsync("stock:p25", "{}");

        var statuses = await App.DeliverAsync([.. Enumerable.Range(0, 50).Select(i => ($"e{i}", InventoryApi.Deduct("o", 1, $"p{i}", i + 1)))]);

        Assert.All(statuses.Values, status => Assert.Equal("SUCCESS", status));
        Assert.Equal("p25", Assert.Single(App.Events.DeadLetters).Key);
        Assert.Equal(49, App.Events.Published.Count);
    }

    [Fact]
    public async Task Deliver_OneUnreadableAmongFifty_IsAskedForAgainAlone()
    {
        await CreateAsync(50);
        App.State.IsUnreadable = key => key is "stock:p25" or "operation:p30:o:31:restore";

        var statuses = await App.DeliverAsync([.. Enumerable.Range(0, 50).Select(i => ($"e{i}", InventoryApi.Deduct("o", 1, $"p{i}", i + 1)))]);

        Assert.Equal(["e25", "e30"], statuses.Where(status => status.Value == "RETRY").Select(status => status.Key).Order());
        Assert.Equal(48, App.Events.Published.Count);
        Assert.Empty(App.Events.DeadLetters);
    }

    [Fact]
    public async Task Deliver_OneResultNotPublished_IsAskedForAgainAlone()
    {
        await PutAsync("p", 5);
        App.Events.IsRefused = @event => @event.Id == "o2:1:deduct:result";

        var statuses = await App.DeliverAsync(("a", InventoryApi.Deduct("o1", 1)), ("b", InventoryApi.Deduct("o2", 1)), ("c", InventoryApi.Deduct("o3", 1)));

        Assert.Equal(("SUCCESS", "RETRY", "SUCCESS"), (statuses["a"], statuses["b"], statuses["c"]));
        App.Events.IsRefused = _ => false;
        Assert.Equal("SUCCESS", (await App.DeliverAsync(("b", InventoryApi.Deduct("o2", 1))))["b"]);
        Assert.Equal(2, (await Http.GetFromJsonAsync<JsonElement>("/api/inventory/p")).GetProperty("data").GetProperty("available").GetInt32());
    }

    [Fact]
    public async Task Deliver_Batch_MovesTheMetrics()
    {
        await PutAsync("p", 2);
        await App.DeliverAsync(("a", InventoryApi.Deduct("o1", 2)), ("b", InventoryApi.Deduct("o2", 1)), ("c", InventoryApi.Deduct("o1", 2)));

        Assert.Equal(1, Metrics.Sum("inventory.deduction.total", ("operation", "DEDUCT"), ("outcome", "HELD")));
        Assert.Equal(1, Metrics.Sum("inventory.deduction.total", ("operation", "DEDUCT"), ("outcome", "OUT_OF_STOCK")));
        Assert.Equal(1, Metrics.Sum("inventory.duplicates.total", ("operation", "DEDUCT")));
        Assert.Equal(4, Metrics.Sum("inventory.batch.size"));
    }

    [Fact]
    public async Task Deliver_WhileItsRoundRuns_IsInTheQueue()
    {
        await PutAsync("p", 2);
        var hold = new TaskCompletionSource();
        App.State.BeforeSave = _ => hold.Task;

        var running = App.DeliverAsync(("a", InventoryApi.Deduct("o1", 1)), ("b", InventoryApi.Deduct("o2", 1)));
        await Eventually.TrueAsync(() => Depth() == 2, "both commands wait");
        hold.SetResult();
        await running;

        Assert.Equal(0, Depth());

        double Depth()
        {
            Metrics.Observe();
            return Metrics.Of("inventory.queue.depth").Last();
        }
    }

    [Fact]
    public async Task Deliver_RestoreBeforeAndAfterItsDeduction_CountsFenceAndCompensation()
    {
        await PutAsync("p", 2);
        JsonNode Restore(string order)
        {
            var message = JsonSerializer.SerializeToNode(InventoryApi.Deduct(order, 1))!;
            (message["operation"], message["idempotencyKey"]) = ("RESTORE", $"{order}:1:restore");
            return message;
        }

        await App.DeliverAsync(("a", InventoryApi.Deduct("held", 1)), ("b", Restore("held")));
        await App.DeliverAsync(("a", Restore("early")), ("b", InventoryApi.Deduct("early", 1)));

        Assert.Equal(1, Metrics.Sum("inventory.deduction.total", ("operation", "RESTORE"), ("outcome", "RELEASED")));
        Assert.Equal(1, Metrics.Sum("inventory.deduction.total", ("operation", "RESTORE"), ("outcome", "FENCED")));
        Assert.Equal(1, Metrics.Sum("inventory.deduction.total", ("operation", "DEDUCT"), ("outcome", "FENCED")));
    }

    // By a process that has ended: it holds no product in a round.
    private async Task CreateAsync(int products)
    {
        var rounds = new StockParts(App.State).Rounds();
        await Task.WhenAll(rounds.Execute([.. Enumerable.Range(0, products).Select(product => new Domain.SetTotalCommand($"p{product}", "set", 5))]));
        await rounds.DisposeAsync();
    }
}
