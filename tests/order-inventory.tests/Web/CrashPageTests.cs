using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using OrderInventory.Testing;

namespace OrderInventory.Tests.Web;

/// <summary>What the page Crash has dapr-local do.</summary>
public sealed class CrashPageTests : IAsyncLifetime
{
    private readonly ConcurrentQueue<string> _killed = [];
    private WebApplication _faults = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _faults = builder.Build();
        _faults.MapGet("/apps", () => new[] { "order-app" });
        _faults.MapPost("/apps/{app}/kill", (string app) => _killed.Enqueue(app));
        await _faults.StartAsync();
    }

    public async Task DisposeAsync() => await _faults.DisposeAsync();

    [Fact]
    public async Task Kill_OfAnApp_IsDoneAndListed()
    {
        await using var console = await ConsoleRun.StartAsync(new FakeSystem(), faults: new Uri(_faults.Urls.First()));

        using var answer = await console.SubmitAsync("/crash", "/crash/kill");

        await console.PageWithAsync("/crash", "SIGKILL order-app");
        await Eventually.TrueAsync(() => _killed.Contains("order-app"), "it is killed");
    }

    [Theory]
    [InlineData("/crash/kill")]
    [InlineData("/crash/sidecar")]
    public async Task Break_AnAppThatIsNot_IsRefusedAndNotListed(string action)
    {
        await using var console = await ConsoleRun.StartAsync(new FakeSystem(), faults: new Uri(_faults.Urls.First()));

        using var answer = await console.SubmitAsync("/crash", action, ("app", "nope"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("dapr-local runs no app “nope”", WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()), StringComparison.Ordinal);
        Assert.DoesNotContain("What was broken", await console.PageAsync("/crash"), StringComparison.Ordinal);
        Assert.Empty(_killed);
    }
}
