using System.Net.Http.Headers;
using System.Text.RegularExpressions;
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

    /// <summary>Sends the form to <paramref name="action"/> that the page at <paramref name="path"/> has, as a browser does; the answer is the page that it leads to.</summary>
    public async Task<string> SubmitAsync(string path, string action, params (string Name, string Value)[] fields)
    {
        var form = Regex.Match(await PageAsync(path), $"<form[^>]*action=\"{Regex.Escape(action)}\".*?</form>", RegexOptions.Singleline);
        Assert.True(form.Success, $"{path} has no form for {action}.");
        var hidden = Regex.Matches(form.Value, "<input type=\"hidden\" name=\"(.*?)\" value=\"(.*?)\"").Select(input => KeyValuePair.Create(input.Groups[1].Value, input.Groups[2].Value));
        using var content = new FormUrlEncodedContent(hidden.Concat(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))));
        using var answer = await Http.PostAsync(action, content);
        return await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
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
}
