using System.Text.Json.Nodes;
using DaprLocal.Config;
using DaprLocal.Sidecars;
using DaprLocal.Tests.Api;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit.Abstractions;

namespace DaprLocal.Tests.Hosting;

/// <summary>Plays what was recorded from daprd about invocation, metadata, health, tokens, and features that are off.</summary>
public sealed class HostingGoldenTests(ITestOutputHelper output)
{
    private static readonly ComponentManifest[] Components = [RunningSidecar.Store with { Name = "statestore" }, RunningSidecar.Broker()];

    [Theory]
    [InlineData("invoke", "ho-a", 35)]
    [InlineData("metadata-health", "ho-a", 5)]
    [InlineData("tokens", "ho-t", 20)]
    public async Task Play_RecordedCases_AnswersAsDaprd(string file, string appId, int count)
    {
        await using var app = await EchoApp.StartAsync();
        await using var callee = await EchoApp.StartAsync();
        var hasTokens = file == "tokens";
        await using var sidecar = await RunningSidecar.StartAsync(
            Components,
            options => options with { AppId = appId, AppPort = app.Port, ApiToken = hasTokens ? "sidecar-token" : null, AppToken = hasTokens ? "app-token" : null });
        await using var other = await StartSidecarAsync(sidecar, options => options with { AppId = "ho-b", AppPort = callee.Port });
        await sidecar.Sidecar.AppReady.WaitAsync(TimeSpan.FromSeconds(10));
        await PlayAsync(file, sidecar, Golden.Cases($"hosting/{file}.json").Where(recorded => recorded["steps"] is not null), count);
    }

    [Fact]
    public async Task Play_NoAppAndNoComponents_AnswersAsDaprd()
    {
        await using var sidecar = await RunningSidecar.StartAsync([], options => options with { AppId = "ho-c" });
        await PlayAsync("no-app-no-components", sidecar, Golden.Cases("hosting/no-app-no-components.json"), 5);
    }

    [Theory]
    [InlineData("app-start", "ho-a", null)]
    [InlineData("tokens", "ho-t", "app-token")]
    public async Task Start_WithApp_AsksItAsDaprd(string file, string appId, string? token)
    {
        await using var app = await EchoApp.StartAsync();
        await using var sidecar = await RunningSidecar.StartAsync(Components, options => options with { AppId = appId, AppPort = app.Port, AppToken = token });
        await sidecar.Sidecar.AppReady.WaitAsync(TimeSpan.FromSeconds(10));
        if (token is not null) await sidecar.HttpAsync("GET", $"/v1.0/invoke/{appId}/method/x");
        var recorded = (Golden.Cases($"hosting/{file}.json").Single(node => node["requests"] is not null)["requests"]);
        Assert.Null(new GoldenMatch().Difference(recorded, new JsonArray([.. app.Requests.Select(request => request.DeepClone())])));
    }

    private async Task PlayAsync(string file, RunningSidecar sidecar, IEnumerable<JsonNode> cases, int count)
    {
        var player = new GoldenPlayer(sidecar, new FakeTimeProvider());
        var report = new DifferenceReport(file);
        var played = 0;
        foreach (var recorded in cases)
        {
            played++;
            report.Add(recorded["name"]!.GetValue<string>(), await player.PlayAsync(recorded));
        }

        Assert.True(played >= count, $"only {played} cases");
        report.Check(output);
    }

    private static Task<Sidecar> StartSidecarAsync(RunningSidecar first, Func<SidecarOptions, SidecarOptions> change) => Sidecar.StartAsync(
        change(new SidecarOptions { AppId = "other", HttpPort = RunningSidecar.FreePort(), GrpcPort = RunningSidecar.FreePort() }),
        first.Components,
        first.Directory,
        TimeProvider.System,
        NullLoggerFactory.Instance,
        CancellationToken.None);
}
