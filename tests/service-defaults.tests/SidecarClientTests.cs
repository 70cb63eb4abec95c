using System.Text;
using System.Text.Json;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;
using OrderInventory.ServiceDefaults.Health;
using OrderInventory.ServiceDefaults.Messaging;
using OrderInventory.ServiceDefaults.State;
using OrderInventory.Testing;

namespace OrderInventory.ServiceDefaults.Tests;

public sealed class SidecarClientTests : IAsyncLifetime
{
    private readonly Dependencies _dependencies = new(TimeProvider.System);
    private FakeDapr _dapr = null!;
    private DaprStateStore _state = null!;
    private DaprEventPublisher _publisher = null!;

    public async Task InitializeAsync()
    {
        _dapr = await FakeDapr.StartAsync();
        _state = new DaprStateStore(_dapr.Channel, _dependencies, NullLogger<DaprStateStore>.Instance);
        _publisher = new DaprEventPublisher(_dapr.Channel, _dependencies, NullLogger<DaprEventPublisher>.Instance);
    }

    public async Task DisposeAsync() => await _dapr.DisposeAsync();

    [Fact]
    public async Task GetManyAsync_OneKeyWithError_IsUnreadableInsteadOfMissingAndTheOthersAreRead()
    {
        _dapr.OnGetBulk = request => new GetBulkStateResponse { Items = { new BulkStateItem { Key = "a", Data = ByteString.CopyFromUtf8("1"), Etag = "e" }, new BulkStateItem { Key = "b", Error = "store is down" } } };

        var found = await _state.GetManyAsync(["a", "b"], 1_000, CancellationToken.None);

        Assert.Equal("e", found["a"].ETag);
        AssertUnreadable(found["b"]);
    }

    [Fact]
    public async Task GetManyAsync_KeyLeftOut_IsUnreadableInsteadOfMissing()
    {
        _dapr.OnGetBulk = request => new GetBulkStateResponse { Items = { new BulkStateItem { Key = "a" } } };

        var found = await _state.GetManyAsync(["a", "b"], 1_000, CancellationToken.None);

        Assert.Null(found["a"].Value);
        AssertUnreadable(found["b"]);
    }

    [Fact]
    public async Task GetManyAsync_CallFails_EveryKeyIsUnreadable()
    {
        _dapr.OnGetBulk = _ => throw new RpcException(new Status(StatusCode.Unavailable, "down"));

        var found = await _state.GetManyAsync(["a", "b"], 1_000, CancellationToken.None);

        Assert.Equal(["a", "b"], found.Keys.Order());
        foreach (var entry in found.Values) AssertUnreadable(entry);
    }

    [Fact]
    public async Task GetManyAsync_InAnotherOrder_IsMatchedByKey()
    {
        _dapr.OnGetBulk = request => new GetBulkStateResponse { Items = { new BulkStateItem { Key = "b" }, new BulkStateItem { Key = "a", Data = ByteString.CopyFromUtf8("1"), Etag = "e" } } };

        var found = await _state.GetManyAsync(["a", "b", "a"], 1_000, CancellationToken.None);

        Assert.Equal("e", found["a"].ETag);
        Assert.Null(found["b"].Value);
    }

    [Theory]
    [InlineData(100, 4 * 1024, 1)]
    [InlineData(100, 256 * 1024, 9)]
    [InlineData(3, 16 * 1024 * 1024, 3)]
    [InlineData(0, 4 * 1024, 0)]
    public async Task GetManyAsync_Keys_AreAskedForInCallsWhoseAnswersStayBelow4MiB(int keys, int maxBytes, int calls)
    {
        _dapr.OnGetBulk = request => new GetBulkStateResponse { Items = { request.Keys.Select(key => new BulkStateItem { Key = key, Data = ByteString.CopyFromUtf8(key), Etag = "e" }) } };

        var found = await _state.GetManyAsync([.. Enumerable.Range(0, keys).Select(i => $"k{i}")], maxBytes, CancellationToken.None);

        Assert.Equal((keys, calls), (found.Count, _dapr.Requests.Count));
        Assert.All(found, pair => Assert.Equal(pair.Key, Encoding.UTF8.GetString(pair.Value.Value!.Value.Span)));
        Assert.All(_dapr.Requests.Select(request => ((GetBulkStateRequest)request.Request).Keys.Count), asked => Assert.True(asked == 1 || asked * (long)maxBytes < 4 * 1024 * 1024));
    }

