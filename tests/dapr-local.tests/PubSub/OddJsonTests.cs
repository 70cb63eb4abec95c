using System.Text;
using DaprLocal.Api;
using DaprLocal.PubSub;
using DaprLocal.Tests.Api;

namespace DaprLocal.Tests.PubSub;

/// <summary>JSON that .NET and Go read differently.</summary>
public sealed class OddJsonTests
{
    [Theory]
    [InlineData("publish/pubsub/a", "application/cloudevents+json", "{\"id\":\"\\ud800\",\"data\":1}", "ERR_PUBSUB_CLOUD_EVENTS_SER")]
    [InlineData("publish/pubsub/a", "application/cloudevents+json", "{\"\\ud800\":1,\"data\":1}", "ERR_PUBSUB_CLOUD_EVENTS_SER")]
    [InlineData("publish/bulk/pubsub/a", "application/json", "[{\"entryId\":\"1\",\"event\":\"\\ud800\",\"contentType\":\"text/plain\"}]", "ERR_PUBSUB_EVENTS_SER")]
    [InlineData("publish/bulk/pubsub/a", "application/json", "[{\"entryId\":\"1\",\"event\":{\"id\":\"\\ud800\"},\"contentType\":\"application/cloudevents+json\"}]", "ERR_PUBSUB_CLOUD_EVENTS_SER")]
    public async Task Publish_HalfOfASurrogatePair_IsTheCallersMistake(string path, string contentType, string body, string error)
    {
        await using var sidecar = await RunningSidecar.StartAsync([RunningSidecar.Broker()]);

        var answer = await sidecar.HttpAsync("POST", "/v1.0/" + path, Encoding.UTF8.GetBytes(body), ("content-type", contentType));

        Assert.Contains(error, answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/cloudevents+json")]
    [InlineData("application/json")]
    public async Task Publish_DeepData_IsDeliveredAsItIs(string contentType)
    {
        const string Deep = "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]";
        var port = RunningSidecar.FreePort();
        await using var app = await TestApp.StartAsync(port, """[{"pubsubname":"pubsub","topic":"a","route":"/a"}]""");
        await using var sidecar = await RunningSidecar.StartAsync([RunningSidecar.Broker()], options => options with { AppPort = port });
        var body = contentType == "application/json" ? Deep : $$"""{"id":"1","source":"s","type":"t","specversion":"1.0","data":{{Deep}}}""";

        Assert.Equal(204, (await sidecar.HttpAsync("POST", "/v1.0/publish/pubsub/a", Encoding.UTF8.GetBytes(body), ("content-type", contentType))).Status);

        await app.WaitForAsync(1);
        Assert.Equal(Deep, app.Deliveries.Single().Body["data"]!.ToJsonString(JsonText.AnyCase));
    }

    [Fact]
    public void Scan_AttributeOfHalfASurrogatePair_IsNoEvent() =>
        Assert.False(EventScan.Of(Encoding.UTF8.GetBytes("""{"traceparent":"\ud800","data":1}""")).IsEvent);
}
