using System.Text.Json.Nodes;
using DaprLocal.Tests.Api;
using OrderInventory.Testing;

namespace DaprLocal.Tests.State;

/// <summary>What lies in a store after the recorded saves is what daprd left there, so that either can go on where the other stopped.</summary>
public sealed class LayoutTests
{
    private static readonly JsonNode Recorded = Golden.Read("state/layouts.json");

    public static TheoryData<string> Here => Stores.Theory;

    [Theory]
    [MemberData(nameof(Here))]
    public async Task Save_RecordedSteps_LeaveTheRowsOfDaprd(string store)
    {
        var recorded = Recorded[store]!;
        await using var place = await Place.NewAsync(store);
        Assert.Null(await place.PlayAsync(recorded));
        // One of the saved values expires after a second; Redis then drops it.
        await Eventually.GetAsync(async () => new GoldenMatch().Difference(recorded["rows"], await place.RowsAsync(), "rows"), difference => difference is null, TimeSpan.FromSeconds(10), "the recorded rows");
        await place.AssertSchemaAsync(recorded["schema"]!);
    }

    [Theory]
    [MemberData(nameof(Here))]
    public async Task Open_StoreThatDaprdWrote_IsReadAndMigrated(string store)
    {
        await using var foreign = await ForeignStore.WriteAsync(store);
        await using (var sidecar = await RunningSidecar.StartAsync([foreign.Component], directory: foreign.Directory))
        {
            var answer = await sidecar.HttpAsync("GET", "/v1.0/state/store/old");
            Assert.Equal(("7", foreign.ETag), (answer.Text, answer.Headers["etag"]));
        }

        await foreign.AssertMigratedAsync();
    }
}
