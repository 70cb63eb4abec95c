using System.Net;
using System.Net.Http.Json;
using Dapr.Client;
using DaprLocal.Tests.Api;
using DaprLocal.Tests.PubSub;
using Grpc.Core;

namespace DaprLocal.Tests.Hosting;

/// <summary>Health, metadata, invocation and shutdown of the package Dapr.Client 1.19, with an API token.</summary>
public sealed class DaprClientHostingTests : IAsyncLifetime
{
    private const string Token = "a token";
    private readonly int _appPort = RunningSidecar.FreePort();
    private SubscribingApp? _app;
    private RunningSidecar _sidecar = null!;
    private DaprClient _dapr = null!;

    private string HttpEndpoint => $"http://127.0.0.1:{_sidecar.Options.HttpPort}";

    public async Task InitializeAsync()
    {
        _sidecar = await RunningSidecar.StartAsync([RunningSidecar.Store, RunningSidecar.Broker()], options => options with { AppPort = _appPort, ApiToken = Token });
        _dapr = Client(Token);
    }

    public async Task DisposeAsync()
    {
        _dapr.Dispose();
        await _sidecar.DisposeAsync();
        if (_app is not null) await _app.DisposeAsync();
    }

    [Fact]
    public async Task Health_BeforeAndAfterTheAppListens_IsToldApart()
    {
        Assert.False(await _dapr.CheckHealthAsync());
        Assert.True(await _dapr.CheckOutboundHealthAsync());
        await _dapr.WaitForSidecarAsync().WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System);
        await StartAppAsync();
        Assert.True(await _dapr.CheckHealthAsync());
    }

    [Fact]
    public async Task Metadata_SetAndRead_NamesAppComponentsAndAttributes()
    {
        await _dapr.SetMetadataAsync("colour", "blue");
        var metadata = await _dapr.GetMetadataAsync();
        Assert.Equal(("me", "blue"), (metadata.Id, metadata.Extended["colour"]));
        Assert.Equal(["pubsub pubsub.sqlite v1", "store state.sqlite v1"], metadata.Components.Select(component => $"{component.Name} {component.Type} {component.Version}").Order(StringComparer.Ordinal));
        Assert.Contains("ETAG", metadata.Components.Single(component => component.Name == "store").Capabilities);
    }

    [Fact]
    public async Task Invoke_ThroughTheHttpClientOfThePackage_PassesCallsAndAnswers()
    {
        await StartAppAsync();
        using var http = DaprClient.CreateInvokeHttpClient("me", HttpEndpoint, Token);
        Assert.Equal(new Parcel("a b", 7), await http.GetFromJsonAsync<Parcel>(new Uri("/parcel?name=a%20b", UriKind.Relative)));
        using var refused = await http.PostAsJsonAsync("/status/409", new Parcel("taken", 1));
        Assert.Equal((HttpStatusCode.Conflict, new Parcel("taken", 1)), (refused.StatusCode, await refused.Content.ReadFromJsonAsync<Parcel>()));
        // Without a name the app id is the host of each address.
        using var named = DaprClient.CreateInvokeHttpClient(daprEndpoint: HttpEndpoint, daprApiToken: Token);
        Assert.Equal(new Parcel("x", 7), await named.GetFromJsonAsync<Parcel>(new Uri("http://me/parcel?name=x")));
        using var unknown = await named.GetAsync(new Uri("http://nobody/parcel"));
        Assert.Equal(HttpStatusCode.InternalServerError, unknown.StatusCode);
    }

#pragma warning disable CS0618 // Obsolete in the package, and still what many apps call.
    [Fact]
    public async Task InvokeMethod_ByMessageAndByName_PassesCallsAndAnswers()
    {
        await StartAppAsync();
        var parcel = new Parcel("p", 2);
        using var request = _dapr.CreateInvokeMethodRequest(HttpMethod.Get, "me", "parcel", [KeyValuePair.Create("name", "a b")]);
        Assert.Equal(new Parcel("a b", 7), await _dapr.InvokeMethodAsync<Parcel>(request));
        Assert.Equal(parcel, await _dapr.InvokeMethodAsync<Parcel, Parcel>("me", "status/200", parcel));
        await _dapr.InvokeMethodAsync("me", "status/202", parcel);
        using var refused = _dapr.CreateInvokeMethodRequest("me", "status/404", parcel);
        using var answer = await _dapr.InvokeMethodWithResponseAsync(refused);
        Assert.Equal((HttpStatusCode.NotFound, parcel), (answer.StatusCode, await answer.Content.ReadFromJsonAsync<Parcel>()));
        var error = await Assert.ThrowsAsync<InvocationException>(() => _dapr.InvokeMethodAsync("me", "status/500", parcel));
        Assert.Equal(HttpStatusCode.InternalServerError, error.Response.StatusCode);
    }
#pragma warning restore CS0618

    [Fact]
    public async Task ApiToken_MissingOrWrong_IsRefused()
    {
        using var without = Client(null);
        using var wrong = Client("another");
        foreach (var client in new[] { without, wrong })
        {
            var error = await Assert.ThrowsAnyAsync<Exception>(() => client.GetMetadataAsync());
            Assert.Equal(StatusCode.Unauthenticated, Assert.IsType<RpcException>(error.InnerException).StatusCode);
            Assert.True(await client.CheckOutboundHealthAsync());
        }

        using var http = DaprClient.CreateInvokeHttpClient("me", HttpEndpoint, "another");
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync(new Uri("/parcel?name=x", UriKind.Relative))).StatusCode);
    }

    [Fact]
    public async Task Shutdown_Asked_ReachesTheHost()
    {
        Assert.False(_sidecar.Sidecar.ShutdownRequested.IsCompleted);

        await _dapr.ShutdownSidecarAsync();

        await _sidecar.Sidecar.ShutdownRequested.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System);
    }

    private async Task StartAppAsync()
    {
        _app = await SubscribingApp.StartAsync(_appPort);
        await _sidecar.Sidecar.AppReady.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System);
    }

    private DaprClient Client(string? token) => new DaprClientBuilder()
        .UseGrpcEndpoint($"http://127.0.0.1:{_sidecar.Options.GrpcPort}").UseHttpEndpoint(HttpEndpoint).UseDaprApiToken(token ?? "").Build();
}
