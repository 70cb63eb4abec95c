using System.Text.Json.Nodes;
using DaprLocal.Tests.Api;
using Xunit.Abstractions;

namespace DaprLocal.Tests.State;

/// <summary>Plays what was recorded from daprd's state API; only what <see cref="Differences"/> lists may differ.</summary>
public sealed class StateGoldenTests(ITestOutputHelper output)
{
    private const int Together = 16;

    public static TheoryData<string, string> Files
    {
        get
        {
            var files = new TheoryData<string, string>();
            foreach (var store in TestedSidecar.Stores)
            {
                files.Add(store, "grpc");
                files.Add(store, "http");
            }

            return files;
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Play_RecordedCases_AnswersAsDaprd(string store, string api)
    {
        await using var sidecar = await TestedSidecar.StartAsync(store);
        var cases = Golden.Cases($"state/{store}-{api}.json").ToList();
        var report = new DifferenceReport($"{store}-{api}");
        foreach (var recorded in cases.Where(IsAlone)) await PlayAsync(recorded);
        await Parallel.ForEachAsync(
            cases.Where(recorded => !IsAlone(recorded)),
            new ParallelOptions { MaxDegreeOfParallelism = sidecar.IsParallel ? Together : 1 },
            async (recorded, _) => await PlayAsync(recorded));

        Assert.True(cases.Count > 150);
        report.Check(output);

        async Task PlayAsync(JsonNode recorded) => report.Add((string)recorded["name"]!, await sidecar.Player.PlayAsync(recorded));
    }

    [Fact]
    public async Task Play_NoStateStore_AnswersAsDaprd()
    {
        await using var sidecar = await RunningSidecar.StartAsync([]);
        var player = new GoldenPlayer(sidecar, new());
        foreach (var recorded in Golden.Cases("state/no-store.json")) Assert.Null(await player.PlayAsync(recorded));
    }

    private static bool IsAlone(JsonNode recorded) => recorded["alone"] is not null;
}
