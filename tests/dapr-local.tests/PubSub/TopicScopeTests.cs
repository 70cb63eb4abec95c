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

    [Theory]
    [InlineData("publish/pubsub/a", "application/cloudevents+json", "{\"id\":\"\\ud800\",\"data\":1}", "ERR_PUBSUB_CLOUD_EVENTS_SER")]
    [InlineData("publish/pubsub/a", "application/cloudevents+json", "{\"\\ud800\":1,\"data\":1}", "ERR_PUBSUB_CLOUD_EVENTS_SER")]
    [InlineData("publish/bulk/pubsub/a", "application/json", "[{\"entryId\":\"1\",\"event\":\"\\ud800\",\"contentType\":\"text/plain\"}]", "ERR_PUBSUB_EVENTS_SER")]
    [InlineData("publish/bulk/pubsub/a", "application/json", "[{\"entryId\":\"1\",\"event\":{\"id\":\"\\ud800\"},\"contentType\":\"application/cloudevents+json\"}]", "ERR_PUBSUB_CLOUD_EVENTS_SER")]
    public async Task Publish_HalfOfASurrogatePair_IsTheCallersMistake(string path, string contentType, string body, string error)
    {
        await using var sidecar = await RunningSidecar.StartAsync([RunningSidecar.Broker()]);

        var answer = await sidecar.HttpAsync("POST", "/v1.0/" + path, System.Text.Encoding.UTF8.GetBytes(body), ("content-type", contentType));

        Assert.Contains(error, answer.Text, StringComparison.Ordinal);
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
