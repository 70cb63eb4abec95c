using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using OrderInventory.Testing;

namespace InventoryApp.Tests;

public sealed class StockChangeTests : IDisposable
{
    private readonly InventoryApi _app = new();
    private readonly HttpClient _http;

    public StockChangeTests() => _http = _app.CreateClient();

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task Restock_KnownProduct_AddsUnits()
    {
        await PutAsync("p", 10);

        var answer = await ChangeAsync("p", "restock", 5);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal((15, 15, 0), await BalancesAsync(answer));
        Assert.NotEmpty(answer.Headers.GetValues("Idempotency-Key").Single());
        Assert.False(answer.Headers.Contains("Idempotency-Replayed"));
    }

    [Fact]
    public async Task Restock_WithoutKeyTwice_AddsTwice()
    {
        await PutAsync("p", 10);
        var first = await ChangeAsync("p", "restock", 5);
        var second = await ChangeAsync("p", "restock", 5);

        Assert.NotEqual(first.Headers.GetValues("Idempotency-Key"), second.Headers.GetValues("Idempotency-Key"));
        Assert.Equal((20, 20, 0), await BalancesAsync(second));
    }

    [Theory]
    [InlineData("restock", 5, 15)]
    [InlineData("adjust", 5, 15)]
    [InlineData("adjust", -10, 0)]
    public async Task Change_SameKeyTwice_IsDoneOnceAndReplayed(string change, long quantity, long left)
    {
        await PutAsync("p", 10);
        await ChangeAsync("p", change, quantity, "delivery-7");

        var again = await ChangeAsync("p", change, quantity, "delivery-7");

        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal("true", again.Headers.GetValues("Idempotency-Replayed").Single());
        Assert.Equal((left, left, 0), await BalancesAsync(again));
    }

    [Theory]
    [InlineData("restock", 6)]
    [InlineData("adjust", 5)]
    public async Task Change_SameKeyForAnotherChange_Is422(string change, long quantity)
    {
        await PutAsync("p", 10);
        await ChangeAsync("p", "restock", 5, "delivery-7");

        var reused = await ChangeAsync("p", change, quantity, "delivery-7");

        await AssertProblemAsync(reused, HttpStatusCode.UnprocessableEntity, "IDEMPOTENCY_KEY_REUSED");
        Assert.Equal(15, (await GetAsync("p")).GetProperty("total").GetInt64());
    }

    [Fact]
    public async Task Change_SameKeyOnAnotherProduct_IsAnotherChange()
    {
        await PutAsync("p", 10);
        await PutAsync("q", 10);
        await ChangeAsync("p", "restock", 5, "delivery-7");

        Assert.Equal((17, 17, 0), await BalancesAsync(await ChangeAsync("q", "restock", 7, "delivery-7")));
    }

