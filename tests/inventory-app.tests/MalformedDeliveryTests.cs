using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrderInventory.Testing;

namespace InventoryApp.Tests;

/// <summary>Deliveries of <c>inventory-deduction</c> with messages that nobody can read, or that ask for what nobody can do.</summary>
public sealed class MalformedDeliveryTests : DeliveryTest
{
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
        Assert.Equal(["o:1:deduct:result", "q:1:deduct:result"], App.Events.Published.Select(published => published.Event.Id).Order());
        Assert.Equal(("inventory-deduction", "the-key"), App.Events.DeadLetters.Select(letter => (letter.Topic, letter.Key)).Single());
    }

    [Fact]
    public async Task Deliver_MangledMessagesAmongOthers_AreEachDoneOrDeadLettered()
    {
        const int Mangled = 300;
        await PutAsync("p", 5);

        var statuses = await DeliverAsync([.. Enumerable.Range(0, Mangled).Select(seed => PoisonEvents.Mangled(InventoryApi.Deduct("o", 1), seed)), PoisonEvents.Event(InventoryApi.Deduct("q", 1))]);

        Assert.All(statuses, status => Assert.Equal("SUCCESS", status));
        Assert.Contains(App.Events.Published, published => published.Event.Id == "q:1:deduct:result");
        Assert.InRange(App.Events.DeadLetters.Count, 1, Mangled);
        Assert.Equal(Mangled + 1, App.Events.DeadLetters.Count + App.Events.Published.Count);
    }

    [Fact]
    public async Task Deliver_TextThatIsNoText_IsDeadLettered()
    {
        var body = JsonSerializer.Serialize(InventoryApi.Batch(("a", InventoryApi.Deduct("BROKEN", 1)))).Replace("BROKEN", "\\ud800", StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/dapr/events/inventory-deduction") { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json") };
        request.Headers.Add("dapr-api-token", InventoryApi.AppToken);

        var answer = await (await Http.SendAsync(request)).Content.ReadAsStringAsync();

        Assert.Contains("SUCCESS", answer, StringComparison.Ordinal);
        Assert.Single(App.Events.DeadLetters);
    }

    [Fact]
    public async Task Deliver_IdsThatAreTooLong_AreDeadLettered()
    {
        await AssertDeadLetteredAsync(JsonSerializer.SerializeToNode(InventoryApi.Deduct(new string('书', 129), 1)), "orderId");
        await AssertDeadLetteredAsync(JsonSerializer.SerializeToNode(InventoryApi.Deduct("o", 1, new string('书', 129))), "productId");
    }

    [Fact]
    public async Task Deliver_LongestIds_AreHandled()
    {
        var statuses = await App.DeliverAsync(("a", InventoryApi.Deduct(new string('书', 128), 1, new string('品', 128), 1000)), ("b", InventoryApi.Deduct(new string('o', 128), 1, new string('<', 128), 1000)));

        Assert.Equal(["SUCCESS", "SUCCESS"], statuses.Values);
        Assert.Equal(2, App.Events.Published.Count);
    }

    private async Task<string?[]> DeliverAsync(params string[] events)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/dapr/events/inventory-deduction") { Content = PoisonEvents.Delivery(events) };
        request.Headers.Add("dapr-api-token", InventoryApi.AppToken);
        using var answer = await Http.SendAsync(request);
        var statuses = (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).GetProperty("statuses").EnumerateArray().ToArray();
        Assert.Equal(events.Length, statuses.Length);
        return [.. statuses.Select(status => status.GetProperty("status").GetString())];
    }

    private async Task AssertDeadLetteredAsync(JsonNode? data, string reason)
    {
        await PutAsync("p", 5);
        App.Events.DeadLetters.Clear();

        var statuses = await App.DeliverAsync(("a", data!), ("b", InventoryApi.Deduct("good", 1)));

        Assert.Equal(["SUCCESS", "SUCCESS"], statuses.Values);
        var letter = Assert.Single(App.Events.DeadLetters);
        Assert.Equal(("inventory-deduction", "the-key"), (letter.Topic, letter.Key));
        Assert.Contains(reason, letter.Reason, StringComparison.Ordinal);
        Assert.Equal("good:1:deduct:result", App.Events.Published.Last().Event.Id);
        Assert.NotEqual(0, Metrics.Sum("messages.dead_lettered.total", ("topic", "inventory-deduction")));
    }
}
