using DaprLocal.PubSub;
using DaprLocal.Tests.Api;
using Grpc.Core;

namespace DaprLocal.Tests.PubSub;

/// <summary>Which topics of a component an app may use.</summary>
public sealed class TopicScopeTests
{
    [Theory]
    [InlineData("listed", "a", true)]
    [InlineData("listed", "b", false)]
    [InlineData("none", "a", false)]
    [InlineData("free", "a", true)]
    [InlineData("free", "secret", false)]
    [InlineData("free", "elsewhere", false)]
    [InlineData("trusted", "secret", true)]
    public void MayPublish_Scopes_AreThoseOfDaprd(string appId, string topic, bool expected)
    {
        var scopes = new TopicScopes(appId, new Dictionary<string, string>
        {
            ["allowedTopics"] = "a,b,secret",
            ["protectedTopics"] = "secret",
            ["publishingScopes"] = "listed=a; none=; trusted=secret",
        });
        Assert.Equal(expected, scopes.MayPublish(topic));
        Assert.Equal(topic is "a" or "b", scopes.MaySubscribe(topic));
    }

    [Fact]
    public async Task Publish_TopicOutOfScope_IsForbiddenOverBothApis()
    {
        await using var sidecar = await RunningSidecar.StartAsync([RunningSidecar.Broker(("publishingScopes", "me=a"))]);
        Assert.Equal(204, (await sidecar.HttpAsync("POST", "/v1.0/publish/pubsub/a", "1"u8.ToArray())).Status);
        var http = await sidecar.HttpAsync("POST", "/v1.0/publish/pubsub/b", "1"u8.ToArray());
        Assert.Equal(403, http.Status);
        Assert.Contains("\"errorCode\":\"ERR_PUBSUB_FORBIDDEN\",\"message\":\"topic b is not allowed for app id me\"", http.Text, StringComparison.Ordinal);
        var grpc = await Assert.ThrowsAsync<RpcException>(async () => await sidecar.Grpc.PublishEventAsync(new() { PubsubName = "pubsub", Topic = "b" }));
        Assert.Equal(StatusCode.PermissionDenied, grpc.StatusCode);
    }

    [Fact]
    public async Task Subscribe_TopicOutOfScope_IsNotServed()
    {
        var port = RunningSidecar.FreePort();
        await using var app = await TestApp.StartAsync(port, """[{"pubsubname":"pubsub","topic":"a","route":"/a"},{"pubsubname":"pubsub","topic":"b","route":"/b"}]""");
        await using var sidecar = await RunningSidecar.StartAsync([RunningSidecar.Broker(("subscriptionScopes", "me=b"))], options => options with { AppPort = port });
        await sidecar.Sidecar.AppReady.WaitAsync(TimeSpan.FromSeconds(10));
        var metadata = await sidecar.Grpc.GetMetadataAsync(new());
        Assert.Equal("b", Assert.Single(metadata.Subscriptions).Topic);
    }
}
