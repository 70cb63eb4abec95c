using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OrderInventory.Contracts;
using OrderInventory.Testing.Events;
using OrderInventory.Testing.Processes;

namespace OrderInventory.System.Tests;

/// <summary>One message as it was delivered.</summary>
internal sealed record Seen(string Id, string Data);

/// <summary>
/// An app of its own that subscribes to every topic and remembers what it is delivered. An event that is not as docs/asyncapi.yaml says
/// fails the test, by <see cref="Verify"/> at the end of the system.
/// </summary>
internal sealed class Observer : IAsyncDisposable
{
    private readonly WebApplication _web;
    private readonly EventWatch _watch = new();

    private Observer(WebApplication web) => _web = web;

    public int Port { get; private init; }

    /// <summary>CloudEvent type of what the test itself publishes, right or wrong; null when it publishes nothing wrong.</summary>
    public string? MadeUpType { get; set; }

    /// <summary>Messages by topic, repeats included.</summary>
    public ConcurrentDictionary<string, ConcurrentQueue<Seen>> Messages { get; } = new();

    public static async Task<Observer> StartAsync()
    {
        var port = LoopbackPorts.Free(1)[0];
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var web = builder.Build();
        var observer = new Observer(web) { Port = port };
        string[] topics = [.. Topics.All, .. Topics.DeadLetters];
        web.MapGet("/dapr/subscribe", () => topics.Select(topic => new { pubsubname = Topics.PubSub, topic, route = "/seen/" + topic }));
        web.MapPost("/seen/{topic}", async (string topic, HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            using var message = JsonDocument.Parse(body.ToArray());
            var data = message.RootElement.TryGetProperty("data", out var found) ? found.GetRawText() : "";
            if (observer.MadeUpType is null || message.RootElement.GetProperty("type").GetString() != observer.MadeUpType) observer._watch.See(topic, KeyOf(topic, request, body.ToArray()), body.ToArray());
            observer.Of(topic).Enqueue(new Seen(message.RootElement.GetProperty("id").GetString()!, data));
        });
        await web.StartAsync();
        return observer;
    }

    // A header loses the spaces around its value; whether they are in the key, the tests of the apps see.
    private static string? KeyOf(string topic, HttpRequest request, byte[] envelope)
    {
        string? header = request.Headers["__key"];
        var wanted = EventContract.KeyOf(topic, JsonNode.Parse(envelope)!);
        return wanted?.Trim() == header ? wanted : header;
    }

    /// <summary>Messages of one topic.</summary>
    public ConcurrentQueue<Seen> Of(string topic) => Messages.GetOrAdd(topic, _ => new ConcurrentQueue<Seen>());

    /// <summary>Fails when an event was wrong.</summary>
    public void Verify() => _watch.Verify();

    public ValueTask DisposeAsync() => _web.DisposeAsync();
}
