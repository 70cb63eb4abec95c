using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OrderInventory.Testing;

namespace InventoryApp.Tests;

/// <summary>The rules of docs/idempotency.md on stock.</summary>
public sealed class IdempotencyTests : IDisposable
{
    private readonly InventoryApi _app = new();
    private readonly HttpClient _http;

    public IdempotencyTests() => _http = _app.CreateClient();

    public void Dispose() => _app.Dispose();

    [Theory]
    [InlineData("", 10)]
    [InlineData("/restock", 15)]
    [InlineData("/adjust", 15)]
    public async Task Change_QuotedAndBareKey_AreOne(string path, long total)
    {
        await SendAsync("", 10);
        var bare = await SendAsync(path, path.Length == 0 ? 10 : 5, "k1");
        var quoted = await SendAsync(path, path.Length == 0 ? 10 : 5, "\"k1\"");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (bare.StatusCode, quoted.StatusCode));
        Assert.Equal((false, true), (IsReplay(bare), IsReplay(quoted)));
        Assert.Equal(total, await TotalAsync());
    }

    [Fact]
    public async Task Put_RetriedAfterGoodsWereShipped_DoesNotBringThemBack()
    {
        await SendAsync("", 10, "count-1");
        await _app.DeliverAsync(("a", InventoryApi.Deduct("o", 3)));
        await _app.DeliverAsync(("b", InventoryApi.Ship("o", 3)));

        var again = await SendAsync("", 10, "count-1");

        Assert.Equal((HttpStatusCode.OK, true), (again.StatusCode, IsReplay(again)));
        Assert.Equal(7, await TotalAsync());
        Assert.Equal(7, (await again.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").GetProperty("total").GetInt64());
    }

    [Fact]
    public async Task Put_OfTheTotalThatIsThere_UsesItsKey()
    {
        await SendAsync("", 10);
        await SendAsync("", 10, "count-1");
        await SendAsync("/restock", 5);

        Assert.True(IsReplay(await SendAsync("", 10, "count-1")));
        Assert.Equal(15, await TotalAsync());
    }

    [Fact]
    public async Task Put_AnswerOfTheSaveGotLost_IsNoReplay()
    {
        var isFirst = true;
        _app.State.FaultOf = save =>
        {
            if (save.Key != "stock:p" || !isFirst) return SaveFault.None;
            isFirst = false;
            return SaveFault.AppliedButUnknown;
        };
        var first = await SendAsync("", 10, "count-1");

        Assert.Equal((HttpStatusCode.OK, false), (first.StatusCode, IsReplay(first)));
        Assert.True(IsReplay(await SendAsync("", 10, "count-1")));
    }

    [Fact]
    public async Task Put_WithoutKey_SetsTheTotalEachTime()
    {
        await SendAsync("", 10);
        await SendAsync("/restock", 5);

        Assert.False(IsReplay(await SendAsync("", 10)));
        Assert.Equal(10, await TotalAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("/restock")]
    [InlineData("/adjust")]
    public async Task Change_SameKeyOtherContent_Is422AndChangesNothing(string path)
    {
        await SendAsync("", 10);
        await SendAsync(path, 20, "k1");
        var before = await TotalAsync();

        var other = await SendAsync(path, 21, "k1");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
        Assert.Equal("IDEMPOTENCY_KEY_REUSED", (await other.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        Assert.Equal(before, await TotalAsync());
    }

    [Fact]
    public async Task Put_Refused_DoesNotUseTheKeyUp()
    {
        await SendAsync("", 10);
        await _app.DeliverAsync(("a", InventoryApi.Deduct("o", 3)));
        Assert.Equal(HttpStatusCode.Conflict, (await SendAsync("", 2, "k1")).StatusCode);

        var set = await SendAsync("", 4, "k1");

        Assert.Equal((HttpStatusCode.OK, false), (set.StatusCode, IsReplay(set)));
    }

    [Theory]
    [InlineData("", "k1", "k1")]
    [InlineData("/restock", "k1", "k1")]
    [InlineData("/adjust", "k1", "k2")]
    [InlineData("", "k1,k1")]
    [InlineData("/adjust", "two words")]
    public async Task Change_NoKey_Is400AndChangesNothing(string path, params string[] keys)
    {
        await SendAsync("", 10);

        var answer = await SendAsync(path, 5, keys);

        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Equal("idempotencyKey", Assert.Single((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject()).Name);
        Assert.Equal(10, await TotalAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("/restock")]
    public async Task Change_LongestKeyAndProduct_IsReplayed(string path)
    {
        var (product, key) = (Uri.EscapeDataString(new string('é', 80)), new string('~', 255));
        await SendToAsync(product, "", 10);
        await SendToAsync(product, path, 7, key);

        Assert.True(IsReplay(await SendToAsync(product, path, 7, key)));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await SendToAsync(product, path, 8, key)).StatusCode);
        Assert.False(IsReplay(await SendToAsync(product, path, 7, key[1..] + "!")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/restock")]
    [InlineData("/adjust")]
    public async Task KeysAreDemanded_RequestWithout_Is400WithALink(string path)
    {
        using var app = new InventoryApi { Settings = { ["Inventory:RequireIdempotencyKey"] = "true" } };
        using var http = app.CreateClient();

        using var request = Request(path, 5, "p");
        var refused = await http.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        var link = Assert.Single(refused.Headers.GetValues("Link"));
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(link[1..link.IndexOf('>', StringComparison.Ordinal)])).StatusCode);
    }

    private Task<HttpResponseMessage> SendAsync(string path, long number, params string[] keys) => SendToAsync("p", path, number, keys);

    private Task<HttpResponseMessage> SendToAsync(string product, string path, long number, params string[] keys)
    {
        var request = Request(path, number, product);
        foreach (var key in keys) request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return _http.SendAsync(request);
    }

    private static HttpRequestMessage Request(string path, long number, string product) => new(path.Length == 0 ? HttpMethod.Put : HttpMethod.Post, $"/api/inventory/{product}{path}")
    {
        Content = path.Length == 0 ? JsonContent.Create(new { total = number }) : JsonContent.Create(new { quantity = number }),
    };

    private async Task<long> TotalAsync() => (await _http.GetFromJsonAsync<JsonElement>("/api/inventory/p")).GetProperty("data").GetProperty("total").GetInt64();

    private static bool IsReplay(HttpResponseMessage answer)
    {
        var replayed = answer.Headers.Contains("Idempotency-Replayed");
        Assert.Equal(replayed, answer.Headers.Contains("Idempotent-Replayed"));
        return replayed;
    }
}
