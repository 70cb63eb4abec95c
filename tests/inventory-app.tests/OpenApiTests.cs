using System.Net.Http.Json;
using System.Text.Json;

namespace InventoryApp.Tests;

public sealed class OpenApiTests : IDisposable
{
    private readonly InventoryApi _app = new();

    public void Dispose() => _app.Dispose();

    [Theory]
    [InlineData("/api/inventory", "get", "200 400 401 429 500 503")]
    [InlineData("/api/inventory/{productId}", "get", "200 401 404 429 500 503")]
    [InlineData("/api/inventory/{productId}", "put", "200 400 401 403 409 412 422 429 500 503")]
    [InlineData("/api/inventory/{productId}/restock", "post", "200 400 401 403 404 409 412 422 429 500 503")]
    [InlineData("/api/inventory/{productId}/adjust", "post", "200 400 401 403 404 409 412 422 429 500 503")]
    [InlineData("/api/inventory/{productId}/operations", "get", "200 400 401 403 404 429 500 503")]
    public async Task Document_OfEachEndpoint_SaysWhatItDoesAndAnswers(string path, string method, string statuses)
    {
        using var http = _app.CreateClient();
        var operation = (await http.GetFromJsonAsync<JsonElement>("/openapi/v1.json")).GetProperty("paths").GetProperty(path).GetProperty(method);

        Assert.NotEmpty(operation.GetProperty("summary").GetString()!);
        Assert.NotEmpty(operation.GetProperty("operationId").GetString()!);
        Assert.Equal(statuses, string.Join(' ', operation.GetProperty("responses").EnumerateObject().Select(response => response.Name).Order()));
        Assert.Equal(method != "get", operation.TryGetProperty("requestBody", out _));
        Assert.Equal(method is "post" or "put", operation.GetRawText().Contains("Idempotency-Key\"", StringComparison.Ordinal));
    }
}
