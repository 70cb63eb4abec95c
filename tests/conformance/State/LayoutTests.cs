using System.Text.Json.Nodes;
using DaprLocal.Config;
using DaprLocal.State;
using DaprLocal.Tests.Api;
using OrderInventory.Testing;

namespace DaprLocal.Tests.State;

/// <summary>What lies in a store after the recorded saves is what daprd left there, so that either can go on where the other stopped.</summary>
public sealed class LayoutTests
{
    private static readonly JsonNode Recorded = Golden.Read("state/layouts.json");

    public static TheoryData<string> Here => [.. Stores.Here.Where(store => store != "in-memory")];

    public static TheoryData<int> Configured => [.. Enumerable.Range(0, Recorded["configured"]!.AsArray().Count).Where(i => Stores.Here.Contains(Store(Recorded["configured"]![i]!)))];

    public static TheoryData<int> Prefixes => [.. Enumerable.Range(0, Recorded["keyPrefix"]!.AsArray().Count)];

    [Theory]
    [MemberData(nameof(Here))]
    public async Task Save_RecordedSteps_LeaveTheRowsOfDaprd(string store)
    {
        var recorded = Recorded["stores"]![store]!;
        await using var place = await Place.NewAsync(store, recorded["component"]!["metadata"]!.AsObject(), isBare: true);
        Assert.Null(await place.PlayAsync(recorded));
        // One of the saved values expires after a second; Redis then drops it.
        await Eventually.GetAsync(async () => new GoldenMatch().Difference(recorded["rows"], await place.RowsAsync(), "rows"), difference => difference is null, TimeSpan.FromSeconds(10), "the recorded rows");
        await place.AssertSchemaAsync(recorded["schema"]!);
    }

    [Theory]
    [MemberData(nameof(Configured))]
    public async Task Save_ConfiguredStore_LeavesWhatDaprdLeft(int index)
    {
        var recorded = Recorded["configured"]![index]!;
        await using var place = await Place.NewAsync(Store(recorded), recorded["metadata"] as JsonObject ?? [], isBare: false);
        await place.WriteByHandAsync(recorded["writtenByHand"] as JsonArray ?? []);
        Assert.Null(await place.PlayAsync(recorded));
        if (recorded["rows"] is { } rows) Assert.Null(new GoldenMatch().Difference(rows, await place.RowsAsync(), "rows"));
        if (recorded["storedKeys"] is JsonArray keys) Assert.Equal(keys.Select(key => key!.GetValue<string>()), (await place.RowsAsync()).Select(row => row!["key"]!.GetValue<string>()));
        if (recorded["secondsToLive"] is JsonObject seconds) AssertSecondsToLive(seconds, await place.RowsAsync());
        await place.AssertTablesAsync(recorded);
    }

    [Theory]
    [MemberData(nameof(Prefixes))]
    public async Task PrefixOf_RecordedKeyPrefix_IsThatOfDaprd(int index)
    {
        var recorded = Recorded["keyPrefix"]![index]!;
        var prefix = recorded["keyPrefix"]?.GetValue<string>();
        if (recorded["starts"] is not null)
        {
            await Assert.ThrowsAsync<ConfigurationException>(() => RunningSidecar.StartAsync([RunningSidecar.Component("store", "state.in-memory", ("keyPrefix", prefix!))]));
            return;
        }

        var app = recorded["appId"]?.GetValue<string>() ?? recorded["twoApps"]![0]!.GetValue<string>();
        var found = StateComponent.PrefixOf(prefix, "store", app, recorded["NAMESPACE"]?.GetValue<string>());
        Assert.All(recorded["storedKeys"]!.AsArray(), key => Assert.StartsWith(found, key!.GetValue<string>(), StringComparison.Ordinal));
        Assert.DoesNotContain("|", recorded["storedKeys"]![0]!.GetValue<string>()[found.Length..], StringComparison.Ordinal);
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

    private static string Store(JsonNode recorded) => recorded["store"]!.GetValue<string>()["state.".Length..];

    private static void AssertSecondsToLive(JsonObject recorded, JsonArray rows)
    {
        foreach (var (key, wanted) in recorded)
        {
            var ttl = long.Parse(rows.Single(row => row!["key"]!.GetValue<string>() == key)!["ttl"]!.ToString(), System.Globalization.CultureInfo.InvariantCulture);
            var text = wanted!.GetValue<string>();
            if (text == "none") Assert.Equal(-1, ttl);
            else Assert.InRange(ttl, int.Parse(text["about ".Length..], System.Globalization.CultureInfo.InvariantCulture) - 60, int.Parse(text["about ".Length..], System.Globalization.CultureInfo.InvariantCulture));
        }
    }
}
