using DaprLocal.Tests.Api;
using Microsoft.Extensions.Time.Testing;

namespace DaprLocal.Tests.State;

/// <summary>Plays what was recorded from daprd's state API; only what <see cref="StateDifferences"/> lists may differ.</summary>
public sealed class StateGoldenTests
{
    [Theory]
    [InlineData("sqlite-grpc")]
    [InlineData("sqlite-http")]
    [InlineData("in-memory-grpc")]
    [InlineData("in-memory-http")]
    public async Task Play_RecordedCases_AnswersAsDaprd(string file)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        var store = file.StartsWith("sqlite", StringComparison.Ordinal)
            ? RunningSidecar.Component("store", "state.sqlite", ("connectionString", "state.db"))
            : RunningSidecar.Component("store", "state.in-memory");
        await using var sidecar = await RunningSidecar.StartAsync([store], time: time);
        var player = new GoldenPlayer(sidecar, time);
        var differences = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var played = 0;
        foreach (var recorded in Golden.Cases($"state/{file}.json").OrderByDescending(node => node["alone"] is not null))
        {
            played++;
            var name = recorded["name"]!.GetValue<string>();
            if (await player.PlayAsync(recorded) is { } difference) differences[name] = difference;
        }

        Assert.Equal(249, played);
        var known = StateDifferences.Of(file);
        var report = differences.Where(difference => !known.ContainsKey(difference.Key)).Select(difference => $"{difference.Key}: {difference.Value}")
            .Concat(known.Keys.Where(name => !differences.ContainsKey(name)).Select(name => $"{name}: listed as different, but it is not"));
        Assert.True(!report.Any(), string.Join('\n', report));
    }
}
