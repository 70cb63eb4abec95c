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
        ["max-body-size"] = options => options with { MaxBodySize = 16 * 1024 * 1024 },
        ["retention"] = options => options with { Retention = new WorkflowRetention(TimeSpan.FromSeconds(2), null, null, null) },
    };

    [Theory]
    [InlineData("basics")]
    [InlineData("activities")]
    [InlineData("timers")]
    [InlineData("events")]
    [InlineData("suspend-terminate")]
    [InlineData("continue-as-new")]
    [InlineData("children")]
    [InlineData("start")]
    [InlineData("purge-list")]
    [InlineData("versions")]
    [InlineData("configurations")]
    [InlineData("limits")]
    [InlineData("crash")]
    [InlineData("worker")]
    [InlineData("storage")]
    [InlineData("sdk-python")]
    public async Task Replay_RecordedCases_SameItemsAndAnswers(string file)
    {
        var report = new DifferenceReport("workflow/" + file);
        await Parallel.ForEachAsync(Golden.Cases($"workflow/{file}.json"), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (recorded, _) =>
        {
            var name = (string)recorded["name"]!;
            // What is known to differ often differs by something that does not come.
            report.Add(name, await DifferenceAsync(name, recorded["steps"]!.AsArray(), TimeSpan.FromSeconds(report.IsListed(name) ? 2 : 5)));
        });

        report.Check(output);
    }

    private static async Task<string?> DifferenceAsync(string name, JsonArray steps, TimeSpan patience)
    {
        try
        {
            await using var host = new GoldenHost(Settings.GetValueOrDefault(name) ?? (unchanged => unchanged), new FakeTimeProvider(Noon));
            await host.StartAsync();
            // The recorded worker had no token.
            if (host.Sidecar.Options.ApiToken is null) await host.WorkerAsync();
            await new GoldenPlayer(host, patience).PlayAsync(steps);
            return null;
        }
        catch (Exception error)
        {
            return $"{error.Message} {error.InnerException?.Message}";
        }
    }
}
