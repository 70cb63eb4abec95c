using DaprLocal.Tests.PubSub;
using Microsoft.Extensions.Time.Testing;

namespace DaprLocal.Tests.Api;

/// <summary>Plays what was recorded from daprd about tokens, health, and building blocks that are off.</summary>
public sealed class HostingGoldenTests
{
    [Theory]
    [InlineData("tokens", "ho-t", "workflows|taskhub|invoke|/v1.0/metadata|app_token")]
    [InlineData("off", "ho-a", "workflows|taskhub|Workflow|jobs|NoSuchRpc")]
    public async Task Play_RecordedCases_AnswersAsDaprd(string file, string appId, string servedElsewhere)
    {
        var time = new FakeTimeProvider();
        await using var sidecar = await RunningSidecar.StartAsync(
            [RunningSidecar.Component("statestore", "state.in-memory"), RunningSidecar.Component("pubsub", "pubsub.in-memory")],
            options => options with { AppId = appId, ApiToken = file == "tokens" ? "sidecar-token" : null });
        var player = new GoldenPlayer(sidecar, time);
        var report = new List<string>();
        var played = 0;
        foreach (var recorded in Golden.Cases($"hosting/{file}.json"))
        {
            var name = recorded["name"]!.GetValue<string>();
            if (servedElsewhere.Split('|').Any(part => name.Contains(part, StringComparison.Ordinal))) continue;
            played++;
            if (await player.PlayAsync(recorded) is { } difference) report.Add($"{name}: {difference}");
        }

        Assert.True(played >= 15, $"{played} cases");
        Assert.True(report.Count == 0, string.Join('\n', report));
    }

    [Fact]
    public async Task Health_BeforeAndAfterTheAppListens_ChangesFromNotReadyToReady()
    {
        var port = RunningSidecar.FreePort();
        await using var sidecar = await RunningSidecar.StartAsync([], options => options with { AppPort = port });
        var before = await sidecar.HttpAsync("GET", "/v1.0/healthz");
        Assert.Equal(500, before.Status);
        Assert.Contains("ERR_HEALTH_NOT_READY", before.Text, StringComparison.Ordinal);
        Assert.Equal(204, (await sidecar.HttpAsync("GET", "/v1.0/healthz/outbound")).Status);
        await using var app = await TestApp.StartAsync(port, "[]");
        await sidecar.Sidecar.AppReady.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(204, (await sidecar.HttpAsync("GET", "/v1.0/healthz")).Status);
    }

    [Fact]
    public async Task Metadata_SetAndGet_ShowsComponentsAndAttributes()
    {
        await using var sidecar = await RunningSidecar.StartAsync([RunningSidecar.Component("store", "state.in-memory")]);
        Assert.Equal(204, (await sidecar.HttpAsync("PUT", "/v1.0/metadata/colour", "blue"u8.ToArray())).Status);
        var http = (await sidecar.HttpAsync("GET", "/v1.0/metadata")).Text;
        Assert.Contains("\"colour\":\"blue\"", http, StringComparison.Ordinal);
        Assert.Contains("\"type\":\"state.in-memory\"", http, StringComparison.Ordinal);
        var grpc = await sidecar.Grpc.GetMetadataAsync(new());
        Assert.Equal(("me", "store", "blue"), (grpc.Id, grpc.RegisteredComponents[0].Name, grpc.ExtendedMetadata["colour"]));
    }

    [Fact]
    public async Task Invoke_AppOfTheSameProcess_PassesCallAndAnswer()
    {
        var port = RunningSidecar.FreePort();
        await using var app = await TestApp.StartAsync(port, "[]");
        app.Answer = _ => Task.FromResult((409, "{\"from\":\"callee\"}"));
        await using var sidecar = await RunningSidecar.StartAsync([], options => options with { AppPort = port });
        var answer = await sidecar.HttpAsync("POST", "/v1.0/invoke/me/method/a%2Fb", "{\"x\":1}"u8.ToArray(), ("content-type", "application/json"), ("x-mine", "1"));
        Assert.Equal((409, "{\"from\":\"callee\"}"), (answer.Status, answer.Text));
        var call = Assert.Single(app.Deliveries);
        Assert.Equal(("/a/b", "1", "me"), (call.Path, call.Headers["x-mine"], call.Headers["dapr-callee-app-id"]));
        Assert.Equal(500, (await sidecar.HttpAsync("GET", "/v1.0/invoke/nobody/method/x")).Status);
    }
}
