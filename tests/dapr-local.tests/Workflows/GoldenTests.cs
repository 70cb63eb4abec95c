using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DaprLocal.Tests.Workflows;

/// <summary>Recorded exchanges with daprd 1.18.3, replayed.</summary>
public sealed class GoldenTests
{
    private static readonly string[] Files = ["basics", "activities", "timers", "events", "suspend-terminate", "continue-as-new", "children", "start", "purge-list-rerun", "versions"];

    private static readonly Dictionary<string, string> Different = [];

    public static TheoryData<string, string> Cases()
    {
        var data = new TheoryData<string, string>();
        foreach (var file in Files)
        {
            foreach (var @case in Load(file))
            {
                var name = (string)@case!["name"]!;
                if (!Different.ContainsKey(name)) data.Add(file, name);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Replay_RecordedCase_SameItemsAndAnswers(string file, string name)
    {
        var steps = Load(file).Single(@case => (string?)@case!["name"] == name)!["steps"]!.AsArray();
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
