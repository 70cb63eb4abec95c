using System.Net.Http.Json;
using System.Text.Json;
using Dapr.TaskHub.Protos;
using Grpc.Net.Client;
using Grpc.Net.ClientFactory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OrderApp.Groups;
using OrderInventory.Testing;

namespace OrderApp.Tests;

/// <summary>What the workflow package tells the sidecar with each call.</summary>
public sealed class WorkflowCallTests
{
    [Fact]
    public async Task Calls_OfClientAndWorker_CarryTheToken()
    {
        await using var app = await OrderApi.StartAsync(settings: new Dictionary<string, string> { ["DAPR_API_TOKEN"] = "secret" });
        using var http = app.CreateClient();

        using var placed = await http.PostAsJsonAsync("/api/orders", new { userId = "u", productId = "p", quantity = 1, amount = 1 });
        placed.EnsureSuccessStatusCode();

        await Eventually.TrueAsync(() => app.Workflows.Tokens.Count == 2, "a workflow was started and work asked for");
        Assert.All(app.Workflows.Tokens, call => Assert.Equal("secret", call.Value));
    }

    [Fact]
    public async Task Channel_AfterAnOutage_IsTriedEveryTwoSeconds()
    {
        await using var app = await OrderApi.StartAsync();
        var channel = new GrpcChannelOptions();

        // By the name that the package gives its client; its own setting for channels takes no reconnect times.
        foreach (var apply in app.Services.GetRequiredService<IOptionsMonitor<GrpcClientFactoryOptions>>().Get(nameof(TaskHubSidecarService.TaskHubSidecarServiceClient)).ChannelOptionsActions) apply(channel);

        Assert.Equal(TimeSpan.FromSeconds(2), channel.MaxReconnectBackoff);
    }

    // The app stops while a group is told something: this must not fail what waits for it.
    [Fact]
    public async Task EveryCall_CallerGivesUp_IsCancelled()
    {
        await using var app = await OrderApi.StartAsync();
        var engine = app.Services.GetRequiredService<IGroupEngine>();
        var gone = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => engine.StartAsync("g", ["o"], gone));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => engine.RaiseAsync("g", GroupSignal.Settle, gone));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => engine.StateAsync("g", gone));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => engine.PurgeAsync("g", gone));
    }

    [Fact]
    public async Task Health_EngineDown_SaysSo()
    {
        await using var app = await OrderApi.StartAsync();
        using var http = app.CreateClient();

        await PlaceAsync("one");
        var working = await EngineAsync();
        app.Workflows.Down = true;
        await PlaceAsync("two");
        var failing = await EngineAsync();

        Assert.Equal(("WORKING", "FAILING", "down"), (working.GetProperty("status").GetString(), failing.GetProperty("status").GetString(), failing.GetProperty("error").GetString()));
        Assert.Equal(working.GetProperty("lastSuccess").GetDateTimeOffset(), failing.GetProperty("lastSuccess").GetDateTimeOffset());
        Assert.InRange(failing.GetProperty("lastError").GetDateTimeOffset(), failing.GetProperty("lastSuccess").GetDateTimeOffset(), DateTimeOffset.MaxValue);

        // The order is accepted whatever the engine does.
        async Task PlaceAsync(string key) =>
            (await http.PostAsJsonAsync("/api/orders", new { userId = "u", productId = "p", quantity = 1, amount = 1, idempotencyKey = key })).EnsureSuccessStatusCode();

        async Task<JsonElement> EngineAsync() =>
            (await http.GetFromJsonAsync<JsonElement>("/api/health")).GetProperty("data").EnumerateArray().Single(seen => seen.GetProperty("name").GetString() == "engine");
    }
}
