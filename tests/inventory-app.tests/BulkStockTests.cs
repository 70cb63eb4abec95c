using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using OrderInventory.ServiceDefaults.State;

namespace InventoryApp.Tests;

/// <summary>Many products in one request.</summary>
public sealed class BulkStockTests : IDisposable
{
    private readonly InventoryApi _app = new() { Time = new InstantTime() };
    private readonly HttpClient _http;

    public BulkStockTests() => _http = _app.CreateClient();

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task Put_ManyProducts_SetsEachAndSaysSo()
    {
        var outcomes = await PutAsync([.. Enumerable.Range(0, 500).Select(i => ($"p{i}", i))]);

        Assert.Equal(Enumerable.Range(0, 500).Select(i => ("p" + i, true, i)), outcomes.Select(outcome => (Text(outcome, "productId")!, outcome.GetProperty("success").GetBoolean(), outcome.GetProperty("stock").GetProperty("available").GetInt32())));
        Assert.Equal([0, 499], await AvailableAsync("p0", "p499"));
    }

    [Fact]
    public async Task Put_OneIsRefused_SetsTheOthers()
    {
        await PutAsync([("a", 5), ("b", 5)]);
        await _app.DeliverAsync(("e", InventoryApi.Deduct("o", 3, "a")));

        var outcomes = await PutAsync([("a", 2), ("b", 7)]);

        Assert.Equal([("BELOW_RESERVED", false), (null, true)], outcomes.Select(outcome => (Text(outcome, "code"), outcome.GetProperty("success").GetBoolean())));
        Assert.Equal([2, 7], await AvailableAsync("a", "b"));
    }

    [Fact]
    public async Task Put_TheSameAgain_SetsNothingTwice()
    {
        await PutAsync([("a", 5), ("b", 5)], "k");
        await _http.PostAsJsonAsync("/api/inventory/a/restock", new { quantity = 1 });

        var outcomes = await PutAsync([("a", 5), ("b", 6), ("c", 7)], "k");

        Assert.Equal([(null, true), ("IDEMPOTENCY_KEY_REUSED", false), (null, false)], outcomes.Select(outcome => (Text(outcome, "code"), outcome.GetProperty("replayed").GetBoolean())));
        Assert.Equal([6, 5, 7], await AvailableAsync("a", "b", "c"));
    }

    [Theory]
    [InlineData("If-Match", "\"1\"")]
    [InlineData("If-None-Match", "*")]
    public async Task Put_WithACondition_IsRefusedAndSetsNothing(string condition, string value)
    {
        await PutAsync([("a", 5)]);
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/inventory") { Content = JsonContent.Create(new { items = new[] { new { productId = "a", total = 9 } } }) };
        request.Headers.TryAddWithoutValidation(condition, value);

        using var answer = await _http.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal([5], await AvailableAsync("a"));
    }

    [Fact]
    public async Task Put_StoreIsAway_SaysThatNothingIsKnown()
    {
        _app.State.Unreadable = true;

        var outcome = Assert.Single(await PutAsync([("a", 5)], "k"));

        Assert.Equal("UNAVAILABLE", Text(outcome, "code"));
    }

    [Fact]
    public async Task Put_OneIsDamaged_SetsTheOthers()
    {
        await PutAsync([("a", 5)]);
        await _app.State.SaveAsync(new StateSave("stock:a", "damaged"u8.ToArray(), SaveCondition.None), CancellationToken.None);

        Assert.Equal(["STOCK_DAMAGED", null], (await PutAsync([("a", 6), ("b", 6)])).Select(outcome => Text(outcome, "code")));
    }

    [Fact]
    public async Task Put_OneTwice_SetsTheOthersAlone()
    {
        var outcomes = await PutAsync([("a", 1), ("b", 2), ("a", 3)]);

        Assert.Equal(["GIVEN_TWICE", null, "GIVEN_TWICE"], outcomes.Select(outcome => Text(outcome, "code")));
        Assert.Equal([2], await AvailableAsync("a", "b"));
    }

    [Theory]
    [InlineData("""{"items":[]}""", "items")]
    [InlineData("""{}""", "items")]
    [InlineData("""{"items":[null]}""", "items[0].productId")]
    [InlineData("""{"items":[{"productId":"a","total":1},{"productId":"b","total":-1}]}""", "items[1].total")]
    [InlineData("""{"items":[{"productId":"a/b","total":1}]}""", "items[0].productId")]
    public async Task Put_AnythingWrong_Is400AndDoesNothing(string body, string field)
    {
        var answer = await _http.PutAsync("/api/inventory", new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.True((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").TryGetProperty(field, out _));
        Assert.Empty(_app.State.Values("stock"));
    }

    [Fact]
    public async Task Put_501Products_Is400() =>
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync([.. Enumerable.Range(0, 501).Select(i => ($"p{i}", i))], null)).StatusCode);

    [Fact]
    public async Task List_OfIds_ShowsWhatIsAvailableAndNoMore()
    {
        await PutAsync([("a", 5), ("b", 0), ("c", 7)]);

        var list = await _http.GetStringAsync("/api/inventory?ids=c,nothing,b,c");

        Assert.Equal("""{"success":true,"data":[{"productId":"c","available":7},{"productId":"b","available":0}],"nextCursor":null,"damaged":[]}""", list);
        Assert.Contains("\"total\":5", await _http.GetStringAsync("/api/inventory?limit=1"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a,")]
    [InlineData("a,.")]
    [InlineData("a,b/c")]
    public async Task List_OfWhatIsNoId_Is400(string ids) => Assert.Equal(HttpStatusCode.BadRequest, (await _http.GetAsync("/api/inventory?ids=" + ids)).StatusCode);

    [Fact]
    public async Task List_Of101Ids_Is400()
    {
        Assert.Equal(HttpStatusCode.OK, (await _http.GetAsync("/api/inventory?ids=" + string.Join(',', Enumerable.Range(0, 100)))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await _http.GetAsync("/api/inventory?ids=" + string.Join(',', Enumerable.Range(0, 101)))).StatusCode);
    }

    private async Task<IReadOnlyList<JsonElement>> PutAsync((string ProductId, int Total)[] items, string? key = null)
    {
        var answer = await SendAsync(items, key);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return [.. (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").EnumerateArray()];
    }

    private async Task<HttpResponseMessage> SendAsync((string ProductId, int Total)[] items, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/inventory") { Content = JsonContent.Create(new { items = items.Select(item => new { productId = item.ProductId, total = item.Total }) }) };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        return await _http.SendAsync(request);
    }

    private async Task<IEnumerable<int>> AvailableAsync(params string[] ids) =>
        (await _http.GetFromJsonAsync<JsonElement>("/api/inventory?ids=" + string.Join(',', ids))).GetProperty("data").EnumerateArray().Select(product => product.GetProperty("available").GetInt32());

    private static string? Text(JsonElement outcome, string name) => outcome.GetProperty(name).GetString();
}
