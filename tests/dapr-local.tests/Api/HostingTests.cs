using DaprLocal.Config;
using DaprLocal.Http;
using DaprLocal.Tests.PubSub;
using OrderInventory.Testing;

namespace DaprLocal.Tests.Api;

/// <summary>Health, metadata and invocation of one sidecar.</summary>
public sealed class HostingTests
{
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
        await using var sidecar = await RunningSidecar.StartAsync([RunningSidecar.Store]);
        Assert.Equal(204, (await sidecar.HttpAsync("PUT", "/v1.0/metadata/colour", "blue"u8.ToArray())).Status);
        var http = (await sidecar.HttpAsync("GET", "/v1.0/metadata")).Text;
        Assert.Contains("\"colour\":\"blue\"", http, StringComparison.Ordinal);
        Assert.Contains("\"type\":\"state.sqlite\"", http, StringComparison.Ordinal);
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
        Assert.Equal(("/a/b", "1"), (call.Path, call.Headers["x-mine"]));
        Assert.Equal(500, (await sidecar.HttpAsync("GET", "/v1.0/invoke/nobody/method/x")).Status);
    }

    [Fact]
    public async Task Invoke_AppThatDeniesCalls_AnswersOnlyItself()
    {
        var port = RunningSidecar.FreePort();
        await using var app = await TestApp.StartAsync(port, "[]");
        await using var sidecar = await RunningSidecar.StartAsync([], options => options with { AppPort = port, DeniesCalls = true });
        sidecar.Components.Apps["closed"] = new AppAddress("127.0.0.1", port, null, () => true, DeniesCalls: true);

        var refused = await sidecar.HttpAsync("POST", "/v1.0/invoke/closed/method/x", "{}"u8.ToArray());

        Assert.Equal(403, refused.Status);
        Assert.Contains("accessControl denies calls of me", refused.Text, StringComparison.Ordinal);
        Assert.Empty(app.Deliveries);
        Assert.Equal(200, (await sidecar.HttpAsync("POST", "/v1.0/invoke/me/method/x", "{}"u8.ToArray())).Status);
    }

    // The same with the file that is shipped: every app may call, and the called one learns who it is.
    [Fact]
    public async Task Invoke_AppWithTheShippedConfiguration_PassesAndNamesTheCaller()
    {
        var port = RunningSidecar.FreePort();
        await using var app = await TestApp.StartAsync(port, "[]");
        await using var sidecar = await RunningSidecar.StartAsync([]);
        var settings = ConfigurationReader.Read(Path.Combine(Repository.Root, "components/configuration.yaml"));
        sidecar.Components.Apps["open"] = new AppAddress("127.0.0.1", port, "app-token", () => true, settings.DeniesCalls);

        var answer = await sidecar.HttpAsync("POST", "/v1.0/invoke/open/method/api/x", "{}"u8.ToArray(), ("authorization", "Bearer t"));

        Assert.Equal(200, answer.Status);
        var headers = Assert.Single(app.Deliveries).Headers;
        Assert.Equal(("me", "Bearer t", "app-token"), (headers["dapr-caller-app-id"], headers["authorization"], headers["dapr-api-token"]));
    }

    [Fact]
    public async Task Invoke_WithPolicy_RepeatsFailuresUntilItIsUsedUp()
    {
        var port = RunningSidecar.FreePort();
        await using var app = await TestApp.StartAsync(port, "[]");
        app.Answer = delivery => Task.FromResult((delivery.Path == "/once" && app.Deliveries.Count == 1 ? 503 : delivery.Path == "/never" ? 500 : 200, "{}"));
        var policy = new ComponentPolicy(new RetryPolicy(false, TimeSpan.FromMilliseconds(10), TimeSpan.Zero, 2), null);
        await using var sidecar = await RunningSidecar.StartAsync([], options => options with
        {
            AppPort = port,
            Resiliency = ResiliencyTargets.None with { Apps = new Dictionary<string, ComponentPolicy> { ["me"] = policy } },
        });
        Assert.Equal(200, (await sidecar.HttpAsync("POST", "/v1.0/invoke/me/method/once", "{}"u8.ToArray())).Status);
        Assert.Equal(2, app.Deliveries.Count);
        app.Deliveries.Clear();
        Assert.Equal(500, (await sidecar.HttpAsync("POST", "/v1.0/invoke/me/method/never", "{}"u8.ToArray())).Status);
        Assert.Equal(3, app.Deliveries.Count);
    }

    [Fact]
    public async Task HealthCheck_AppFailsAndRecovers_StopsAndResumesDeliveriesAndCalls()
    {
        var port = RunningSidecar.FreePort();
        await using var app = await TestApp.StartAsync(port, """[{"pubsubname":"pubsub","topic":"t","route":"/on/t"}]""");
        await using var sidecar = await RunningSidecar.StartAsync([RunningSidecar.Broker()], options => options with
        {
            AppPort = port,
            HealthCheck = new AppHealthCheck("/healthz", TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(5), 2),
        });
        await sidecar.Sidecar.AppReady.WaitAsync(TimeSpan.FromSeconds(10));
        app.Health = 503;
        async Task<string> InvokeAsync() => (await sidecar.HttpAsync("POST", "/v1.0/invoke/me/method/x", "{}"u8.ToArray())).Text;
        while (!(await InvokeAsync()).Contains("app is not in a healthy state", StringComparison.Ordinal)) await Task.Yield();
        app.Deliveries.Clear();
        await sidecar.HttpAsync("POST", "/v1.0/publish/pubsub/t", "1"u8.ToArray());
        Assert.Contains("app is not in a healthy state", await InvokeAsync(), StringComparison.Ordinal);
        Assert.Empty(app.Deliveries);
        app.Health = 200;
        await app.WaitForAsync(1);
        Assert.Equal("/on/t", app.Deliveries.First().Path);
    }
}
