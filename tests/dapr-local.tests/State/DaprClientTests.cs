using Dapr;
using Dapr.Client;
using DaprLocal.Tests.Api;

namespace DaprLocal.Tests.State;

/// <summary>Every state method of the package Dapr.Client 1.19 over gRPC, on every store that is there.</summary>
public sealed class DaprClientTests
{
    private const string Store = "store";

    public static TheoryData<string> Here => Stores.Theory;

    private sealed record Stock(string Sku, int Quantity);

    [Theory]
    [MemberData(nameof(Here))]
    public async Task Values_SavedReadAndDeleted_ComeBack(string store)
    {
        await using var sidecar = await RunningSidecar.StartAsync([await Stores.NewAsync(store)]);
        using var dapr = Client(sidecar);
        await dapr.SaveStateAsync(Store, "a", new Stock("pen", 3));
        await dapr.SaveByteStateAsync(Store, "bytes", new byte[] { 0, 255, 1 });
        await dapr.SaveBulkStateAsync(Store, [new SaveStateItem<Stock>("b", new Stock("ink", 5), ""), new SaveStateItem<Stock>("c", new Stock("pad", 7), "")]);

        Assert.Equal(new Stock("pen", 3), await dapr.GetStateAsync<Stock>(Store, "a"));
        Assert.Null(await dapr.GetStateAsync<Stock>(Store, "nothing"));
        Assert.Equal(new byte[] { 0, 255, 1 }, (await dapr.GetByteStateAsync(Store, "bytes")).ToArray());
        var bulk = await dapr.GetBulkStateAsync(Store, ["b", "c", "nothing"], parallelism: null);
        Assert.Equal(["", "{\"sku\":\"ink\",\"quantity\":5}", "{\"sku\":\"pad\",\"quantity\":7}"], bulk.Select(item => item.Value).Order(StringComparer.Ordinal));
        var typed = await dapr.GetBulkStateAsync<Stock>(Store, ["b", "c"], parallelism: null);
        Assert.Equal([5, 7], typed.Select(item => item.Value!.Quantity).Order());

        await dapr.DeleteStateAsync(Store, "a");
        await dapr.DeleteBulkStateAsync(Store, [new BulkDeleteStateItem("b", null!), new BulkDeleteStateItem("c", null!)]);
        Assert.All(await dapr.GetBulkStateAsync(Store, ["a", "b", "c"], parallelism: null), item => Assert.Equal("", item.Value));
    }

    [Theory]
    [MemberData(nameof(Here))]
    public async Task Several_OneRefusedAndOneKeyTwice_TheOthersAreSaved(string store)
    {
        await using var sidecar = await RunningSidecar.StartAsync([await Stores.NewAsync(store)]);
        using var dapr = Client(sidecar);
        await dapr.SaveBulkStateAsync(Store, [new SaveStateItem<int>("a", 1, ""), new("b", 2, "", metadata: Ttl("60")), new("b", 3, "", metadata: Ttl("60"))]);
        Assert.Equal(1, await dapr.GetStateAsync<int>(Store, "a"));
        Assert.InRange(await dapr.GetStateAsync<int>(Store, "b"), 2, 3);

        await Assert.ThrowsAsync<DaprException>(() => dapr.SaveBulkStateAsync(Store, [new SaveStateItem<int>("a", 4, ""), new("c", 5, "", metadata: Ttl("soon")), new("d", 6, "")]));
        Assert.Equal(4, await dapr.GetStateAsync<int>(Store, "a"));
        Assert.Equal(0, await dapr.GetStateAsync<int>(Store, "c"));
        Assert.Equal(6, await dapr.GetStateAsync<int>(Store, "d"));

        static Dictionary<string, string> Ttl(string seconds) => new() { ["ttlInSeconds"] = seconds };
    }

    [Theory]
    [MemberData(nameof(Here))]
    public async Task ETags_RightAndStale_DecideEveryTry(string store)
    {
        await using var sidecar = await RunningSidecar.StartAsync([await Stores.NewAsync(store)]);
        using var dapr = Client(sidecar);
        await dapr.SaveStateAsync(Store, "a", 1);
        var (value, first) = await dapr.GetStateAndETagAsync<int>(Store, "a");
        Assert.Equal(1, value);
        Assert.True(await dapr.TrySaveStateAsync(Store, "a", 2, first));
        Assert.False(await dapr.TrySaveStateAsync(Store, "a", 3, first));
        Assert.False(await dapr.TryDeleteStateAsync(Store, "a", first));
        var (bytes, second) = await dapr.GetByteStateAndETagAsync(Store, "a");
        Assert.Equal("2"u8.ToArray(), bytes.ToArray());
        Assert.True(await dapr.TrySaveByteStateAsync(Store, "a", "4"u8.ToArray(), second));

        var entry = await dapr.GetStateEntryAsync<int>(Store, "a");
        entry.Value = 5;
        Assert.True(await entry.TrySaveAsync());
        Assert.False(await entry.TryDeleteAsync());
        entry = await dapr.GetStateEntryAsync<int>(Store, "a");
        Assert.Equal(5, entry.Value);
        Assert.True(await entry.TryDeleteAsync());
    }

    private static DaprClient Client(RunningSidecar sidecar) => new DaprClientBuilder().UseGrpcEndpoint($"http://127.0.0.1:{sidecar.Options.GrpcPort}").UseHttpEndpoint($"http://127.0.0.1:{sidecar.Options.HttpPort}").Build();

}
