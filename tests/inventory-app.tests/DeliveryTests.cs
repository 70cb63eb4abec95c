using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OrderInventory.Contracts;
using OrderInventory.Testing;

namespace InventoryApp.Tests;

/// <summary>Deliveries of <c>inventory-deduction</c>: poison, outages, and what must not hold up what.</summary>
public sealed class DeliveryTests : IDisposable
{
    private readonly InventoryApi _app = new() { Time = new InstantTime() };
    private readonly HttpClient _http;
    private readonly MetricProbe _metrics;

    public DeliveryTests()
    {
        _http = _app.CreateClient();
        _metrics = new MetricProbe(_app.Services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>());
    }

    public void Dispose()
    {
        _metrics.Dispose();
        _app.Dispose();
    }

    [Theory]
    [InlineData("operation", "null", "operation")]
    [InlineData("operation", "\"STEAL\"", "operation")]
    [InlineData("operation", "99", "operation")]
    [InlineData("orderId", "\"\"", "orderId")]
    [InlineData("orderId", "7", "orderId")]
    [InlineData("productId", "\"\"", "productId")]
    [InlineData("productId", "null", "productId")]
    [InlineData("productId", "{}", "productId")]
    [InlineData("productId", "\"a\\u0000b\"", "productId")]
    [InlineData("line", "0", "line")]
    [InlineData("line", "99999999999", "line")]
    [InlineData("quantity", "-1", "quantity")]
    [InlineData("quantity", "0", "quantity")]
    [InlineData("quantity", "1.5", "quantity")]
    [InlineData("quantity", "\"1\"", "quantity")]
    [InlineData("quantity", "1000001", "quantity")]
    [InlineData("idempotencyKey", "null", "idempotencyKey")]
    [InlineData("idempotencyKey", "\"o:1:restore\"", "idempotencyKey")]
    [InlineData("timestamp", "\"yesterday\"", "timestamp")]
    [InlineData("correlationId", "7", "correlationId")]
    [InlineData("correlationId", "{}", "correlationId")]
    [InlineData("correlationId", "\"\"", "correlationId")]
    [InlineData("correlationId", "\"a\\u0000b\"", "correlationId")]
    [InlineData("correlationId", "\"123456789-123456789-123456789-123456789-123456789-123456789-123456789-123456789-123456789-123456789-123456789-123456789-123456789\"", "correlationId")]
    public async Task Deliver_WrongField_IsDeadLetteredWithTheReason(string field, string value, string reason)
    {
        var message = JsonSerializer.SerializeToNode(InventoryApi.Deduct("o", 1))!;
        message[field] = JsonNode.Parse(value);

        await AssertDeadLetteredAsync(message, reason);
    }

    [Theory]
    [InlineData("orderId")]
    [InlineData("idempotencyKey")]
    [InlineData("quantity")]
    public async Task Deliver_MissingField_IsDeadLetteredWithTheReason(string field)
    {
        var message = JsonSerializer.SerializeToNode(InventoryApi.Deduct("o", 1))!.AsObject();
        message.Remove(field);

        await AssertDeadLetteredAsync(message, field);
    }

    [Theory]
    [InlineData("\"not json\"")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("5")]
    public async Task Deliver_NoObject_IsDeadLettered(string data) => await AssertDeadLetteredAsync(JsonNode.Parse(data), "data");

    public static TheoryData<string> Poison => [.. PoisonEvents.All.Keys];

    [Theory]
    [MemberData(nameof(Poison))]
    public async Task Deliver_PoisonAmongOthers_IsDeadLetteredAndTheOthersAreDone(string poison)
    {
        await PutAsync("p", 5);

        var statuses = await DeliverAsync(PoisonEvents.Event(InventoryApi.Deduct("o", 1)), PoisonEvents.All[poison], PoisonEvents.Event(InventoryApi.Deduct("q", 1)));

        Assert.All(statuses, status => Assert.Equal("SUCCESS", status));
        Assert.Equal(["o:1:deduct:result", "q:1:deduct:result"], _app.Events.Published.Select(published => published.Event.Id).Order());
        Assert.Equal(("inventory-deduction", "the-key"), _app.Events.DeadLetters.Select(letter => (letter.Topic, letter.Key)).Single());
    }

