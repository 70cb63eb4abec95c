using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Dapr.Client.Autogen.Grpc.v1;
using DaprLocal.Config;
using DaprLocal.Tests.Api;
using Google.Protobuf;

namespace DaprLocal.Tests.PubSub;

/// <summary>An app with its sidecar on a <see cref="TestBroker"/>; in subscriptions, <c>{t}</c> and <c>{dlq}</c> are its topics.</summary>
internal sealed class DeliveryRun(TestBroker broker, TestApp app, RunningSidecar sidecar) : IAsyncDisposable
{
    public TestApp App => app;
    public RunningSidecar Sidecar => sidecar;

    public static async Task<DeliveryRun> StartAsync(TestBroker broker, string subscriptions, Func<SidecarOptions, SidecarOptions>? change = null, int partitions = 12, bool waits = true, string backOff = "100ms")
    {
        await broker.CreateAsync(partitions, broker.Topic("t"), broker.Topic("t.dlq"));
        var port = RunningSidecar.FreePort();
        var app = await TestApp.StartAsync(port, broker.WithTopics(subscriptions));
        var sidecar = await RunningSidecar.StartAsync([broker.Component(partitions, backOff)], options => (change?.Invoke(options) ?? options) with { AppPort = port }, directory: broker.Directory);
        if (waits) await sidecar.Sidecar.AppReady.WaitAsync(TimeSpan.FromSeconds(10));
        return new DeliveryRun(broker, app, sidecar);
    }

    public async Task PublishAsync(string topic, int number, string key, params (string Name, string Value)[] metadata)
    {
        var request = new PublishEventRequest { PubsubName = "pubsub", Topic = broker.Topic(topic), DataContentType = "application/json", Data = Data(number) };
        request.Metadata.Add("partitionKey", key);
        foreach (var (name, value) in metadata) request.Metadata.Add(name, value);
        await sidecar.Grpc.PublishEventAsync(request);
    }

    /// <summary>Publishes the key itself as the payload's member <c>key</c>.</summary>
    public async Task PublishKeyAsync(string topic, string key)
    {
        var request = new PublishEventRequest { PubsubName = "pubsub", Topic = broker.Topic(topic), DataContentType = "application/json", Data = ByteString.CopyFromUtf8(new JsonObject { ["key"] = key }.ToJsonString()) };
        request.Metadata.Add("partitionKey", key);
        await sidecar.Grpc.PublishEventAsync(request);
    }

    public async Task BulkPublishAsync(string topic, IEnumerable<int> numbers, string key)
    {
        var request = new BulkPublishRequest { PubsubName = "pubsub", Topic = broker.Topic(topic) };
        foreach (var number in numbers)
        {
            var entry = new BulkPublishRequestEntry { EntryId = number.ToString(CultureInfo.InvariantCulture), ContentType = "application/json", Event = Data(number) };
            entry.Metadata.Add("partitionKey", key);
            request.Entries.Add(entry);
        }

        await sidecar.Grpc.BulkPublishEventAsync(request);
    }

    public int[] Numbers(string path = "/on/t") => [.. app.Deliveries.Where(delivery => delivery.Path == path).Select(delivery => delivery.Body["data"]!["n"]!.GetValue<int>())];

    public async ValueTask DisposeAsync()
    {
        await sidecar.DisposeAsync();
        await app.DisposeAsync();
    }

    private static ByteString Data(int number) => ByteString.CopyFrom(Encoding.UTF8.GetBytes($$"""{"n":{{number}}}"""));
}
