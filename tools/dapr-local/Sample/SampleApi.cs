using System.Net;
using System.Text.Json;

namespace DaprLocal.Sample;

/// <summary>One transition of an order as its history tells it.</summary>
internal sealed record HistoryEntry(int Sequence, string? OldStatus, string NewStatus, string? Reason, DateTimeOffset Time);

/// <summary>What the order app answered to a POST.</summary>
internal sealed record PlacedOrder(string Id, string Status, int HttpStatus, bool Replayed);

/// <summary>The public HTTP API of the two apps, as any client sees it.</summary>
internal sealed class SampleApi(HttpClient orders, HttpClient inventory)
{
    /// <summary>The product of the sample.</summary>
    public const string Product = "SAMPLE-BOOK";

    /// <summary>The idempotency key of the sample order.</summary>
    public const string Key = "dapr-local-sample";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Creates the product unless it exists; true when it was created.</summary>
    public async Task<bool> EnsureProductAsync(CancellationToken ct)
    {
        var path = new Uri($"/api/inventory/{Product}", UriKind.Relative);
        using (var found = await inventory.GetAsync(path, ct))
        {
            if (found.StatusCode != HttpStatusCode.NotFound)
            {
                await ReadAsync<JsonElement>(found, $"GET {path}", ct);
                return false;
            }
        }
        using var created = await inventory.PutAsJsonAsync(path, new { total = 100 }, ct);
        await ReadAsync<JsonElement>(created, $"PUT {path}", ct);
        return true;
    }

    /// <summary>Places the sample order; the same key answers the same order again.</summary>
    public async Task<PlacedOrder> PlaceAsync(CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/orders")
        {
            Content = JsonContent.Create(new { userId = "sample-user", productId = Product, quantity = 1, amount = 42.50m }),
        };
        request.Headers.Add("Idempotency-Key", Key);
        using var response = await orders.SendAsync(request, ct);
        var order = (await ReadAsync<JsonElement>(response, "POST /api/orders", ct)).GetProperty("data");
        var replayed = response.Headers.TryGetValues("Idempotency-Replayed", out var values) && values.Contains("true");
        return new PlacedOrder(order.GetProperty("id").GetString()!, order.GetProperty("status").GetString() ?? "?", (int)response.StatusCode, replayed);
    }

    /// <summary>The recorded transitions of the order.</summary>
    public async Task<IReadOnlyList<HistoryEntry>> HistoryAsync(string orderId, CancellationToken ct)
    {
        var path = new Uri($"/api/orders/{orderId}/history", UriKind.Relative);
        using var response = await orders.GetAsync(path, ct);
        // The order exists as soon as it is claimed; its history may follow a moment later.
        return response.StatusCode == HttpStatusCode.NotFound
            ? []
            : (await ReadAsync<JsonElement>(response, $"GET {path}", ct)).GetProperty("data").Deserialize<HistoryEntry[]>(Json) ?? [];
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response, string call, CancellationToken ct)
    {
        if (!response.IsSuccessStatusCode)
        {
            var body = await response.Content.ReadAsStringAsync(ct);
            throw new HttpRequestException($"{call} answered {(int)response.StatusCode}: {(body.Length > 500 ? body[..500] : body)}");
        }
        return (await response.Content.ReadFromJsonAsync<T>(Json, ct))!;
    }
}