    [Fact]
    public async Task Deliver_MangledMessagesAmongOthers_AreEachDoneOrDeadLettered()
    {
        const int Mangled = 300;
        await PutAsync("p", 5);

        var statuses = await DeliverAsync([.. Enumerable.Range(0, Mangled).Select(seed => PoisonEvents.Mangled(InventoryApi.Deduct("o", 1), seed)), PoisonEvents.Event(InventoryApi.Deduct("q", 1))]);

        Assert.All(statuses, status => Assert.Equal("SUCCESS", status));
        Assert.Contains(_app.Events.Published, published => published.Event.Id == "q:1:deduct:result");
        Assert.InRange(_app.Events.DeadLetters.Count, 1, Mangled);
        Assert.Equal(Mangled + 1, _app.Events.DeadLetters.Count + _app.Events.Published.Count);
    }

    [Fact]
    public async Task Deliver_TextThatIsNoText_IsDeadLettered()
    {
        var body = JsonSerializer.Serialize(InventoryApi.Batch(("a", InventoryApi.Deduct("BROKEN", 1)))).Replace("BROKEN", "\\ud800", StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/dapr/events/inventory-deduction") { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json") };
        request.Headers.Add("dapr-api-token", InventoryApi.AppToken);

        var answer = await (await _http.SendAsync(request)).Content.ReadAsStringAsync();

