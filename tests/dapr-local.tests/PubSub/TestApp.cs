using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using DaprLocal.Api;
using DaprLocal.Config;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using OrderInventory.Testing;

namespace DaprLocal.Tests.PubSub;

/// <summary>One request that the app got.</summary>
internal sealed record Delivery(string Path, IReadOnlyDictionary<string, string> Headers, JsonNode Body);

/// <summary>An app that records what it gets and answers as the test says; it can be stopped and started again on its port.</summary>
internal sealed class TestApp(int port, string subscriptions) : IAsyncDisposable
{
    private WebApplication? _web;

    public int Port => port;

    public ConcurrentQueue<Delivery> Deliveries { get; } = [];

    /// <summary>What it answers when it is asked for its subscriptions; set before its sidecar starts.</summary>
    public IEnumerable<Subscription> Subscriptions
    {
        set => subscriptions = JsonSerializer.Serialize(value.Select(subscription => new
        {
            pubsubname = subscription.PubsubName,
            topic = subscription.Topic,
            route = subscription.Route,
            deadLetterTopic = subscription.DeadLetterTopic,
            bulkSubscribe = subscription.Bulk is { } bulk ? new { enabled = true, maxMessagesCount = bulk.MaxMessagesCount } : null,
            metadata = subscription.Metadata,
        }));
    }

    /// <summary>The answer to a delivery: status and body; with status 0 the connection is reset.</summary>
    public Func<Delivery, Task<(int Status, string Body)>> Answer { get; set; } = _ => Task.FromResult((200, ""));

    /// <summary>The status of <c>/healthz</c>.</summary>
    public int Health { get; set; } = 200;

    public static async Task<TestApp> StartAsync(int port, string subscriptions)
    {
        var app = new TestApp(port, subscriptions);
        await app.StartAsync();
        return app;
    }

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http1));
        _web = builder.Build();
        _web.Run(HandleAsync);
        await _web.StartAsync();
    }

    public async Task StopAsync()
    {
        if (_web is null) return;
        await _web.StopAsync();
        await _web.DisposeAsync();
        _web = null;
    }

    /// <summary>Waits until so many deliveries have come.</summary>
    public Task WaitForAsync(int count, int seconds = 15) => Eventually.TrueAsync(() => Deliveries.Count >= count, $"{count} deliveries; there are {Deliveries.Count}", seconds);

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task HandleAsync(HttpContext context)
    {
        if (context.Request.Method == "GET")
        {
            context.Response.StatusCode = context.Request.Path == "/dapr/subscribe" ? 200 : context.Request.Path == "/healthz" ? Health : 404;
            if (context.Request.Path == "/dapr/subscribe") await context.Response.WriteAsync(subscriptions);
            return;
        }

        var body = await JsonSerializer.DeserializeAsync<JsonNode>(context.Request.Body, JsonText.AnyCase);
        var delivery = new Delivery(context.Request.Path, context.Request.Headers.ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value.ToString()), body!);
        Deliveries.Enqueue(delivery);
        var (status, answer) = await Answer(delivery);
        if (status == 0)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = status;
        if (answer.Length > 0) await context.Response.WriteAsync(answer);
    }
}
