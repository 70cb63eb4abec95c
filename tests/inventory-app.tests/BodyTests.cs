using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace InventoryApp.Tests;

/// <summary>Whole numbers in bodies, as JSON Schema has them.</summary>
public sealed class BodyTests : IDisposable
{
    private readonly InventoryApi _app = new() { Time = new InstantTime() };
    private readonly HttpClient _http;

    public BodyTests() => _http = _app.CreateClient();

    public void Dispose() => _app.Dispose();

    [Theory]
    [InlineData("7.0")]
    [InlineData("7e0")]
    [InlineData("0.07E+2")]
    public async Task Number_WholeInAnotherForm_IsTheSame(string seven)
    {
        Assert.Equal(7, await TotalAsync(HttpMethod.Put, "/api/inventory", $$"""{"items":[{"productId":"p","total":{{seven}}}]}"""));
        Assert.Equal(7, await TotalAsync(HttpMethod.Put, "/api/inventory/p", $$"""{"total":{{seven}}}"""));
        Assert.Equal(14, await TotalAsync(HttpMethod.Post, "/api/inventory/p/restock", $$"""{"quantity":{{seven}}}"""));
        Assert.Equal(21, await TotalAsync(HttpMethod.Post, "/api/inventory/p/adjust", $$"""{"quantity":{{seven}}}"""));
        Assert.Equal(14, await TotalAsync(HttpMethod.Post, "/api/inventory/p/adjust", $$"""{"quantity":-{{seven}}}"""));
        // One request, whichever way its number is written.
        foreach (var number in new[] { "7", seven }) Assert.Equal(21, await TotalAsync(HttpMethod.Post, "/api/inventory/p/restock", $$"""{"quantity":{{number}}}""", "k"));
    }

    [Theory]
    [InlineData("1.5")]
    [InlineData("1e400")]
    [InlineData("-1e400")]
    [InlineData("9223372036854775808")]
    [InlineData("1.0000000000000000000000000000000000000001")]
    public async Task Number_ThatIsNotWholeOrDoesNotFit_IsRefusedInOurWords(string number)
    {
        foreach (var (method, path, body, field) in new[]
        {
            (HttpMethod.Put, "/api/inventory", $$"""{"items":[{"productId":"p","total":{{number}}}]}""", "items[0].total"),
            (HttpMethod.Put, "/api/inventory/p", $$"""{"total":{{number}}}""", "total"),
            (HttpMethod.Post, "/api/inventory/p/restock", $$"""{"quantity":{{number}}}""", "quantity"),
            (HttpMethod.Post, "/api/inventory/p/adjust", $$"""{"quantity":{{number}}}""", "quantity"),
        })
        {
            using var answer = await SendAsync(method, path, body);

            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            var error = Assert.Single((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject());
            Assert.Equal((field, "The value must be a whole number, and not too large."), (error.Name, error.Value[0].GetString()));
        }
    }

    [Theory]
    [InlineData("/api/inventory/p", """{"total":1,"total":2}""", "total")]
    [InlineData("/api/inventory", """{"items":[{"productId":"p","total":1,"total":1}]}""", "items[0].total")]
    [InlineData("/api/inventory", """{"items":[],"items":[{"productId":"p","total":1}]}""", "items")]
    public async Task Member_GivenTwice_IsToldSo(string path, string body, string field)
    {
        using var answer = await SendAsync(HttpMethod.Put, path, body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var error = Assert.Single((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject());
        Assert.Equal((field, "This field may be given once."), (error.Name, error.Value[0].GetString()));
    }

    private async Task<long> TotalAsync(HttpMethod method, string path, string body, string? key = null)
    {
        using var answer = await SendAsync(method, path, body, key);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var data = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data");
        return (data.ValueKind == JsonValueKind.Array ? data[0].GetProperty("stock") : data).GetProperty("total").GetInt64();
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string body, string? key = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        return await _http.SendAsync(request);
    }
}
