using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OrderInventory.Testing;

namespace InventoryApp.Tests;

/// <summary>One product has one name: in a path, a body, a list and an event.</summary>
public sealed class RequestTests : IDisposable
{
    private readonly InventoryApi _app = new();
    private readonly HttpClient _http;

    public RequestTests()
    {
        _app.UseKestrel();
        _http = _app.CreateClient();
    }

    public void Dispose() => _app.Dispose();

    [Theory]
    [InlineData("x%2Fb")]
    [InlineData("x%2fb")]
    [InlineData("x%FFb")]
    [InlineData("x%C3b")]
    [InlineData("x%zzb")]
    [InlineData("x%2")]
    public async Task Put_PathWithTwoReadings_Is400(string segment)
    {
        var (status, answer) = await PutAsync(segment);

        Assert.Equal("400", status);
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
        Assert.Contains("BAD_PATH", answer, StringComparison.Ordinal);
        Assert.Empty(_app.State.Values("stock:"));
    }

    [Theory]
    [InlineData("x%252Fb", "x%2Fb")]
    [InlineData("x%25b", "x%b")]
    [InlineData("%C3%A9", "é")]
    [InlineData("a%20b", "a b")]
    [InlineData("a:b", "a:b")]
    [InlineData("a+b", "a+b")]
    [InlineData("a%5Cb", "a\\b")]
    public async Task Put_PathWithOneReading_IsThatProduct(string segment, string product)
    {
        var (status, _) = await PutAsync(segment);

        Assert.Equal("200", status);
        var listed = (await _http.GetFromJsonAsync<JsonElement>("/api/inventory")).GetProperty("data");
        Assert.Equal(product, Assert.Single(listed.EnumerateArray()).GetProperty("productId").GetString());
    }

    [Fact]
    public async Task Change_OfAStaleScreen_Is412AndChangesNothing()
    {
        var seen = (await SendAsync(HttpMethod.Put, "", 10)).Headers.ETag!.Tag;
        await SendAsync(HttpMethod.Post, "/restock", 5);

        foreach (var (method, path) in new[] { (HttpMethod.Put, ""), (HttpMethod.Post, "/restock"), (HttpMethod.Post, "/adjust") })
            Assert.Equal(HttpStatusCode.PreconditionFailed, (await SendAsync(method, path, 7, ("If-Match", seen))).StatusCode);

        var now = await _http.GetAsync("/api/inventory/p");
        Assert.Equal(15, await TotalAsync(now));
        var set = await SendAsync(HttpMethod.Put, "", 7, ("If-Match", $"{seen}, {now.Headers.ETag}"));
        Assert.Equal((HttpStatusCode.OK, 7), (set.StatusCode, await TotalAsync(set)));
        Assert.Equal((await _http.GetAsync("/api/inventory/p")).Headers.ETag, set.Headers.ETag);
    }

    [Fact]
    public async Task Put_OnlyIfThereIsNone_CreatesOnce()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => SendAsync(HttpMethod.Put, "", i + 1, ("If-None-Match", "*"))));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.Equal(19, answers.Count(answer => answer.StatusCode == HttpStatusCode.PreconditionFailed));
    }

    [Fact]
    public async Task Put_OnlyIfThereIsOne_CreatesNone()
    {
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await SendAsync(HttpMethod.Put, "", 1, ("If-Match", "*"))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _http.GetAsync("/api/inventory/p")).StatusCode);
    }

    [Fact]
    public async Task Put_RepeatedUnderItsKey_IsAnsweredWhateverTheConditionSays()
    {
        var first = await SendAsync(HttpMethod.Put, "", 1, ("If-None-Match", "*"), ("Idempotency-Key", "k"));
        var again = await SendAsync(HttpMethod.Put, "", 1, ("If-None-Match", "*"), ("Idempotency-Key", "k"));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, true), (first.StatusCode, again.StatusCode, again.Headers.Contains("Idempotency-Replayed")));
    }

    [Theory]
    [InlineData("5")]
    [InlineData("W/1")]
    [InlineData("")]
    [InlineData("*, \"1\"")]
    [InlineData("\"1\", *")]
    [InlineData("*, *")]
    public async Task Condition_ThatCannotBeRead_Is400(string condition)
    {
        await SendAsync(HttpMethod.Put, "", 10);

        foreach (var header in new[] { "If-Match", "If-None-Match" }) Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(HttpMethod.Put, "", 7, (header, condition))).StatusCode);
    }

    [Fact]
    public async Task Change_WithAWeakTag_Is412()
    {
        var seen = (await SendAsync(HttpMethod.Put, "", 10)).Headers.ETag!.Tag;

        Assert.Equal(HttpStatusCode.PreconditionFailed, (await SendAsync(HttpMethod.Put, "", 7, ("If-Match", "W/" + seen))).StatusCode);
    }

    [Theory]
    [InlineData("W/{0}", HttpStatusCode.NotModified)]
    [InlineData("\"other\", {0}", HttpStatusCode.NotModified)]
    [InlineData("*", HttpStatusCode.NotModified)]
    [InlineData("\"other\"", HttpStatusCode.OK)]
    [InlineData("*, \"other\"", HttpStatusCode.OK)]
    public async Task Get_Unchanged_Is304(string condition, HttpStatusCode status)
    {
        var etag = (await SendAsync(HttpMethod.Put, "", 10)).Headers.ETag!.Tag;
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/inventory/p");
        request.Headers.TryAddWithoutValidation("If-None-Match", condition.Replace("{0}", etag, StringComparison.Ordinal));

        Assert.Equal(status, (await _http.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task List_ParameterGivenTwice_Is400() =>
        Assert.Equal(HttpStatusCode.BadRequest, (await _http.GetAsync("/api/inventory?limit=1&limit=2")).StatusCode);

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, long number, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, "/api/inventory/p" + path) { Content = path.Length == 0 ? JsonContent.Create(new { total = number }) : JsonContent.Create(new { quantity = number }) };
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return _http.SendAsync(request);
    }

    private static async Task<long> TotalAsync(HttpResponseMessage answer) => (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").GetProperty("total").GetInt64();

    // As bytes, because clients write paths anew.
    private async Task<(string Status, string Answer)> PutAsync(string segment)
    {
        const string Body = """{"total":1}""";
        var answer = await RawRequest.SendAsync(_http.BaseAddress!, $"PUT /api/inventory/{segment} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\nConnection: close\r\n\r\n{Body}");
        return (answer.Split(' ')[1], answer);
    }
}
