using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using OrderInventory.Testing;
using OrderInventory.Web;
using OrderInventory.Web.Crash;

namespace OrderInventory.Tests.Web;

/// <summary>The load that the page Crash runs, on apps that misbehave.</summary>
public sealed class CrashLoadTests : IDisposable
{
    private readonly Shop _shop = new();
    private readonly HttpClient _http;
    private readonly CrashLoad _load;
    private readonly CancellationTokenSource _ending = new();

    public CrashLoadTests()
    {
        _http = new HttpClient(_shop) { BaseAddress = new Uri("http://apps") };
        _load = new CrashLoad(new SystemClient(new AppClient("order-app", _http, TimeProvider.System), new AppClient("inventory-app", _http, TimeProvider.System)), TimeProvider.System);
    }

    public void Dispose()
    {
        _ending.Cancel();
        _ending.Dispose();
        _http.Dispose();
        _shop.Dispose();
    }

    [Fact]
    public async Task Load_AppsThatOftenDoNotAnswer_IsDecidedToTheLastOrder()
    {
        _shop.FailsEvery = 3;
        _load.Start(_ending.Token);
        await Eventually.TrueAsync(() => _load.Counts.Accepted >= 20, "orders are accepted");
        _load.Stop();

        await Eventually.TrueAsync(() => _load.Counts is var counts && counts.Accepted == counts.Sent && counts.Decided == counts.Accepted, "all are decided");
        var counts = _load.Counts;
        Assert.Equal((false, 0, 0, null), (counts.IsRunning, counts.Lost, counts.Different, counts.OldestOpen));
        Assert.True(counts.Repeated > counts.Sent / 3, $"{counts}");
        Assert.Equal(counts.Sent, _shop.Orders.Count);
    }

    [Fact]
    public async Task Load_OrdersThatAreForgotten_AreLost()
    {
        _shop.Forgets = true;
        _load.Start(_ending.Token);

        await Eventually.TrueAsync(() => _load.Counts.Lost > 0, "a lost order is seen");
    }

    [Fact]
    public async Task Load_KeyThatStandsForTwoOrders_IsSeen()
    {
        _shop.IgnoresKeys = true;
        _load.Start(_ending.Token);

        await Eventually.TrueAsync(() => _load.Counts.Different > 0, "a doubled order is seen");
    }

    [Fact]
    public async Task Start_Twice_IsOneLoad()
    {
        _load.Start(_ending.Token);
        _load.Start(_ending.Token);
        await Eventually.TrueAsync(() => _load.Counts.Accepted >= 5, "orders are accepted");

        Assert.Equal(1, _shop.Puts);
    }

    /// <summary>Both apps, with orders by key, which are decided when they are looked at a second time.</summary>
    private sealed class Shop : HttpMessageHandler
    {
        private readonly ConcurrentDictionary<string, int> _looks = new();
        private int _requests;
        private int _puts;

        public int FailsEvery { get; set; } = int.MaxValue;

        public bool Forgets { get; set; }

        public bool IgnoresKeys { get; set; }

        public int Puts => _puts;

        public ConcurrentDictionary<string, string> Orders { get; } = new();

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var number = Interlocked.Increment(ref _requests);
            if (request.Method == HttpMethod.Put) Interlocked.Increment(ref _puts);
            if (request.Method == HttpMethod.Get)
            {
                var id = request.RequestUri!.Segments[^1];
                if (Forgets) return Answer(HttpStatusCode.NotFound, new { code = "ORDER_NOT_FOUND" });
                return Answer(HttpStatusCode.OK, new { data = new { id, status = _looks.AddOrUpdate(id, 1, (_, looks) => looks + 1) > 1 ? "CONFIRMED" : "PENDING" } });
            }

            // What is carried out may yet get no answer.
            var key = request.Headers.GetValues("Idempotency-Key").Single();
            var order = request.Method == HttpMethod.Put ? "" : Orders.GetOrAdd(IgnoresKeys ? $"{number}" : key, _ => $"order-{number}");
            if (number % FailsEvery == 0) throw new HttpRequestException("Connection reset by peer");
            return number % FailsEvery == 1 && FailsEvery < int.MaxValue
                ? Answer(HttpStatusCode.ServiceUnavailable, new { code = "UNAVAILABLE", message = "Not now." })
                : Answer(HttpStatusCode.Created, new { data = new { id = order } });
        }

        private static Task<HttpResponseMessage> Answer(HttpStatusCode status, object body) =>
            Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json") });
    }
}
