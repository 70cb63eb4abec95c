using System.Collections.Concurrent;
using System.Text;
using Dapr;
using Dapr.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DaprLocal.Tests.PubSub;

/// <summary>What an app's messages carry.</summary>
internal sealed record Parcel(string Name, int Weight);

/// <summary>An app as the package Dapr.AspNetCore makes it: <c>UseCloudEvents</c>, <c>MapSubscribeHandler</c>, and attributes on its endpoints.</summary>
internal sealed class SubscribingApp : IAsyncDisposable
{
    public const string PubSub = "pubsub";
    private const string DropAnswer = """{"status":"DROP"}""";
    private readonly WebApplication _web;

    private SubscribingApp(WebApplication web) => _web = web;

    /// <summary>What came, by the endpoint that got it.</summary>
    public ConcurrentDictionary<string, ConcurrentQueue<object>> Got { get; } = new();

    public static async Task<SubscribingApp> StartAsync(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var app = new SubscribingApp(builder.Build());
        app.Map();
        await app._web.StartAsync();
        return app;
    }

    /// <summary>Waits for so many messages at an endpoint.</summary>
    public Task<IReadOnlyList<object>> GotAsync(string endpoint, int count) =>
        OrderInventory.Testing.Eventually.GetAsync(
            () => Task.FromResult<IReadOnlyList<object>>([.. Of(endpoint)]), got => got.Count >= count, TimeSpan.FromSeconds(20), $"{count} messages at {endpoint}");

    public ValueTask DisposeAsync() => _web.DisposeAsync();

    private ConcurrentQueue<object> Of(string endpoint) => Got.GetOrAdd(endpoint, _ => new ConcurrentQueue<object>());

    private void Map()
    {
        _web.UseCloudEvents();
        _web.MapSubscribeHandler();
        _web.MapPost("/typed", [Topic(PubSub, "typed")] (Parcel parcel) => Of("typed").Enqueue(parcel));
        _web.MapPost("/any", [Topic(PubSub, "any")] async (HttpRequest request) => Of("any").Enqueue($"{request.ContentType}|{await TextAsync(request)}"));
        _web.MapPost("/raw", [Topic(PubSub, "raw", enableRawPayload: true)] async (HttpRequest request) => Of("raw").Enqueue(await TextAsync(request)));
        _web.MapPost("/dropped", [Topic(PubSub, "dropped", "parked", false)] (Parcel _) => Results.Text(DropAnswer, "application/json"));
        _web.MapPost("/parked", [Topic(PubSub, "parked")] (Parcel parcel) => Of("parked").Enqueue(parcel));
        _web.MapPost("/bulk", [Topic(PubSub, "bulk"), BulkSubscribe("bulk", 10, 100)] (BulkSubscribeMessage<BulkMessageModel<Parcel>> batch) => AnswerBulk(batch));
        _web.MapPost("/status/{status:int}", async (int status, HttpRequest request) => Results.Text(await TextAsync(request), "application/json", statusCode: status));
        _web.MapGet("/parcel", (string name) => new Parcel(name, 7));
    }

    // The first entry of a name that begins with "again" is refused once.
    private BulkSubscribeAppResponse AnswerBulk(BulkSubscribeMessage<BulkMessageModel<Parcel>> batch) => new([.. batch.Entries.Select(entry =>
    {
        var parcel = entry.Event.Data;
        var isRefused = parcel.Name.StartsWith("again", StringComparison.Ordinal) && !Of("bulk").Contains(parcel);
        Of("bulk").Enqueue(parcel);
        return new BulkSubscribeAppResponseEntry(entry.EntryId, isRefused ? BulkSubscribeAppResponseStatus.RETRY : BulkSubscribeAppResponseStatus.SUCCESS);
    })]);

    private static async Task<string> TextAsync(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body, Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }
}
