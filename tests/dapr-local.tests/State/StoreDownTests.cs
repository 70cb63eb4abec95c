using System.Diagnostics;
using System.Text.Json.Nodes;
using DaprLocal.Tests.Api;
using Microsoft.Data.Sqlite;
using OrderInventory.Testing.Processes;

namespace DaprLocal.Tests.State;

/// <summary>Plays what daprd answered while its store was away: every operation at once, step by step with what happens to the store.</summary>
public sealed class StoreDownTests
{
    // daprd's longest own deadline is 20 s; what waits as long as its caller is not played.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(25);

    public static TheoryData<string, string> Outages
    {
        get
        {
            var outages = new TheoryData<string, string> { { "sqlite", "locked" } };
            foreach (var store in Stores.Here.Where(store => store is "postgresql" or "redis"))
            {
                outages.Add(store, "killed");
                outages.Add(store, "frozen");
            }

            return outages;
        }
    }

    [Theory]
    [MemberData(nameof(Outages))]
    public async Task Play_StoreIsAway_AnswersAsDaprd(string store, string outage)
    {
        await using var servers = store == "sqlite" ? null : await OwnServers.StartAsync(tls: false, Stores.ServerOf(store));
        await using var sidecar = await RunningSidecar.StartAsync([servers is null ? await Stores.NewAsync(store) : Stores.On(servers, store)]);
        var player = new GoldenPlayer(sidecar.Options.HttpPort, sidecar.Calls, pause => Task.Delay(pause, TimeProvider.System));
        var cases = Cases(store, outage).Select(recorded => (Name: recorded["name"]!.GetValue<string>(), Phases: Phases(recorded), Match: GoldenPlayer.NewMatch())).ToList();
        Assert.NotEmpty(cases);
        SqliteConnection? locker = null;
        foreach (var phase in cases[0].Phases.Select(phase => phase.Store))
        {
            switch (phase)
            {
                case "killed: the first calls": await servers!.KillAsync(Stores.ServerOf(store)); break;
                case "read after it is back": await servers!.StartAgainAsync(Stores.ServerOf(store)); break;
                case "frozen (SIGSTOP)": await servers!.FreezeAsync(Stores.ServerOf(store)); break;
                case "goes on (SIGCONT), 1 s later": await servers!.ThawAsync(Stores.ServerOf(store)); break;
                case "locked": locker = Lock(Path.Combine(sidecar.Directory, "state.db")); break;
                case "free again": locker!.Dispose(); break;
            }

            // What was sent to a frozen store may or may not be applied when it goes on.
            if (phase.StartsWith("goes on", StringComparison.Ordinal)) break;
            var clock = Stopwatch.StartNew();
            var answers = await Task.WhenAll(cases.Select(async recorded =>
            {
                var steps = recorded.Phases.Single(candidate => candidate.Store == phase).Steps;
                return await player.PlayAsync(steps, recorded.Match) is { } difference ? $"{recorded.Name}, {phase}: {difference}" : null;
            }));
            Assert.True(answers.All(answer => answer is null), string.Join('\n', answers.OfType<string>()));
            Assert.True(clock.Elapsed < LongestWait, $"{phase}: {clock.Elapsed}");
        }

        // It goes on by itself, whatever happened.
        Assert.Equal(204, (await sidecar.HttpAsync("POST", "/v1.0/state/store", "[{\"key\":\"after\",\"value\":1}]"u8.ToArray())).Status);
        Assert.Equal("1", (await sidecar.HttpAsync("GET", "/v1.0/state/store/after")).Text);
    }

    private static IEnumerable<JsonNode> Cases(string store, string outage) => Golden.Cases("state/store-down.json")
        .Where(node => ((string)node["name"]!).StartsWith(outage == "killed" ? store + "_" : $"{store}_{outage}_", StringComparison.Ordinal))
        .Where(node => outage != "killed" || !((string)node["name"]!).Contains("_frozen_", StringComparison.Ordinal));

    // A step that says what happens to the store begins a phase.
    private static List<(string Store, List<JsonNode?> Steps)> Phases(JsonNode recorded)
    {
        var phases = new List<(string Store, List<JsonNode?> Steps)> { ("there", []) };
        foreach (var step in recorded["steps"]!.AsArray())
        {
            if (step!["store"] is { } store) phases.Add((store.GetValue<string>(), []));
            else phases[^1].Steps.Add(step);
        }

        return phases;
    }

    private static SqliteConnection Lock(string file)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "BEGIN IMMEDIATE";
        command.ExecuteNonQuery();
        return connection;
    }
}
