using System.Globalization;
using System.Net;
using System.Text.Json;
using OrderInventory.Auditing;
using OrderInventory.Judging;

namespace OrderInventory.Bench.Orders;

/// <summary>An order that was accepted.</summary>
internal sealed record Accepted(string UserId, string Key, int Product, int Quantity, string OrderId);

/// <summary>The clients of a load: they behave as clients should, and repeat a request without an answer, with the same key.</summary>
internal sealed class LoadClient : IDisposable
{
    private const int Users = 1_000;
    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly HttpClient _orders;
    private readonly HttpClient _inventory;
    private readonly string _run;
    private readonly LoadFigures _figures;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stop;

    /// <summary><paramref name="run"/> begins the ids of all that it creates, so that runs on one system do not meet. After <paramref name="stop"/> every request ends without an answer.</summary>
    public LoadClient(Uri orders, Uri inventory, string run, LoadFigures figures, TimeProvider time, CancellationToken stop)
        : this(() => [orders], inventory, run, figures, time, stop)
    {
    }

    /// <summary>The same for several replicas of order-app, which get the requests in turn, as behind a load balancer.</summary>
    public LoadClient(Func<IReadOnlyList<Uri>> orders, Uri inventory, string run, LoadFigures figures, TimeProvider time, CancellationToken stop)
    {
        _orders = new HttpClient(new InTurn(orders)) { BaseAddress = orders()[0], Timeout = Timeout.InfiniteTimeSpan };
        _inventory = new HttpClient { BaseAddress = inventory, Timeout = Timeout.InfiniteTimeSpan };
        (_run, _figures, _time, _stop) = (run, figures, time, stop);
    }

    /// <summary>True when no request is answered any more.</summary>
    public bool IsStopped => _stop.IsCancellationRequested;

    /// <summary>Seconds that an order may take to be decided before it is answered (Prefer: wait); null to be answered at once.</summary>
    public int? Wait { get; init; }

    /// <summary>Creates a product; repeating it changes nothing.</summary>
    /// <exception cref="UnreadableException">The system does not let it.</exception>
    public async Task CreateAsync(int product, long total)
    {
        var (outcome, _) = await SendAsync(_inventory, HttpMethod.Put, $"/api/inventory/{Product(product)}", new { total }, null, null);
        _stop.ThrowIfCancellationRequested();
        if (outcome != "200") throw new UnreadableException("The product " + Product(product), "creating it was answered with " + outcome);
    }

    /// <summary>Places a new order; its number makes user and key.</summary>
    public Task<(string Outcome, ToldOrder? Told)> PlaceAsync(int number, Arrival arrival) =>
        PlaceAsync(User(number), Key(number), arrival.Product, arrival.Quantity, arrival.GivesUpAfter);

    /// <summary>Places an order once more: the same, or with another quantity under the same key.</summary>
    public Task<(string Outcome, ToldOrder? Told)> PlaceAgainAsync(Accepted order, bool isOther) =>
        PlaceAsync(order.UserId, order.Key, order.Product, order.Quantity + (isOther ? 1 : 0), null);

    /// <summary>Gives a command.</summary>
    public async Task<string> CommandAsync(string orderId, string command) => (await SendAsync(_orders, HttpMethod.Post, $"/api/orders/{orderId}/{command}", null, null, null)).Outcome;

    /// <summary>Adds units; its number makes the key.</summary>
    public async Task<string> RestockAsync(int number, Arrival arrival) =>
        (await SendAsync(_inventory, HttpMethod.Post, $"/api/inventory/{Product(arrival.Product)}/restock", new { quantity = arrival.Quantity }, Key(number), null)).Outcome;

    /// <summary>Looks at an order: its status, or null when there was no answer.</summary>
    public async Task<string?> StatusAsync(string orderId)
    {
        var (_, data) = await SendAsync(_orders, HttpMethod.Get, $"/api/orders/{orderId}", null, null, null);
        return data?.GetProperty("status").GetString();
    }

    public void Dispose()
    {
        _orders.Dispose();
        _inventory.Dispose();
    }

    /// <summary>The id of a product.</summary>
    public string Product(int number) => string.Create(CultureInfo.InvariantCulture, $"{_run}-product-{number}");

    private string User(int number) => string.Create(CultureInfo.InvariantCulture, $"{_run}-user-{number % Users}");

    private string Key(int number) => string.Create(CultureInfo.InvariantCulture, $"{_run}-{number}");

    private async Task<(string, ToldOrder?)> PlaceAsync(string userId, string key, int product, int quantity, TimeSpan? givesUpAfter)
    {
        var (outcome, data) = await SendAsync(_orders, HttpMethod.Post, "/api/orders", new { userId, productId = Product(product), quantity, amount = quantity * 1.5m }, key, givesUpAfter);
        if (data is not { } order) return (outcome, null);
        var told = new ToldOrder(userId, key, order.GetProperty("id").GetString()!, IsNew: outcome == "201");
        return (Wait is not null && order.GetProperty("status").GetString() == "PENDING" ? LoadFigures.Undecided : outcome, told);
    }

    /// <summary>Sends a request until it is answered: the status code, for a replay with that word, and the data of a success.</summary>
    private async Task<(string Outcome, JsonElement? Data)> SendAsync(HttpClient app, HttpMethod method, string path, object? body, string? key, TimeSpan? firstLimit)
    {
        var began = _time.GetTimestamp();
        for (var limit = firstLimit ?? RequestLimit; ; limit = RequestLimit)
        {
            try
            {
                using var end = new CancellationTokenSource(limit, _time);
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(end.Token, _stop);
                using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
                if (key is not null) request.Headers.Add("Idempotency-Key", key);
                if (Wait is { } wait) request.Headers.Add("Prefer", string.Create(CultureInfo.InvariantCulture, $"wait={wait}"));
                using var answer = await app.SendAsync(request, patience.Token);
                if (answer.StatusCode != HttpStatusCode.ServiceUnavailable)
                {
                    var outcome = ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture) + (answer.Headers.Contains("Idempotency-Replayed") ? " replayed" : "");
                    return (outcome, answer.IsSuccessStatusCode ? (await answer.Content.ReadFromJsonAsync<JsonElement>(patience.Token)).GetProperty("data") : null);
                }
            }
            catch (Exception error) when (error is HttpRequestException or OperationCanceledException or IOException)
            {
                // No answer, or half of one: it may or may not have had its effect.
            }

            if (_stop.IsCancellationRequested || _time.GetElapsedTime(began) > GiveUpAfter) return (LoadFigures.GaveUp, null);
            _figures.Repeat();
            if (limit == RequestLimit) await Task.Delay(Pause, _time);
        }
    }

    private sealed class InTurn(Func<IReadOnlyList<Uri>> replicas) : DelegatingHandler(new SocketsHttpHandler())
    {
        private uint _sent;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var all = replicas();
            request.RequestUri = new Uri(all[(int)(Interlocked.Increment(ref _sent) % all.Count)], request.RequestUri!.PathAndQuery);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
