using DaprLocal.Config;
using DaprLocal.PubSub;
using DaprLocal.Tests.Api;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace DaprLocal.Tests.PubSub;

/// <summary>The durable broker without a sidecar.</summary>
public sealed class SqliteBrokerTests : IDisposable
{
    private static readonly Dictionary<string, string> Headers = new() { ["a"] = "1", ["é"] = "ü\n" };
    private readonly string _directory = Directory.CreateTempSubdirectory("dapr-local-test-").FullName;
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Open_AfterClose_KeepsMessagesOffsetsAndNumbering()
    {
        await using (var broker = Open())
        {
            await PublishAsync(broker, 3);
            await broker.OffsetsAsync("g", "t", CancellationToken.None);
            await broker.SaveOffsetsAsync("g", [new TopicOffset("t", 0, 2)]);
        }

        await using var again = Open();
        var offsets = await again.OffsetsAsync("g", "t", CancellationToken.None);
        Assert.Equal([2], offsets);
        await PublishAsync(again, 1);
        var messages = again.Read("t", 0, 2, 10, int.MaxValue);
        Assert.Equal([2, 3], messages.Select(message => message.Offset));
        Assert.Equal("k", messages[0].Key);
        Assert.Equal(Headers, messages[0].Headers);
    }

    [Fact]
    public async Task Sweep_OldMessages_KeepsYoungOnesAndTheNewest()
    {
        await using var broker = Open();
        await PublishAsync(broker, 3);
        _time.Advance(TimeSpan.FromDays(6));
        await PublishAsync(broker, 2);
        _time.Advance(TimeSpan.FromDays(2));
        await broker.SweepAsync();
        Assert.Equal([3, 4], broker.Read("t", 0, 0, 10, int.MaxValue).Select(message => message.Offset));
        _time.Advance(TimeSpan.FromDays(20));
        await broker.SweepAsync();
        Assert.Equal([4], broker.Read("t", 0, 0, 10, int.MaxValue).Select(message => message.Offset));
    }

    [Fact]
    public async Task Open_UnknownTypeOrMissingSetting_NamesFileAndLine()
    {
        var unknown = await Assert.ThrowsAsync<ConfigurationException>(() => RunningSidecar.StartAsync([RunningSidecar.Component("x", "state.oracle")], directory: _directory));
        Assert.StartsWith("test.yaml:1: component 'x' is of type 'state.oracle'", unknown.Message, StringComparison.Ordinal);
        var missing = await Assert.ThrowsAsync<ConfigurationException>(() => RunningSidecar.StartAsync([RunningSidecar.Component("x", "state.sqlite")], directory: _directory));
        Assert.Contains("connectionString", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_TwoComponentsOfOneFile_AreOneBrokerWithOneNumberOfPartitions()
    {
        static ComponentManifest[] With(string partitions) => [RunningSidecar.Broker(("partitions", "3")), RunningSidecar.Component("other", "pubsub.sqlite", ("connectionString", "pubsub.db"), ("partitions", partitions))];
        await using (var sidecar = await RunningSidecar.StartAsync(With("3"), directory: _directory))
        {
            var brokers = sidecar.Components.PubSubsOf(sidecar.Options);
            Assert.Same(brokers["pubsub"].Broker, brokers["other"].Broker);
        }

        var different = await Assert.ThrowsAsync<ConfigurationException>(() => RunningSidecar.StartAsync(With("4"), directory: _directory));
        Assert.Contains("the same file with 3 partitions", different.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private SqliteBroker Open() => SqliteBroker.Open(Path.Combine(_directory, "b.db"), 1, TimeSpan.FromDays(7), _time, NullLogger.Instance);

    private static Task PublishAsync(SqliteBroker broker, int count) =>
        broker.PublishAsync("t", [.. Enumerable.Range(0, count).Select(_ => new NewMessage("k", Headers, new byte[] { 1 }))], CancellationToken.None);
}
