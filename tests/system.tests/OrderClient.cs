using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using OrderInventory.Testing;

namespace OrderInventory.System.Tests;

/// <summary>A client of order-app that behaves as clients should: it repeats a request without an answer, with the same key.</summary>
internal sealed class OrderClient(Uri address) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly HttpClient _http = new() { BaseAddress = address, Timeout = TimeSpan.FromSeconds(15) };

    public Uri Address => address;

    public Task<HttpResponseMessage> PostAsync(string body, string? key, string? language = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/orders") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (key is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        if (language is not null) request.Headers.TryAddWithoutValidation("Accept-Language", language);
        return _http.SendAsync(request);
    }

    /// <summary>Places an order, whatever happens meanwhile, and returns its id.</summary>
    public async Task<string> PlaceAsync(string body, string key)
    {
        for (var waited = TimeSpan.Zero; waited < Patience; waited += Pause)
        {
            try
            {
                using var answer = await PostAsync(body, key);
                if (answer.IsSuccessStatusCode) return (await DataAsync(answer)).GetProperty("id").GetString()!;
                if (answer.StatusCode is not (HttpStatusCode.ServiceUnavailable or HttpStatusCode.InternalServerError))
                    throw new InvalidOperationException($"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
            {
                // No answer: the order may or may not have been placed.
            }

            await Task.Delay(Pause, TimeProvider.System);
        }

        throw new TimeoutException("The order could not be placed.");
    }

    public async Task<JsonElement> GetAsync(string id) => (await _http.ReadAsync($"/api/orders/{id}")).GetProperty("data");

    public async Task<JsonElement> HistoryAsync(string id) => (await _http.ReadAsync($"/api/orders/{id}/history")).GetProperty("data");

    /// <summary>Gives a command, whatever happens meanwhile, and returns the answer once there is one that is not "try again".</summary>
    public async Task<HttpStatusCode> CommandAsync(string id, string command, object? body = null)
    {
        for (var waited = TimeSpan.Zero; waited < Patience; waited += Pause)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/orders/{id}/{command}");
                request.Headers.TryAddWithoutValidation("Prefer", "wait=10");
                if (body is not null) request.Content = JsonContent.Create(body);
                using var answer = await _http.SendAsync(request);
                if (answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Conflict or HttpStatusCode.NotFound) return answer.StatusCode;
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
            {
                // No answer: the command may or may not have been given.
            }

            await Task.Delay(Pause, TimeProvider.System);
        }

        throw new TimeoutException($"{command} of order {id} has no outcome.");
    }

    /// <summary>Ids of all orders of a user, newest first.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(string userId)
    {
        var all = new List<string>();
        for (var cursor = ""; cursor is not null;)
        {
            var page = await _http.ReadAsync($"/api/orders?userId={userId}&limit=50" + (cursor.Length > 0 ? "&cursor=" + cursor : ""));
            all.AddRange(page.GetProperty("data").EnumerateArray().Select(order => order.GetProperty("id").GetString()!));
            cursor = page.GetProperty("nextCursor").GetString();
        }

        return all;
    }

    /// <summary>The order once it is not PENDING any more.</summary>
    public Task<JsonElement> DecidedAsync(string id, TimeSpan within) =>
        Eventually.GetAsync(() => GetAsync(id), order => order.GetProperty("status").GetString() != "PENDING", within, $"order {id} is decided");

    public static async Task<JsonElement> DataAsync(HttpResponseMessage answer) => (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data");

    public static string Body(string productId, int quantity = 1, string userId = "u") =>
        $$"""{"userId":"{{userId}}","productId":"{{productId}}","quantity":{{quantity}},"amount":{{quantity}}.50}""";

    public void Dispose() => _http.Dispose();
}