        Assert.Contains("SUCCESS", answer, StringComparison.Ordinal);
        Assert.Single(_app.Events.DeadLetters);
    }

    [Fact]
    public async Task Deliver_IdsThatMakeNoStateKey_AreDeadLettered()
    {
        await AssertDeadLetteredAsync(JsonSerializer.SerializeToNode(InventoryApi.Deduct(new string('书', 128), 1)), "orderId");
        await AssertDeadLetteredAsync(JsonSerializer.SerializeToNode(InventoryApi.Deduct("o", 1, new string('书', 54))), "productId");
    }

    [Fact]
    public async Task Deliver_LongestIds_AreHandled()
    {
        var statuses = await _app.DeliverAsync(("a", InventoryApi.Deduct(new string('书', 53), 1, new string('品', 53), 1000)), ("b", InventoryApi.Deduct(new string('o', 128), 1, new string('<', 128), 1000)));

        Assert.Equal(["SUCCESS", "SUCCESS"], statuses.Values);
        Assert.Equal(2, _app.Events.Published.Count);
    }

    [Fact]
    public async Task Deliver_DamagedProduct_IsDeadLetteredAndOthersGoOn()
    {
        await _app.WriteAsync("stock:p", "{}");
        await PutAsync("q", 5);

        var statuses = await _app.DeliverAsync(("a", InventoryApi.Deduct("o", 1)), ("b", InventoryApi.Deduct("o", 1, "q", 2)));

        Assert.Equal(["SUCCESS", "SUCCESS"], statuses.Values);
        var letter = Assert.Single(_app.Events.DeadLetters);
        Assert.Equal(("inventory-deduction", "p"), (letter.Topic, letter.Key));
        Assert.Contains("damaged", letter.Reason, StringComparison.Ordinal);
        Assert.Equal("o:2:deduct:result", Assert.Single(_app.Events.Published).Event.Id);
        Assert.Equal((1d, 1d), (_metrics.Sum("inventory.damaged.total"), _metrics.Sum("messages.dead_lettered.total", ("topic", "inventory-deduction"))));
    }

    [Fact]
    public async Task Deliver_DeadLetterTopicDown_AsksAgain()
    {
        _app.Events.Down = true;

        Assert.Equal(["RETRY", "RETRY"], (await _app.DeliverAsync(("a", "text"), ("b", "text"))).Values);

        Assert.Equal(0, _metrics.Sum("messages.dead_lettered.total"));
    }

    [Fact]
    public async Task Deliver_OneProductCannotBeSaved_OthersOfTheBatchGoOn()
    {
        await PutAsync("p", 5);
        await PutAsync("q", 5);
        _app.State.FaultOf = save => save.Key == "stock:p" ? SaveFault.NotApplied : SaveFault.None;

        var statuses = await _app.DeliverAsync(("a", InventoryApi.Deduct("o", 1)), ("b", InventoryApi.Deduct("o", 1, "q", 2)));

        Assert.Equal(("RETRY", "SUCCESS"), (statuses["a"], statuses["b"]));
        Assert.Equal("o:2:deduct:result", Assert.Single(_app.Events.Published).Event.Id);
        Assert.NotEqual(0, _metrics.Sum("inventory.save.retries.total", ("cause", "unconfirmed")));
    }

    [Fact]
    public async Task Deliver_ArchiveUnreadable_AsksAgainAndAppliesNothing()
    {
        await PutAsync("p", 5);
        _app.State.Unreadable = true;

        Assert.Equal("RETRY", (await _app.DeliverAsync(("a", InventoryApi.Deduct("o", 1))))["a"]);

        _app.State.Unreadable = false;
        Assert.Empty(_app.Events.Published);
        Assert.Empty(_app.State.Values("operation:p:o"));
    }

    [Fact]
    public async Task Deliver_OrdersOverTwoProductsInOppositeOrder_AllEndAndNothingIsLost()
    {
        await PutAsync("p", 100);
        await PutAsync("q", 100);

        // Each delivery holds the lines of one order; they come at once, and every one a second time.
        var deliveries = Enumerable.Range(0, 160).Select(order => (Order: "o" + order % 80, Products: order % 2 == 0 ? new[] { "p", "q" } : ["q", "p"]));
        await Task.WhenAll(deliveries.Select(delivery => _app.DeliverAsync(("a", InventoryApi.Deduct(delivery.Order, 1, delivery.Products[0], 1)), ("b", InventoryApi.Deduct(delivery.Order, 1, delivery.Products[1], 2)))));

        var results = _app.Events.Published.Select(published => JsonSerializer.Deserialize(published.Event.Data.Span, ContractsJson.Default.InventoryDeductionResult)!).Distinct().ToArray();
        Assert.Equal(160, results.Length);
        Assert.All(results, result => Assert.Equal("HELD", result.Code));
        foreach (var product in new[] { "p", "q" })
            Assert.Equal(20, (await _http.GetFromJsonAsync<JsonElement>("/api/inventory/" + product)).GetProperty("data").GetProperty("available").GetInt32());
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

        await _app.DeliverAsync(("a", Deduct("o", new string('g', 128))), ("b", Deduct("q", null)), ("c", Deduct("o", "group-2")));

        var results = _app.Events.Published.Select(published => (published.Event.Id, published.Event.Key, JsonSerializer.Deserialize(published.Event.Data.Span, ContractsJson.Default.InventoryDeductionResult)!.CorrelationId));
        Assert.Equal([("o:1:deduct:result", new string('g', 128), new string('g', 128)), ("q:1:deduct:result", "q", null), ("o:1:deduct:result", "group-2", "group-2")], results);
    }

    [Fact]
    public async Task Deliver_FiftyProducts_IsOneReadOfEachKindOneSaveAndOnePublish()
    {
        await CreateAsync(50);
        _app.State.Calls.Clear();

        await _app.DeliverAsync([.. Enumerable.Range(0, 100).Select(i => ($"e{i}", InventoryApi.Deduct($"o{i}", 1, $"p{i % 50}")))]);
        await Eventually.TrueAsync(() => _app.State.Values("operation:").Count == 150, "everything is archived");

        // Documents, archive, save; and after the answer the archive, with what this process does not know to be there.
        Assert.Equal(["get-many 50", "get-many 200", "save-many 50", "save-many 150"], _app.State.Calls);
        Assert.Equal([("inventory-deduction-result", 100)], _app.Events.Calls);
    }

    [Fact]
    public async Task Deliver_OneDamagedAmongFifty_FailsAlone()
    {
        await CreateAsync(50);
        await _app.WriteAsync("stock:p25", "{}");

        var statuses = await _app.DeliverAsync([.. Enumerable.Range(0, 50).Select(i => ($"e{i}", InventoryApi.Deduct("o", 1, $"p{i}", i + 1)))]);

        Assert.All(statuses.Values, status => Assert.Equal("SUCCESS", status));
        Assert.Equal("p25", Assert.Single(_app.Events.DeadLetters).Key);
        Assert.Equal(49, _app.Events.Published.Count);
    }

    [Fact]
    public async Task Deliver_OneUnreadableAmongFifty_IsAskedForAgainAlone()
    {
        await CreateAsync(50);
        _app.State.IsUnreadable = key => key is "stock:p25" or "operation:p30:o:31:restore";

        var statuses = await _app.DeliverAsync([.. Enumerable.Range(0, 50).Select(i => ($"e{i}", InventoryApi.Deduct("o", 1, $"p{i}", i + 1)))]);

        Assert.Equal(["e25", "e30"], statuses.Where(status => status.Value == "RETRY").Select(status => status.Key).Order());
        Assert.Equal(48, _app.Events.Published.Count);
        Assert.Empty(_app.Events.DeadLetters);
    }

    [Fact]
    public async Task Deliver_OneResultNotPublished_IsAskedForAgainAlone()
    {
        await PutAsync("p", 5);
        _app.Events.IsRefused = @event => @event.Id == "o2:1:deduct:result";

        var statuses = await _app.DeliverAsync(("a", InventoryApi.Deduct("o1", 1)), ("b", InventoryApi.Deduct("o2", 1)), ("c", InventoryApi.Deduct("o3", 1)));

        Assert.Equal(("SUCCESS", "RETRY", "SUCCESS"), (statuses["a"], statuses["b"], statuses["c"]));
        _app.Events.IsRefused = _ => false;
        Assert.Equal("SUCCESS", (await _app.DeliverAsync(("b", InventoryApi.Deduct("o2", 1))))["b"]);
        Assert.Equal(2, (await _http.GetFromJsonAsync<JsonElement>("/api/inventory/p")).GetProperty("data").GetProperty("available").GetInt32());
    }

    [Fact]
    public async Task Deliver_Batch_MovesTheMetrics()
    {
        await PutAsync("p", 2);
        await _app.DeliverAsync(("a", InventoryApi.Deduct("o1", 2)), ("b", InventoryApi.Deduct("o2", 1)), ("c", InventoryApi.Deduct("o1", 2)));

        Assert.Equal(1, _metrics.Sum("inventory.deduction.total", ("operation", "DEDUCT"), ("outcome", "HELD")));
        Assert.Equal(1, _metrics.Sum("inventory.deduction.total", ("operation", "DEDUCT"), ("outcome", "OUT_OF_STOCK")));
        Assert.Equal(1, _metrics.Sum("inventory.duplicates.total", ("operation", "DEDUCT")));
        Assert.Equal(4, _metrics.Sum("inventory.batch.size"));
    }

    [Fact]
    public async Task Deliver_WhileItsRoundRuns_IsInTheQueue()
    {
        await PutAsync("p", 2);
        var hold = new TaskCompletionSource();
        _app.State.BeforeSave = _ => hold.Task;

        var running = _app.DeliverAsync(("a", InventoryApi.Deduct("o1", 1)), ("b", InventoryApi.Deduct("o2", 1)));
        await Eventually.TrueAsync(() => Depth() == 2, "both commands wait");
        hold.SetResult();
        await running;

        Assert.Equal(0, Depth());

        double Depth()
        {
            _metrics.Observe();
            return _metrics.Of("inventory.queue.depth").Last();
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

        await _app.DeliverAsync(("a", InventoryApi.Deduct("held", 1)), ("b", Restore("held")));
        await _app.DeliverAsync(("a", Restore("early")), ("b", InventoryApi.Deduct("early", 1)));

        Assert.Equal(1, _metrics.Sum("inventory.deduction.total", ("operation", "RESTORE"), ("outcome", "RELEASED")));
        Assert.Equal(1, _metrics.Sum("inventory.deduction.total", ("operation", "RESTORE"), ("outcome", "FENCED")));
        Assert.Equal(1, _metrics.Sum("inventory.deduction.total", ("operation", "DEDUCT"), ("outcome", "FENCED")));
    }

    private async Task<string?[]> DeliverAsync(params string[] events)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/dapr/events/inventory-deduction") { Content = PoisonEvents.Delivery(events) };
        request.Headers.Add("dapr-api-token", InventoryApi.AppToken);
        using var answer = await _http.SendAsync(request);
        var statuses = (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).GetProperty("statuses").EnumerateArray().ToArray();
        Assert.Equal(events.Length, statuses.Length);
        return [.. statuses.Select(status => status.GetProperty("status").GetString())];
    }

    private async Task AssertDeadLetteredAsync(JsonNode? data, string reason)
    {
        await PutAsync("p", 5);
        _app.Events.DeadLetters.Clear();

        var statuses = await _app.DeliverAsync(("a", data!), ("b", InventoryApi.Deduct("good", 1)));

        Assert.Equal(["SUCCESS", "SUCCESS"], statuses.Values);
        var letter = Assert.Single(_app.Events.DeadLetters);
        Assert.Equal(("inventory-deduction", "the-key"), (letter.Topic, letter.Key));
        Assert.Contains(reason, letter.Reason, StringComparison.Ordinal);
        Assert.Equal("good:1:deduct:result", _app.Events.Published.Last().Event.Id);
        Assert.NotEqual(0, _metrics.Sum("messages.dead_lettered.total", ("topic", "inventory-deduction")));
    }

    // By a process that has ended: it holds no product in a round.
    private async Task CreateAsync(int products)
    {
        var rounds = new StockParts(_app.State).Rounds();
        await Task.WhenAll(rounds.Execute([.. Enumerable.Range(0, products).Select(product => new Domain.SetTotalCommand($"p{product}", "set", 5))]));
        await rounds.DisposeAsync();
    }

    private async Task PutAsync(string productId, long total) => (await _http.PutAsJsonAsync("/api/inventory/" + productId, new { total })).EnsureSuccessStatusCode();
}
