using System.Text;
using System.Text.Json;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;
using OrderInventory.ServiceDefaults.Messaging;
using OrderInventory.ServiceDefaults.State;
using OrderInventory.Testing;

namespace OrderInventory.ServiceDefaults.Tests;

public sealed class SidecarClientTests : IAsyncLifetime
{
    private FakeDapr _dapr = null!;
    private DaprStateStore _state = null!;
    private DaprEventPublisher _publisher = null!;

    public async Task InitializeAsync()
    {
        _dapr = await FakeDapr.StartAsync();
        _state = new DaprStateStore(_dapr.Channel, NullLogger<DaprStateStore>.Instance);
        _publisher = new DaprEventPublisher(_dapr.Channel);
    }

    public async Task DisposeAsync() => await _dapr.DisposeAsync();

    [Fact]
    public async Task GetManyAsync_OneKeyWithError_ThrowsInsteadOfReadingItAsMissing()
    {
        _dapr.OnGetBulk = request => new GetBulkStateResponse { Items = { new BulkStateItem { Key = "a", Data = ByteString.CopyFromUtf8("1"), Etag = "e" }, new BulkStateItem { Key = "b", Error = "store is down" } } };

        await Assert.ThrowsAsync<DependencyUnavailableException>(() => _state.GetManyAsync(["a", "b"], CancellationToken.None));
    }

    [Fact]
    public async Task GetManyAsync_KeyLeftOut_ThrowsInsteadOfReadingItAsMissing()
    {
        _dapr.OnGetBulk = request => new GetBulkStateResponse { Items = { new BulkStateItem { Key = "a" } } };

        await Assert.ThrowsAsync<DependencyUnavailableException>(() => _state.GetManyAsync(["a", "b"], CancellationToken.None));
    }

    [Fact]
    public async Task GetManyAsync_InAnotherOrder_IsMatchedByKey()
    {
        _dapr.OnGetBulk = request => new GetBulkStateResponse { Items = { new BulkStateItem { Key = "b" }, new BulkStateItem { Key = "a", Data = ByteString.CopyFromUtf8("1"), Etag = "e" } } };

        var found = await _state.GetManyAsync(["a", "b"], CancellationToken.None);

        Assert.Equal("e", found["a"].ETag);
        Assert.Null(found["b"].Value);
    }

    [Theory]
    [InlineData(StatusCode.Aborted)]
    [InlineData(StatusCode.Internal)]
    [InlineData(StatusCode.Unknown)]
    [InlineData(StatusCode.Unavailable)]
    public async Task SaveAsync_AnyError_IsUnknown(StatusCode code)
    {
        _dapr.OnSave = _ => new Status(code, "whatever the store says");

        Assert.False(await _state.SaveAsync(new StateSave("k", new byte[] { 1 }, SaveCondition.Absent), CancellationToken.None));
    }

    [Fact]
    public async Task SaveAsync_Conditions_AreSentAsDaprExpectsThem()
    {
        await _state.SaveAsync(new StateSave("k", new byte[] { 1 }, SaveCondition.Absent, TimeToLive: TimeSpan.FromHours(24)), CancellationToken.None);
        await _state.SaveAsync(new StateSave("k", new byte[] { 1 }, SaveCondition.Unchanged, "e1"), CancellationToken.None);
        await _state.SaveAsync(new StateSave("k", new byte[] { 1 }, SaveCondition.None), CancellationToken.None);

        var sent = _dapr.Requests.Select(request => ((SaveStateRequest)request.Request).States.Single()).ToArray();
        Assert.Equal((StateOptions.Types.StateConcurrency.ConcurrencyFirstWrite, null, "86400"), (sent[0].Options.Concurrency, sent[0].Etag, sent[0].Metadata["ttlInSeconds"]));
        Assert.Equal((StateOptions.Types.StateConcurrency.ConcurrencyFirstWrite, "e1"), (sent[1].Options.Concurrency, sent[1].Etag.Value));
        Assert.Null(sent[2].Options);
        Assert.All(_dapr.Requests, request => Assert.Equal("secret", request.Token));
    }

    [Fact]
    public async Task PublishAsync_Several_PutsKeyAndIdOnEachEntry()
    {
        await _publisher.PublishAsync("t", [new OutgoingEvent("id1", "k1", "T", "1"u8.ToArray()), new OutgoingEvent("id2", "k2", "T", "2"u8.ToArray())], CancellationToken.None);

        var sent = (BulkPublishRequest)_dapr.Requests.Single().Request;
        Assert.Empty(sent.Metadata);
        Assert.Equal([("k1", "id1"), ("k2", "id2")], sent.Entries.Select(entry => (entry.Metadata["partitionKey"], entry.Metadata["cloudevent.id"])));
    }

    [Fact]
    public async Task PublishAsync_OneEntryFails_Throws()
    {
        _dapr.OnBulkPublish = _ => new BulkPublishResponse { FailedEntries = { new BulkPublishResponseFailedEntry { EntryId = "0", Error = "no leader" } } };

        await Assert.ThrowsAsync<DependencyUnavailableException>(() =>
            _publisher.PublishAsync("t", [new OutgoingEvent("id1", "k1", "T", "1"u8.ToArray()), new OutgoingEvent("id2", "k2", "T", "2"u8.ToArray())], CancellationToken.None));
    }

    [Fact]
    public async Task DeadLetterAsync_CloudEvent_KeepsIdAndSaysWhy()
    {
        var original = """{"specversion":"1.0","id":"x","type":"T","source":"s","data":{"a":1}}"""u8.ToArray();

        await _publisher.DeadLetterAsync("t", original, "key", "no quantity", CancellationToken.None);

        var sent = (PublishEventRequest)_dapr.Requests.Single().Request;
        Assert.Equal(("t.dlq", "application/cloudevents+json", "key"), (sent.Topic, sent.DataContentType, sent.Metadata["partitionKey"]));
        Assert.Equal("""{"specversion":"1.0","id":"x","type":"T","source":"s","data":{"a":1},"deadletterreason":"no quantity","deadlettertopic":"t"}""", sent.Data.ToStringUtf8());
    }

    public static TheoryData<string> Poison => [.. PoisonEvents.All.Keys];

    [Theory]
    [MemberData(nameof(Poison))]
    public async Task DeadLetterAsync_Poison_IsAnEventThatTheBrokerTakesAndTheDeskReads(string poison)
    {
        var original = Encoding.UTF8.GetBytes(PoisonEvents.All[poison]);

        await _publisher.DeadLetterAsync("t", original, null, "why", CancellationToken.None);
        await _publisher.DeadLetterAsync("t", original, null, "why", CancellationToken.None);

        var sent = _dapr.Requests.Select(request => ((PublishEventRequest)request.Request).Data.ToStringUtf8()).ToArray();
        // Kafka's own bound for a record is 1 MiB.
        Assert.InRange(sent[0].Length, 1, 1_000_000);
        var letter = JsonElement.Parse(sent[0]);
        Assert.Equal(("why", "t"), (letter.GetProperty("deadletterreason").GetString(), letter.GetProperty("deadlettertopic").GetString()));
        Assert.Equal(sent[0], sent[1]);
    }
}
