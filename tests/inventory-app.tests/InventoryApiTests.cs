using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using OrderInventory.Contracts;

namespace InventoryApp.Tests;

public sealed class InventoryApiTests : IDisposable
{
    private readonly InventoryApi _app = new();
    private readonly HttpClient _http;

    public InventoryApiTests() => _http = _app.CreateClient();

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task Put_NewProduct_CreatesIt()
    {
        var answer = await _http.PutAsJsonAsync("/api/inventory/book%201%20%E4%B9%A6", new { total = 100 });

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var stock = (await _http.GetFromJsonAsync<JsonElement>("/api/inventory/book%201%20%E4%B9%A6")).GetProperty("data");
        Assert.Equal(("book 1 书", 100, 100, 0), (stock.GetProperty("productId").GetString(), stock.GetProperty("total").GetInt32(), stock.GetProperty("available").GetInt32(), stock.GetProperty("reserved").GetInt32()));
    }

    [Theory]
    [InlineData("", "$")]
    [InlineData("nonsense", "$")]
    [InlineData("{}", "total")]
    [InlineData("""{"total":-1}""", "total")]
    [InlineData("""{"total":"5"}""", "total")]
    [InlineData("""{"total":1.5}""", "total")]
    [InlineData("""{"total":1,"totla":2}""", "totla")]
    public async Task Put_BadBody_NamesTheField(string body, string field)
    {
        var answer = await _http.PutAsync("/api/inventory/p", new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(field, problem.GetProperty("errors").EnumerateObject().Single().Name);
        Assert.False(problem.GetProperty("success").GetBoolean());
        Assert.Empty(_app.State.Values(""));
    }

    [Fact]
    public async Task Get_UnknownProduct_Is404()
    {
        var answer = await _http.GetAsync("/api/inventory/none");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("PRODUCT_NOT_FOUND", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
    }

    [Fact]
    public async Task Get_StoreDown_Is503WithRetryAfter()
    {
        _app.State.Unreadable = true;

        var answer = await _http.GetAsync("/api/inventory/p");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Equal("UNAVAILABLE", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
    }

    [Fact]
    public async Task Delivery_WithoutToken_Is401()
    {
        var answer = await _http.PostAsJsonAsync("/dapr/events/inventory-deduction", InventoryApi.Batch(("0", InventoryApi.Deduct("o", 1))));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await _http.GetAsync("/dapr/subscribe")).StatusCode);
        Assert.Empty(_app.State.Values(""));
    }

    [Fact]
    public async Task Subscribe_WithToken_NamesTopicBulkAndDeadLetter()
    {
        _http.DefaultRequestHeaders.Add("dapr-api-token", InventoryApi.AppToken);

        var subscription = (await _http.GetFromJsonAsync<JsonElement>("/dapr/subscribe")).EnumerateArray().Single(found => found.TryGetProperty("deadLetterTopic", out _));

        Assert.Equal("pubsub", subscription.GetProperty("pubsubName").GetString());
        Assert.Equal("inventory-deduction", subscription.GetProperty("topic").GetString());
        Assert.Equal("inventory-deduction.dlq", subscription.GetProperty("deadLetterTopic").GetString());
        Assert.Equal("dapr/events/inventory-deduction", subscription.GetProperty("route").GetString());
        Assert.True(subscription.GetProperty("bulkSubscribe").GetProperty("enabled").GetBoolean());
        var dead = (await _http.GetFromJsonAsync<JsonElement>("/dapr/subscribe")).EnumerateArray().Single(found => !found.TryGetProperty("deadLetterTopic", out _));
        Assert.Equal(("pubsub", "inventory-deduction.dlq", "dapr/events/inventory-deduction.dlq", "true"),
            (dead.GetProperty("pubsubName").GetString(), dead.GetProperty("topic").GetString(), dead.GetProperty("route").GetString(), dead.GetProperty("metadata").GetProperty("rawPayload").GetString()));
    }

    [Fact]
    public async Task Delivery_Deduction_IsAppliedOnceAndAnswered()
    {
        await _http.PutAsJsonAsync("/api/inventory/p", new { total = 5 });

        var statuses = await _app.DeliverAsync(("a", InventoryApi.Deduct("o", 3)), ("b", InventoryApi.Deduct("o", 3)), ("c", InventoryApi.Deduct("o2", 3)));

        Assert.Equal(["SUCCESS", "SUCCESS", "SUCCESS"], statuses.Values);
        var results = _app.Events.Published.Select(published => JsonSerializer.Deserialize(published.Event.Data.Span, ContractsJson.Default.InventoryDeductionResult)!).ToArray();
        Assert.Equal(["HELD", "HELD", "OUT_OF_STOCK"], results.Select(result => result.Code));
        Assert.Equal(results[0], results[1]);
        Assert.All(_app.Events.Published, published => Assert.Equal(published.Event.Key, published.Event.Id.Split(':')[0]));
        Assert.Equal("o:1:deduct:result", _app.Events.Published.First().Event.Id);
    }

    [Fact]
    public async Task Delivery_BrokerDown_AsksAgainAndThenAnswersTheSame()
    {
        await _http.PutAsJsonAsync("/api/inventory/p", new { total = 5 });
        _app.Events.Down = true;
        Assert.Equal("RETRY", (await _app.DeliverAsync(("a", InventoryApi.Deduct("o", 3))))["a"]);
        _app.Events.Down = false;

        Assert.Equal("SUCCESS", (await _app.DeliverAsync(("a", InventoryApi.Deduct("o", 3))))["a"]);

        Assert.Equal(2, (await _http.GetFromJsonAsync<JsonElement>("/api/inventory/p")).GetProperty("data").GetProperty("available").GetInt32());
        Assert.Single(_app.Events.Published);
    }

    [Fact]
    public async Task Delivery_Poison_IsDeadLetteredWithItsReasonAndTheRestGoesOn()
    {
        await _http.PutAsJsonAsync("/api/inventory/p", new { total = 5 });

        var statuses = await _app.DeliverAsync(
            ("a", "text"),
            ("b", new { operation = "DEDUCT", orderId = "o" }),
            ("c", InventoryApi.Deduct("o", -1)),
            ("d", new { operation = "STEAL", orderId = "o", line = 1, productId = "p", quantity = 1, idempotencyKey = "o:1:deduct", timestamp = "2026-01-01T00:00:00Z" }),
            ("e", InventoryApi.Deduct("o", 1)));

        Assert.All(statuses.Values, status => Assert.Equal("SUCCESS", status));
        Assert.Equal(4, _app.Events.DeadLetters.Count);
        Assert.Contains(_app.Events.DeadLetters, letter => letter.Reason.Contains("quantity", StringComparison.Ordinal));
        Assert.All(_app.Events.DeadLetters, letter => Assert.Equal("the-key", letter.Key));
        Assert.Single(_app.Events.Published);
    }
}
