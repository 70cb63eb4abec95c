using System.Net;
using DaprLocal.Hosting;
using DaprLocal.Sample;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DaprLocal.Tests.Cli;

/// <summary>The sample against a server that speaks the public API of both apps.</summary>
public sealed class SampleOrderTests : IAsyncLifetime, IDisposable
{
    private readonly List<object> _history = [];
    private readonly StringWriter _shown = new();
    private readonly WebApplication _apps;
    private bool _exists;
    private bool _confirms = true;

    public SampleOrderTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _apps = builder.Build();
        _apps.MapGet("/api/inventory/SAMPLE-BOOK", () => _exists ? Results.Ok(new { data = new { total = 100 } }) : Results.NotFound());
        _apps.MapPut("/api/inventory/SAMPLE-BOOK", () => { _exists = true; return Results.Ok(new { data = new { total = 100 } }); });
        _apps.MapPost("/api/orders", (HttpContext http) =>
        {
            Assert.Equal("dapr-local-sample", http.Request.Headers["Idempotency-Key"]);
            var replay = _history.Count > 0;
            if (replay)
                http.Response.Headers["Idempotency-Replayed"] = "true";
            else
                Place();
            return Results.Json(new { success = true, message = "", data = new { id = "o-1", status = replay ? "CONFIRMED" : "PENDING" } }, statusCode: replay ? 200 : 201);
        });
        _apps.MapGet("/api/orders/o-1/history", () => new { success = true, data = _history });
    }

    public Task InitializeAsync() => _apps.StartAsync();

    public async Task DisposeAsync() => await _apps.DisposeAsync();

    public void Dispose() => _shown.Dispose();

    [Fact]
    public async Task RunAsync_NewOrderThenAgain_ShowsTheTimelineAndThenTheReplay()
    {
        await RunAsync();
        var first = _shown.ToString();
        var steps = new[] { "created now, 100 in stock", "order o-1 accepted (201)", "(new) → PENDING", "PENDING → CONFIRMED", "curl -s" };
        Assert.Equal(steps.Select(step => first.IndexOf(step, StringComparison.Ordinal)).Order(), steps.Select(step => first.IndexOf(step, StringComparison.Ordinal)));
        Assert.All(steps, step => Assert.Contains(step, first, StringComparison.Ordinal));
        Assert.Equal(3, first.Split("curl ").Length - 1);

        await RunAsync();

        var second = _shown.ToString()[first.Length..];
        Assert.Contains("already in stock", second, StringComparison.Ordinal);
        Assert.Contains("same order o-1 (200, Idempotency-Replayed: true)", second, StringComparison.Ordinal);
        Assert.Contains("PENDING → CONFIRMED", second, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_OrderIsCancelled_SaysSo()
    {
        _confirms = false;

        await RunAsync();

        Assert.Contains("error: order o-1 became CANCELLED (OUT_OF_STOCK)", _shown.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_AppFails_ShowsItsAnswer()
    {
        using var sample = new SampleOrder(Address("/nowhere/"), new Uri("http://127.0.0.1:1"), Terminal.For(_shown), TimeProvider.System);

        await sample.RunAsync(CancellationToken.None);

        Assert.Contains("error: the sample order failed: ", _shown.ToString(), StringComparison.Ordinal);
    }

    private async Task RunAsync()
    {
        using var sample = new SampleOrder(Address("/"), Address("/"), Terminal.For(_shown), TimeProvider.System);
        await sample.RunAsync(CancellationToken.None);
    }

    private void Place()
    {
        var now = TimeProvider.System.GetUtcNow();
        _history.Add(new { sequence = 1, oldStatus = (string?)null, newStatus = "PENDING", reason = (string?)null, time = now });
        _history.Add(new { sequence = 2, oldStatus = "PENDING", newStatus = _confirms ? "CONFIRMED" : "CANCELLED", reason = _confirms ? null : "OUT_OF_STOCK", time = now.AddMilliseconds(3) });
    }

    private Uri Address(string path) => new(new Uri(_apps.Urls.Single()), path);
}
