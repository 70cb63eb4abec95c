using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrderInventory.Web;

namespace OrderInventory.Tests.Web;

/// <summary>A console on two made-up apps.</summary>
internal sealed class ConsoleRun : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ConsoleRun(WebApplication app) => (_app, Http) = (app, new HttpClient { BaseAddress = new Uri(app.Urls.First()) });

    /// <summary>A browser of it, without script.</summary>
    public HttpClient Http { get; }

    /// <summary>What it logged.</summary>
    public ConcurrentQueue<string> Logged { get; } = [];

    public static async Task<ConsoleRun> StartAsync(FakeSystem orders, FakeSystem? inventory = null, string? traceLink = null, string? token = null, HttpMessageHandler? sidecar = null, Uri? faults = null)
    {
        var app = ConsoleHost.Build(new ConsoleOptions { Port = 0, TraceLink = traceLink, Faults = faults }, Client(orders), Client(inventory ?? orders), TimeProvider.System, sidecar is null ? null : new HttpClient(sidecar) { BaseAddress = new Uri("http://sidecar") });
        await app.StartAsync();
        var run = new ConsoleRun(app);
        app.Services.GetRequiredService<ILoggerFactory>().AddProvider(new Log(run.Logged));
        return run;

        HttpClient Client(FakeSystem system)
        {
            var http = new HttpClient(system) { BaseAddress = new Uri("http://apps") };
            if (token is not null) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
            return http;
        }
    }

    /// <summary>The page at <paramref name="path"/>.</summary>
    public Task<string> PageAsync(string path) => Http.GetStringAsync(path);

    /// <summary>Opens a page, sends its form of this action with these values, and follows to where it leads.</summary>
    public async Task<HttpResponseMessage> SubmitAsync(string path, string action, params (string Name, string Value)[] values)
    {
        var form = Regex.Matches(await PageAsync(path), "<form method=\"post\".*?</form>", RegexOptions.Singleline).Select(match => match.Value).First(match => match.Contains($"action=\"{action}\"", StringComparison.Ordinal));
        var fields = Regex.Matches(form, "<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"").Select(match => KeyValuePair.Create(match.Groups[1].Value, System.Net.WebUtility.HtmlDecode(match.Groups[2].Value)));
        return await Http.PostAsync(action, new FormUrlEncodedContent([.. fields.Where(field => values.All(value => value.Name != field.Key)), .. values.Select(value => KeyValuePair.Create(value.Name, value.Value))]));
    }

    /// <summary>The page at <paramref name="path"/> once it contains this.</summary>
    public async Task<string> PageWithAsync(string path, string text)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var page = System.Net.WebUtility.HtmlDecode(await PageAsync(path));
            if (page.Contains(text, StringComparison.Ordinal)) return page;
            if (limit.IsCancellationRequested) throw new TimeoutException($"{path} does not say '{text}': {page}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

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

    private sealed class Log(ConcurrentQueue<string> entries) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => categoryName.StartsWith("OrderInventory", StringComparison.Ordinal) ? this : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

        IDisposable? ILogger.BeginScope<TState>(TState state) => null;

        bool ILogger.IsEnabled(LogLevel logLevel) => true;

        void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => entries.Enqueue($"{logLevel}: {formatter(state, exception)}");

        public void Dispose() { }
    }
}
