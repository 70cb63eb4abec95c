using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using DaprLocal.Config;
using DaprLocal.Tests.Api;
using Microsoft.Extensions.Time.Testing;
using Xunit.Abstractions;
using static DaprLocal.Tests.Workflows.EngineCalls;

namespace DaprLocal.Tests.Workflows;

/// <summary>Recorded exchanges with daprd 1.18.3, replayed.</summary>
public sealed class GoldenTests(ITestOutputHelper output)
{
    /// <summary>Settings of the cases that were recorded with some.</summary>
    private static readonly Dictionary<string, Func<SidecarOptions, SidecarOptions>> Settings = new()
    {
        ["api-token"] = options => options with { ApiToken = "secret-token" },
        ["concurrency-limits"] = options => options with { Workflows = WorkflowSettings.Default with { MaxTurns = 1, MaxActivities = 1 } },
        ["max-body-size"] = options => options with { MaxBodySize = 16 * 1024 * 1024 },
        ["retention"] = options => options with { Workflows = WorkflowSettings.Default with { Retention = new WorkflowRetention(TimeSpan.FromSeconds(2), null, null, null) } },
    };

    [Theory]
    [InlineData("basics", 22)]
    [InlineData("activities", 15)]
    [InlineData("timers", 8)]
    [InlineData("events", 14)]
    [InlineData("suspend-terminate", 16)]
    [InlineData("continue-as-new", 13)]
    [InlineData("children", 13)]
    [InlineData("start", 21)]
    [InlineData("purge-list-rerun", 22)]
    [InlineData("versions", 5)]
    [InlineData("http", 13)]
    [InlineData("configurations", 6)]
    [InlineData("limits", 8)]
    [InlineData("crash", 10)]
    [InlineData("worker", 18)]
    [InlineData("storage", 7)]
    [InlineData("sdk-python", 25)]
    public async Task Replay_RecordedCases_SameItemsAndAnswers(string file, int count)
    {
        var wrong = new ConcurrentBag<string>();
        var cases = Golden.Cases($"workflow/{file}.json").Select(@case => @case.AsObject()).ToArray();
        await Parallel.ForEachAsync(cases, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (@case, _) =>
        {
            var name = (string)@case["name"]!;
            var difference = await DifferenceAsync(name, @case["steps"]!.AsArray());
            var reason = WorkflowDifferences.Known.GetValueOrDefault(name);
            if (reason is not null) output.WriteLine($"- {name}: {reason}");
            if (difference is not null && reason is null) wrong.Add($"## {name}: {difference}");
            if (difference is null && reason is not null) wrong.Add($"## {name}: listed as different, but it is not");
        });

        Assert.Equal(count, cases.Length);
        Assert.True(wrong.IsEmpty, string.Join('\n', wrong));
    }

    private static async Task<string?> DifferenceAsync(string name, JsonArray steps)
    {
        try
        {
            await using var host = new GoldenHost(Settings.GetValueOrDefault(name) ?? (unchanged => unchanged), new FakeTimeProvider(Noon));
            await host.StartAsync();
            // The recorded worker had no token.
            if (host.Sidecar.Options.ApiToken is null) await host.WorkerAsync();
            // What is known to differ often differs by something that does not come.
            var patience = TimeSpan.FromSeconds(WorkflowDifferences.Known.ContainsKey(name) ? 1 : 5);
            await new GoldenPlayer(host, patience).PlayAsync(steps);
            return null;
        }
        catch (Exception error)
        {
            return $"{error.Message} {error.InnerException?.Message}";
        }
    }
}
