using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;

namespace DaprLocal.Tests.Workflows;

/// <summary>Recorded exchanges with daprd 1.18.3, replayed.</summary>
public sealed class GoldenTests
{
    private static readonly string[] Files = ["basics", "activities", "timers", "events", "suspend-terminate", "continue-as-new", "children", "start", "purge-list-rerun", "versions"];

    private static readonly Dictionary<string, string> Different = new()
    {
        ["completed-with-status-running"] = "daprd leaves an instance that can never end; here it fails",
        ["completed-with-stalled"] = "daprd takes it as a completion that never ends; here it is a stall",
        ["send-event-action"] = "daprd repeats the turn for ever; here the workflow fails",
        ["terminate-action"] = "daprd repeats the turn for ever; here the workflow fails",
        ["detached"] = "daprd repeats the turn for ever; here the workflow fails",
        ["other-app-router"] = "daprd repeats a half-applied turn; here the task fails",
        ["stragglers"] = "daprd lets an old result resolve a task of the new generation",
        ["tight-loop"] = "recorded as timings; EngineTests has it",
        ["ten-activities"] = "which results share a turn is a matter of timing",
        ["list-ids"] = "recorded as a summary; EngineTests has it",
        ["list-with-bars"] = "daprd cannot list once an id contains bars",
        ["odd-ids"] = "daprd's reminder names refuse some ids",
        ["purge-and-start-again-same-execution-id"] = "daprd swallows the activity",
        ["purge-while-turn-is-out"] = "after it daprd refuses or blocks the next start",
        ["purge-with-open-timer"] = "daprd refuses the start after a forced purge",
        ["purge-with-open-activity"] = "daprd swallows the activity",
        ["recreate-with-open-activity"] = "daprd shows an old result to the new run",
        ["straggler-without-new-task"] = "daprd shows an old result to the new generation, then strips it",
        ["traceparent-metadata"] = "recorded with the call after its effects; EngineTests has it",
        ["bad-trace-context"] = "recorded without the values; EngineTests has it",
        ["big-output"] = "daprd answers GetInstance with a torn read",
        ["patch-mismatch"] = "needs a second worker; EngineTests has it",
        ["timer-origins"] = "daprd fires timers that are due together one by one",
        ["rerun-activity"] = "daprd moves scheduled events",
        ["rerun-fired-timer-before"] = "daprd fires a fired timer again",
        ["rerun-child"] = "daprd leaves out the parent's execution id",
    };

    public static TheoryData<string> Recordings() => [.. Files];

    [Theory]
    [MemberData(nameof(Recordings))]
    public async Task Replay_RecordedCases_SameItemsAndAnswers(string file)
    {
        var failures = new ConcurrentBag<string>();
        var cases = Load(file).Select(@case => @case!.AsObject()).Where(@case => !Different.ContainsKey((string)@case["name"]!));
        await Parallel.ForEachAsync(cases, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (@case, _) =>
        {
            try
            {
                await PlayAsync(@case["steps"]!.AsArray());
            }
            catch (Exception error)
            {
                failures.Add($"## {@case["name"]}: {error.Message} {error.InnerException?.Message}");
            }
        });
        Assert.True(failures.IsEmpty, string.Join('\n', failures));
    }

    private static async Task PlayAsync(JsonArray steps)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero));
        await using var host = await EngineHost.StartAsync(EngineHost.NewPath(), time);
        await using var worker = await ScriptedWorker.ConnectAsync(host.Client);
        await new GoldenPlayer(host, worker, time).PlayAsync(steps);
    }

    private static JsonArray Load(string file)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "OrderInventory.sln"))) folder = folder.Parent;
        return JsonNode.Parse(File.ReadAllText(Path.Combine(folder.FullName, "tests", "conformance", "golden", "workflow", file + ".json")))!["cases"]!.AsArray();
    }
}
