using System.Text.Json;

namespace OrderInventory.Bench.Tests;

/// <summary>The whole command on a real dapr-local; how fast it is, is no matter of a test.</summary>
public sealed class WorkflowCommandTests
{
    [Fact]
    public async Task Workflow_ShortRun_ReplaysAndRunsWithoutAFailure()
    {
        var output = new StringWriter();

        var exitCode = await new CommandLine(output, new StringWriter(), TimeProvider.System).InvokeAsync(["workflow", "--seconds", "1", "--json"]);

        Assert.Equal(0, exitCode);
        var report = JsonDocument.Parse(output.ToString()).RootElement;
        Assert.Equal([2, 101, 1001, 5000, 10001], report.GetProperty("replay").EnumerateArray().Select(row => row.GetProperty("events").GetInt32()));
        Assert.All(report.GetProperty("replay").EnumerateArray(), row => Assert.InRange(row.GetProperty("eventsPerSecond").GetDouble(), 1, 1e9));
        Assert.Equal([1, 10, 100, 350], report.GetProperty("workflows").EnumerateArray().Select(row => row.GetProperty("callers").GetInt32()));
        Assert.All(report.GetProperty("workflows").EnumerateArray(), row =>
        {
            Assert.Equal(0, row.GetProperty("failed").GetInt32());
            Assert.InRange(row.GetProperty("ended").GetInt64(), row.GetProperty("callers").GetInt32(), 1_000_000);
        });
    }
}
