using System.Text;
using Dapr;
using Dapr.Client;
using DaprLocal.Config;
using DaprLocal.Tests.Api;

namespace DaprLocal.Tests.PubSub;

/// <summary>Every publish method of the package Dapr.Client 1.19 over gRPC, delivered to endpoints of Dapr.AspNetCore 1.19.</summary>
public sealed class DaprClientPubSubTests : IAsyncLifetime
{
    private const string PubSub = SubscribingApp.PubSub;
    private SubscribingApp _app = null!;
    private RunningSidecar _sidecar = null!;
    private DaprClient _dapr = null!;

    public async Task InitializeAsync()
    {
        var port = RunningSidecar.FreePort();
        _app = await SubscribingApp.StartAsync(port);
        _sidecar = await RunningSidecar.StartAsync(
            [RunningSidecar.Component(PubSub, "pubsub.sqlite", ("connectionString", "pubsub.db"), ("partitions", "1"), ("backOffDuration", "100ms"))],
            // With a policy only the refused entries of a batch come again; without one, all of them.
            options => options with { AppPort = port, Resiliency = ResiliencyTargets.None with { Inbound = new Dictionary<string, ComponentPolicy> { [PubSub] = new(new RetryPolicy(false, TimeSpan.FromMilliseconds(100), TimeSpan.Zero, -1), null) } } });
        await _sidecar.Sidecar.AppReady.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System);
        _dapr = new DaprClientBuilder().UseGrpcEndpoint($"http://127.0.0.1:{_sidecar.Options.GrpcPort}").UseHttpEndpoint($"http://127.0.0.1:{_sidecar.Options.HttpPort}").Build();
    }

    public async Task DisposeAsync()
    {
        _dapr.Dispose();
        await _sidecar.DisposeAsync();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task PublishEvent_Object_ArrivesTyped()
    {
        await _dapr.PublishEventAsync(PubSub, "typed", new Parcel("ü <b>", 1));
        await _dapr.PublishEventAsync(PubSub, "typed", new Parcel("two", 2), new Dictionary<string, string> { ["partitionKey"] = "k" });
        Assert.Equal([new Parcel("ü <b>", 1), new Parcel("two", 2)], await _app.GotAsync("typed", 2));
    }

    [Fact]
    public async Task PublishByteEvent_AnyContentType_ArrivesUnderIt()
    {
        await _dapr.PublishByteEventAsync(PubSub, "any", "<a/>"u8.ToArray(), "application/xml");
        await _dapr.PublishByteEventAsync(PubSub, "any", new byte[] { 0, 255 }, "application/octet-stream");
        await _dapr.PublishByteEventAsync(PubSub, "any", """{"name":"own","weight":3}"""u8.ToArray());
        var got = await _app.GotAsync("any", 3);
        Assert.Equal(["application/xml|<a/>", $"application/octet-stream|{Encoding.UTF8.GetString([0, 255])}", """application/json|{"name":"own","weight":3}"""], got);
    }

    [Fact]
    public async Task PublishByteEvent_OwnCloudEvent_KeepsItsAttributes()
    {
        await _dapr.PublishByteEventAsync(PubSub, "typed", """{"specversion":"1.0","id":"1","source":"s","type":"heavy","datacontenttype":"application/json","data":{"name":"own","weight":80}}"""u8.ToArray(), "application/cloudevents+json");
        Assert.Equal([new Parcel("own", 80)], await _app.GotAsync("typed", 1));
    }

    [Fact]
    public async Task PublishEvent_WithoutData_ArrivesWithoutBody()
    {
        await _dapr.PublishEventAsync(PubSub, "any");
        await _dapr.PublishEventAsync(PubSub, "any", new Dictionary<string, string> { ["cloudevent.source"] = "own" });
        Assert.Equal(2, (await _app.GotAsync("any", 2)).Count);
    }

    [Fact]
    public async Task PublishEvent_Raw_ArrivesAsSent()
    {
        await _dapr.PublishEventAsync(PubSub, "raw", new Parcel("bare", 4), new Dictionary<string, string> { ["rawPayload"] = "true" });
        var text = (string)Assert.Single(await _app.GotAsync("raw", 1));
        Assert.Equal("""{"name":"bare","weight":4}""", text);
    }

    [Fact]
    public async Task BulkPublishEvent_BulkSubscription_TakesAllAndRepeatsTheRefused()
    {
        Parcel[] parcels = [new("one", 1), new("again", 2), new("three", 3)];
        var published = await _dapr.BulkPublishEventAsync(PubSub, "bulk", parcels);
        Assert.Empty(published.FailedEntries);
        var got = await _app.GotAsync("bulk", 4);
        Assert.Equal(["again", "again", "one", "three"], got.Cast<Parcel>().Select(parcel => parcel.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task PublishEvent_EndpointDropsIt_GoesToTheDeadLetterTopic()
    {
        await _dapr.PublishEventAsync(PubSub, "dropped", new Parcel("unwanted", 5));
        Assert.Equal([new Parcel("unwanted", 5)], await _app.GotAsync("parked", 1));
    }

    [Fact]
    public async Task Publish_UnknownComponent_IsADaprException()
    {
        var error = await Assert.ThrowsAsync<DaprException>(() => _dapr.PublishEventAsync("nobody", "typed", new Parcel("x", 1)));
        Assert.Contains("nobody", error.InnerException!.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<DaprException>(() => _dapr.BulkPublishEventAsync("nobody", "typed", new[] { new Parcel("x", 1) }));
    }
}
