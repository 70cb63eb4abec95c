using DaprLocal.Tests.PubSub;
using Grpc.Core;

namespace DaprLocal.Tests.Api;

/// <summary>The API token: what is checked is what is routed, however the path is written.</summary>
public sealed class TokenTests : IAsyncLifetime
{
    private const string Token = "secret";
    private TestApp _app = null!;
    private RunningSidecar _sidecar = null!;

    public async Task InitializeAsync()
    {
        _app = await TestApp.StartAsync(RunningSidecar.FreePort(), "[]");
        _sidecar = await RunningSidecar.StartAsync([RunningSidecar.Store], options => options with { AppPort = _app.Port, ApiToken = Token });
        await _sidecar.Sidecar.AppReady.WaitAsync(TimeSpan.FromSeconds(10));
    }

    public async Task DisposeAsync()
    {
        await _sidecar.DisposeAsync();
        await _app.DisposeAsync();
    }

    [Theory]
    [InlineData("/v1.0/invoke/me/method/x/../../../../healthz")]
    [InlineData("/v1.0/invoke/me/method/x/..%2f..%2f..%2f..%2fhealthz")]
    [InlineData("/v1.0/invoke/me/method/x/%2e%2e/%2E%2E/%2e%2e/%2e%2e/healthz")]
    [InlineData("/v1.0/state/../healthz")]
    [InlineData("/v1.0/healthz/../metadata")]
    [InlineData("/v1.0/healthz/%2e%2e/metadata")]
    [InlineData("/v1.0/healthz/./outbound")]
    [InlineData("/V1.0/healthz")]
    [InlineData("/v1.0/HEALTHZ")]
    [InlineData("/v1.0%2fhealthz")]
    [InlineData("/v1.0/metadata")]
    [InlineData("//v1.0//metadata")]
    [InlineData("/v1.0/state/store/%")]
    [InlineData("/")]
    public async Task Http_WithoutToken_NothingButHealthIsAnswered(string path)
    {
        foreach (var method in new[] { "GET", "POST" }) Assert.Equal(401, (await _sidecar.HttpAsync(method, path)).Status);

        Assert.Empty(_app.Deliveries);
    }

    [Theory]
    [InlineData("/v1.0/healthz")]
    [InlineData("//v1.0//healthz/")]
    [InlineData("/v1.0/health%7A")]
    [InlineData("/v1.0/healthz/outbound?x=/../metadata")]
    public async Task Http_HealthWithoutToken_IsAnswered(string path) => Assert.Equal(204, (await _sidecar.HttpAsync("GET", path)).Status);

    [Theory]
    [InlineData("/v1.0/invoke/me/method/x/../../../../healthz")]
    [InlineData("/v1.0/invoke/me/method/x/..%2f..%2fadmin")]
    [InlineData("/v1.0/invoke/me/method/%2e%2e/admin")]
    public async Task Http_PathThatGoesUpWithToken_IsRefusedAndReachesNoApp(string path)
    {
        Assert.Equal(400, (await _sidecar.HttpAsync("POST", path, "{}"u8.ToArray(), ("dapr-api-token", Token))).Status);

        Assert.Empty(_app.Deliveries);
    }

    [Fact]
    public async Task Grpc_UnknownRpc_IsUnimplementedForWhoHasTheToken()
    {
        var calls = _sidecar.Calls;
        var method = new Method<byte[], byte[]>(MethodType.Unary, "dapr.proto.runtime.v1.Dapr", "TryLockAlpha1", Marshallers.Create<byte[]>(value => value, value => value), Marshallers.Create<byte[]>(value => value, value => value));

        var without = await Assert.ThrowsAsync<RpcException>(async () => await calls.AsyncUnaryCall(method, null, new CallOptions(), []));
        var with = await Assert.ThrowsAsync<RpcException>(async () => await calls.AsyncUnaryCall(method, null, new CallOptions(new Metadata { { "dapr-api-token", Token } }), []));

        Assert.Equal(StatusCode.Unauthenticated, without.StatusCode);
        Assert.Equal(StatusCode.Unimplemented, with.StatusCode);
    }
}
