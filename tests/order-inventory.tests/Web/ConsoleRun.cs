using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using OrderInventory.Web;

namespace OrderInventory.Tests.Web;

/// <summary>A console on two made-up apps.</summary>
internal sealed class ConsoleRun : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ConsoleRun(WebApplication app) => (_app, Http) = (app, new HttpClient { BaseAddress = new Uri(app.Urls.First()) });

    /// <summary>A browser of it, without script.</summary>
    public HttpClient Http { get; }

    public static async Task<ConsoleRun> StartAsync(FakeSystem orders, FakeSystem? inventory = null, string? traceLink = null)
    {
        var app = ConsoleHost.Build(new ConsoleOptions { Port = 0, TraceLink = traceLink }, Client(orders), Client(inventory ?? orders), TimeProvider.System);
        await app.StartAsync();
        return new ConsoleRun(app);

        static HttpClient Client(FakeSystem system) => new(system) { BaseAddress = new Uri("http://apps") };
    }

    /// <summary>The page at <paramref name="path"/>.</summary>
    public Task<string> PageAsync(string path) => Http.GetStringAsync(path);

    /// <summary>The events of a page as they come.</summary>
    public async Task<StreamReader> EventsAsync(string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        var answer = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return new StreamReader(await answer.EnsureSuccessStatusCode().Content.ReadAsStreamAsync(cancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }
}
