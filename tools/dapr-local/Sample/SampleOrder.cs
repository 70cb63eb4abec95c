using System.Net;
using System.Text.Json;
using DaprLocal.Hosting;

namespace DaprLocal.Sample;

/// <summary>Places one order through the public API of the two apps and prints what its history says, as it grows.</summary>
internal sealed class SampleOrder : IDisposable
{
    private const string Product = "SAMPLE-BOOK";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan BetweenPolls = TimeSpan.FromMilliseconds(50);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly HttpClient _orders;
    private readonly HttpClient _inventory;
    private readonly Terminal _terminal;
    private readonly TimeProvider _time;
    private readonly Dashboard? _dashboard;

    /// <summary>A sample against the apps at the two addresses.</summary>
    public SampleOrder(Uri orders, Uri inventory, Terminal terminal, TimeProvider time, Dashboard? dashboard = null)
    {
        _orders = Client(orders);
        _inventory = Client(inventory);
        (_terminal, _time, _dashboard) = (terminal, time, dashboard);
    }

    /// <summary>The sample, if the run has the apps it is for.</summary>
    public static SampleOrder? For(RunPlan plan, Terminal terminal, TimeProvider time)
    {
        Uri? UrlOf(string appId) => plan.Apps.FirstOrDefault(app => app.App.AppId == appId)?.Url;
        return UrlOf("order-app") is { } orders && UrlOf("inventory-app") is { } inventory ? new SampleOrder(orders, inventory, terminal, time, plan.Dashboard) : null;
    }

    /// <summary>Runs the sample; a failure is told, and the apps stay up.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            _terminal.Line($"sample one order of {Product} ({(await EnsureProductAsync(stop) ? "created now, 100 in stock" : "already in stock")})");
            var (id, isNew) = await PlaceAsync(stop);
            if (await FollowAsync(id, stop) is { } problem && isNew) _terminal.Error($"{problem}; look at the lines of the apps above");
            SuggestNext(id);
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException or KeyNotFoundException
            || (exception is OperationCanceledException && !stop.IsCancellationRequested))
        {
            _terminal.Error($"the sample order failed: {exception.Message}");
        }
    }

    public void Dispose()
    {
        _orders.Dispose();
        _inventory.Dispose();
    }

    private async Task<bool> EnsureProductAsync(CancellationToken ct)
    {
        var path = new Uri($"/api/inventory/{Product}", UriKind.Relative);
        using var found = await _inventory.GetAsync(path, ct);
        if (found.StatusCode == HttpStatusCode.NotFound)
        {
            using var created = await _inventory.PutAsJsonAsync(path, new { total = 100 }, ct);
            await ReadAsync(created, ct);
            return true;
        }

        await ReadAsync(found, ct);
        return false;
    }

    // The same key answers the same order again.
    private async Task<(string Id, bool IsNew)> PlaceAsync(CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/orders")
        {
            Content = JsonContent.Create(new { userId = "sample-user", productId = Product, quantity = 1, amount = 42.50m }),
        };
        request.Headers.Add("Idempotency-Key", "dapr-local-sample");
        using var response = await _orders.SendAsync(request, ct);
        var id = (await ReadAsync(response, ct)).GetProperty("id").GetString()!;
        var isNew = !response.Headers.Contains("Idempotency-Replayed");
        _terminal.Line(isNew
            ? $"  order {id} accepted ({(int)response.StatusCode})"
            : $"  same order {id} ({(int)response.StatusCode}, Idempotency-Replayed: true): this key was used before, and the order is read from durable state");
        return (id, isNew);
    }

    // Null once the order is CONFIRMED, else what is known when it ends or patience does.
    private async Task<string?> FollowAsync(string id, CancellationToken stop)
    {
        var began = _time.GetTimestamp();
        var shown = 0;
        while (true)
        {
            var history = await HistoryAsync(id, stop);
            foreach (var entry in history.Skip(shown))
                _terminal.Line($"  {entry.Time.ToLocalTime():yyyy-MM-dd HH:mm:ss.fff}  {entry.OldStatus ?? "(new)"} → {entry.NewStatus}{(entry.Reason is { Length: > 0 } reason ? $" ({reason})" : "")}");
            shown = history.Length;
            if (history is [.., { NewStatus: "CANCELLED" or "REFUNDED" } end]) return $"order {id} became {end.NewStatus} ({end.Reason ?? "no reason given"})";
            if (history is [.., { NewStatus: not "PENDING" }]) return null;
            if (_time.GetElapsedTime(began) > Limit) return $"order {id} is not CONFIRMED after {Limit.TotalSeconds:0} s";
            await Task.Delay(BetweenPolls, _time, stop);
        }
    }

    private async Task<HistoryEntry[]> HistoryAsync(string id, CancellationToken ct)
    {
        using var response = await _orders.GetAsync(new Uri($"/api/orders/{id}/history", UriKind.Relative), ct);
        // The order exists as soon as it is claimed; its history may follow a moment later.
        return response.StatusCode == HttpStatusCode.NotFound ? [] : (await ReadAsync(response, ct)).Deserialize<HistoryEntry[]>(Json) ?? [];
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response, CancellationToken ct)
    {
        var body = await response.Content.ReadAsStringAsync(ct);
        if (!response.IsSuccessStatusCode)
            throw new HttpRequestException($"{response.RequestMessage!.Method} {response.RequestMessage.RequestUri!.AbsolutePath} answered {(int)response.StatusCode}: {(body.Length > 500 ? body[..500] : body)}");
        return JsonSerializer.Deserialize<JsonElement>(body).GetProperty("data");
    }

    // Never through a proxy that the environment names.
    private static HttpClient Client(Uri address) => new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = address, Timeout = Limit };

    private void SuggestNext(string orderId)
    {
        var (orders, inventory) = (_orders.BaseAddress!, _inventory.BaseAddress!);
        _terminal.Line();
        _terminal.Line("try next");
        if (_dashboard is not null) _terminal.Line($"  traces of the order: {_dashboard.TracesOf(orderId)}");
        _terminal.Line($"  read and try what the apps do: {orders}reference and {inventory}reference");
        _terminal.Line($"  curl -s {orders}api/orders/{orderId}/history");
        _terminal.Line($"  curl -s {inventory}api/inventory/{Product}");
        _terminal.Line($"  curl -si {orders}api/orders -H 'Content-Type: application/json' -H 'Idempotency-Key: try-1' -d '{{\"userId\":\"me\",\"productId\":\"{Product}\",\"quantity\":2,\"amount\":85}}'");
    }

    private sealed record HistoryEntry(string? OldStatus, string NewStatus, string? Reason, DateTimeOffset Time);
}