    [Fact]
    public async Task Restock_SaveAppliedButUnanswered_IsNotCalledAReplay()
    {
        await PutAsync("p", 10);
        var faults = new Queue<SaveFault>([SaveFault.AppliedButUnknown]);
        _app.State.FaultOf = save => save.Key == "stock:p" && faults.TryDequeue(out var fault) ? fault : SaveFault.None;

        var answer = await ChangeAsync("p", "restock", 5, "k");

        Assert.False(answer.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal((15, 15, 0), await BalancesAsync(answer));
    }

    [Theory]
    [InlineData("restock")]
    [InlineData("adjust")]
    public async Task Change_UnknownProduct_Is404AndCreatesNothing(string change)
    {
        await AssertProblemAsync(await ChangeAsync("p", change, 1), HttpStatusCode.NotFound, "PRODUCT_NOT_FOUND");

        Assert.Empty(_app.State.Values(""));
    }

    [Fact]
    public async Task Adjust_BelowWhatOrdersHold_Is409AndMayBeAskedAgain()
    {
        await PutAsync("p", 10);
        await _app.DeliverAsync(("a", InventoryApi.Deduct("o", 4)));

        await AssertProblemAsync(await ChangeAsync("p", "adjust", -7, "k"), HttpStatusCode.Conflict, "BELOW_RESERVED");
        await ChangeAsync("p", "restock", 1);

        Assert.Equal((4, 0, 4), await BalancesAsync(await ChangeAsync("p", "adjust", -7, "k")));
    }

    [Fact]
    public async Task Restock_AboveTheMaximum_Is409()
    {
        await PutAsync("p", 999_999_999);

        await AssertProblemAsync(await ChangeAsync("p", "restock", 2), HttpStatusCode.Conflict, "ABOVE_MAXIMUM");
        Assert.Equal((1_000_000_000, 1_000_000_000, 0), await BalancesAsync(await ChangeAsync("p", "restock", 1)));
    }

    [Theory]
    [InlineData("restock", "", "$")]
    [InlineData("restock", "{}", "quantity")]
    [InlineData("restock", """{"quantity":0}""", "quantity")]
    [InlineData("restock", """{"quantity":-1}""", "quantity")]
    [InlineData("restock", """{"quantity":1000000001}""", "quantity")]
    [InlineData("restock", """{"quantity":99999999999999999999}""", "quantity")]
    [InlineData("restock", """{"quantity":"5"}""", "quantity")]
    [InlineData("adjust", """{"quantity":0}""", "quantity")]
    [InlineData("adjust", """{"quantity":-1000000001}""", "quantity")]
    [InlineData("adjust", """{"quantity":1.5}""", "quantity")]
    [InlineData("adjust", """{"quantity":1,"total":1}""", "total")]
    public async Task Change_BadBody_NamesTheField(string change, string body, string field)
    {
        var answer = await _http.PostAsync("/api/inventory/p/" + change, new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal(field, await InvalidFieldAsync(answer));
        Assert.Empty(_app.State.Values(""));
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("ключ")]
    public async Task Change_BadKey_Is400(string key)
    {
        var answer = await ChangeAsync("p", "restock", 1, key);

        Assert.Equal("idempotencyKey", await InvalidFieldAsync(answer));
    }

    [Fact]
    public async Task Put_IdThatIsTooLong_Is400InTheCallersLanguage()
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/inventory/" + Uri.EscapeDataString(new string('书', 129))) { Content = JsonContent.Create(new { total = 1 }) };
        request.Headers.Add("Accept-Language", "zh");

        var answer = await _http.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var error = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject().Single();
        Assert.Equal("productId", error.Name);
        Assert.Contains("字符", error.Value[0].GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("null")]
    [InlineData("""{"productId":"q","defined":true,"total":5,"available":5,"reserved":0,"createdTime":"2026-01-01T00:00:00Z","updatedTime":"2026-01-01T00:00:00Z"}""")]
    [InlineData("""{"productId":"p","defined":true,"total":5,"available":6,"reserved":0,"createdTime":"2026-01-01T00:00:00Z","updatedTime":"2026-01-01T00:00:00Z"}""")]
    [InlineData("""{"productId":"p","defined":true,"total":5,"available":6,"reserved":-1,"createdTime":"2026-01-01T00:00:00Z","updatedTime":"2026-01-01T00:00:00Z"}""")]
    public async Task AnyRequest_DamagedDocument_Is500AndWritesNothing(string document)
    {
        await _app.WriteAsync("stock:p", document);

        await AssertProblemAsync(await _http.GetAsync("/api/inventory/p"), HttpStatusCode.InternalServerError, "STOCK_DAMAGED");
        await AssertProblemAsync(await _http.PutAsJsonAsync("/api/inventory/p", new { total = 5 }), HttpStatusCode.InternalServerError, "STOCK_DAMAGED");
        await AssertProblemAsync(await ChangeAsync("p", "restock", 5), HttpStatusCode.InternalServerError, "STOCK_DAMAGED");

        Assert.Equal(document, Encoding.UTF8.GetString(Assert.Single(_app.State.Values("")).Value));
    }

    [Fact]
    public async Task Put_DocumentLostButArchiveThere_IsRefused()
    {
        await PutAsync("p", 1000);
        for (var i = 0; i < 40; i++) await ChangeAsync("p", "restock", 1);
        await Eventually.GetAsync(() => Task.FromResult(_app.State.Values("operations:p:0").Count), count => count == 1, TimeSpan.FromSeconds(5), "the first page is archived");
        _app.State.Remove("stock:p");

        await AssertProblemAsync(await _http.PutAsJsonAsync("/api/inventory/p", new { total = 5 }), HttpStatusCode.InternalServerError, "STOCK_DAMAGED");

        Assert.Empty(_app.State.Values("stock:p"));
    }

    private async Task PutAsync(string productId, long total) => (await _http.PutAsJsonAsync("/api/inventory/" + productId, new { total })).EnsureSuccessStatusCode();

    private async Task<JsonElement> GetAsync(string productId) => (await _http.GetFromJsonAsync<JsonElement>("/api/inventory/" + productId)).GetProperty("data");

    private async Task<HttpResponseMessage> ChangeAsync(string productId, string change, long quantity, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/inventory/{productId}/{change}") { Content = JsonContent.Create(new { quantity }) };
        if (key is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return await _http.SendAsync(request);
    }

    private static async Task<(long Total, long Available, long Reserved)> BalancesAsync(HttpResponseMessage answer)
    {
        var stock = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data");
        return (stock.GetProperty("total").GetInt64(), stock.GetProperty("available").GetInt64(), stock.GetProperty("reserved").GetInt64());
    }

    private static async Task<string> InvalidFieldAsync(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject().Single().Name;
    }

    private static async Task AssertProblemAsync(HttpResponseMessage answer, HttpStatusCode status, string code)
    {
        Assert.Equal((status, code), (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString()));
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }
}