    [Fact]
    public async Task SaveManyAsync_MoreThanARequestTakes_IsSplitAndOneFailureMakesItUnknown()
    {
        var saves = Enumerable.Range(0, 10).Select(i => new StateSave($"k{i}", new byte[700 * 1024], SaveCondition.Absent)).ToArray();

        Assert.True(await _state.SaveManyAsync(saves, CancellationToken.None));
        var requests = _dapr.Requests.Select(request => (SaveStateRequest)request.Request).ToArray();
        _dapr.OnSave = request => new Status(request.States.Any(item => item.Key == "k9") ? StatusCode.Aborted : StatusCode.OK, "");
        Assert.False(await _state.SaveManyAsync(saves, CancellationToken.None));

        Assert.Equal(saves.Select(save => save.Key), requests.SelectMany(request => request.States).Select(item => item.Key).Order());
        Assert.All(requests, request => Assert.InRange(request.CalculateSize(), 1, 4 * 1024 * 1024));
        Assert.True(await _state.SaveManyAsync([], CancellationToken.None));
    }

    [Fact]
    public async Task DeleteAsync_CarriesTheETagAndTellsWhetherItIsGone()
    {
        Assert.True(await _state.DeleteAsync("k", "e1", CancellationToken.None));
        _dapr.OnDelete = _ => new Status(StatusCode.Aborted, "possible etag mismatch");
        Assert.False(await _state.DeleteAsync("k", "e1", CancellationToken.None));

        var sent = (DeleteStateRequest)_dapr.Requests.First().Request;
        Assert.Equal(("k", "e1", StateOptions.Types.StateConcurrency.ConcurrencyFirstWrite), (sent.Key, sent.Etag.Value, sent.Options.Concurrency));
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
    public async Task PublishAsync_OneEntryFails_IsNamedAlone()
    {
        _dapr.OnBulkPublish = _ => new BulkPublishResponse { FailedEntries = { new BulkPublishResponseFailedEntry { EntryId = "1", Error = "no leader" } } };

        Assert.Equal(["id2"], await _publisher.PublishAsync("t", [new OutgoingEvent("id1", "k1", "T", "1"u8.ToArray()), new OutgoingEvent("id2", "k2", "T", "2"u8.ToArray())], CancellationToken.None));
    }

    [Fact]
    public async Task PublishAsync_UnnamedEntryOrCallFails_AllAreMissing()
    {
        OutgoingEvent[] events = [new OutgoingEvent("id1", "k1", "T", "1"u8.ToArray()), new OutgoingEvent("id2", "k2", "T", "2"u8.ToArray())];
        _dapr.OnBulkPublish = _ => new BulkPublishResponse { FailedEntries = { new BulkPublishResponseFailedEntry { EntryId = "?", Error = "no leader" } } };
        Assert.Equal(["id1", "id2"], (await _publisher.PublishAsync("t", events, CancellationToken.None)).Order());

        _dapr.OnBulkPublish = _ => throw new RpcException(new Status(StatusCode.Unavailable, "down"));
        Assert.Equal(["id1", "id2"], (await _publisher.PublishAsync("t", events, CancellationToken.None)).Order());
    }

    [Fact]
    public async Task PublishAsync_MoreThanARequestTakes_IsSplitInOrderAndEachPartFailsAlone()
    {
        var calls = 0;
        _dapr.OnBulkPublish = _ => ++calls == 1 ? throw new RpcException(new Status(StatusCode.Unavailable, "down")) : new BulkPublishResponse();

        var missing = await _publisher.PublishAsync("t", [.. Enumerable.Range(0, 600).Select(i => new OutgoingEvent($"id{i}", "k", "T", new byte[3 * 1024]))], CancellationToken.None);

        var requests = _dapr.Requests.Select(request => (BulkPublishRequest)request.Request).ToArray();
        Assert.Equal(Enumerable.Range(0, 600).Select(i => $"id{i}"), requests.SelectMany(request => request.Entries).Select(entry => entry.Metadata["cloudevent.id"]));
        Assert.All(requests, request => Assert.InRange(request.CalculateSize(), 1, 2 * 1024 * 1024));
        Assert.Equal(requests[0].Entries.Count, missing.Count);
        Assert.Empty(await _publisher.PublishAsync("t", [], CancellationToken.None));
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

    [Theory]
    [InlineData(StatusCode.OK, DependencyStatus.Working)]
    [InlineData(StatusCode.Aborted, DependencyStatus.Working)]
    [InlineData(StatusCode.Internal, DependencyStatus.Failing)]
    [InlineData(StatusCode.Unavailable, DependencyStatus.Failing)]
    public async Task Store_EachUse_IsRemembered(StatusCode code, DependencyStatus status)
    {
        (_dapr.OnSave, _dapr.OnDelete) = (_ => new Status(code, "what the store says"), _ => new Status(code, "what the store says"));
        await _state.SaveAsync(new StateSave("k", new byte[] { 1 }, SaveCondition.Absent), CancellationToken.None);
        var saved = Seen(Dependency.Store);
        await _state.GetAsync("k", CancellationToken.None);
        var read = Seen(Dependency.Store);
        await _state.DeleteAsync("k", "e", CancellationToken.None);

        Assert.Equal((status, DependencyStatus.Working, status), (saved.Status, read.Status, Seen(Dependency.Store).Status));
        Assert.Equal((status == DependencyStatus.Failing ? "what the store says" : null, status == DependencyStatus.Failing), (read.Error, read.LastError is not null));
    }

    [Fact]
    public async Task Store_BulkReadWithAnErrorOfOneKey_IsFailing()
    {
        _dapr.OnGetBulk = _ => new GetBulkStateResponse { Items = { new BulkStateItem { Key = "a", Data = ByteString.CopyFromUtf8("1"), Etag = "e" }, new BulkStateItem { Key = "b", Error = "store is down" } } };
        await _state.GetManyAsync(["a", "b"], 1_000, CancellationToken.None);

        Assert.Equal((DependencyStatus.Failing, "store is down"), (Seen(Dependency.Store).Status, Seen(Dependency.Store).Error));
    }

    [Fact]
    public async Task Broker_EachUse_IsRemembered()
    {
        OutgoingEvent[] events = [new OutgoingEvent("id1", "k1", "T", "1"u8.ToArray())];
        var unused = Seen(Dependency.Broker);
        await _publisher.PublishAsync("t", events, CancellationToken.None);
        var used = Seen(Dependency.Broker);
        _dapr.OnBulkPublish = _ => new BulkPublishResponse { FailedEntries = { new BulkPublishResponseFailedEntry { EntryId = "0", Error = "no leader" } } };
        await _publisher.PublishAsync("t", events, CancellationToken.None);
        var failed = Seen(Dependency.Broker);
        _dapr.OnBulkPublish = _ => throw new RpcException(new Status(StatusCode.Unavailable, "down"));
        await _publisher.PublishAsync("t", events, CancellationToken.None);

        Assert.Equal((DependencyStatus.Unknown, DependencyStatus.Working, DependencyStatus.Failing), (unused.Status, used.Status, failed.Status));
        Assert.Equal(("no leader", "down"), (failed.Error, Seen(Dependency.Broker).Error));
        Assert.Equal(used.LastSuccess, failed.LastSuccess);
    }

    [Fact]
    public async Task EveryCall_CallerGivesUp_IsCancelledAndSaysNothingOfTheSidecar()
    {
        var gone = new CancellationToken(canceled: true);
        var save = new StateSave("k", "1"u8.ToArray(), SaveCondition.None);
        OutgoingEvent[] events = [new("id", "k", "T", "1"u8.ToArray())];

        foreach (var call in (Func<Task>[])
        [
            () => _state.GetAsync("k", gone), () => _state.GetManyAsync(["k"], 1_000, gone), () => _state.SaveAsync(save, gone), () => _state.DeleteAsync("k", "e", gone),
            () => _publisher.PublishAsync("t", events, gone), () => _publisher.DeadLetterAsync("t", "{}"u8.ToArray(), "k", "wrong", gone),
        ])
            await Assert.ThrowsAnyAsync<OperationCanceledException>(call);

        Assert.All(_dependencies.Of([Dependency.Store, Dependency.Broker]), seen => Assert.Null(seen.LastError));
    }

    private DependencyView Seen(Dependency dependency) => Assert.Single(_dependencies.Of([dependency]));

    private static void AssertUnreadable(StateEntry entry)
    {
        Assert.True(entry.IsUnreadable);
        Assert.Throws<DependencyUnavailableException>(() => entry.Value);
        Assert.Throws<DependencyUnavailableException>(() => entry.ETag);
    }
}
