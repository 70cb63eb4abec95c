using System.Text.Json;

namespace OrderInventory.Bench.Tests;

/// <summary>The whole command on a real dapr-local; how fast it is, is no matter of a test.</summary>
public sealed class SidecarCommandTests
{
    [Fact]
    public async Task Sidecar_ShortRun_MeasuresEveryBlockWithoutAFailure()
    {
        var output = new StringWriter();

        var exitCode = await new CommandLine(output, new StringWriter(), TimeProvider.System).InvokeAsync(["sidecar", "--seconds", "1", "--callers", "2", "--json"]);

        Assert.Equal(0, exitCode);
        var report = JsonDocument.Parse(output.ToString()).RootElement;
        var rows = report.GetProperty("rows").EnumerateArray().ToArray();
        string[] embedded = ["get state-in-memory", "get, then save with its ETag state-in-memory", "get state-sqlite", "get, then save with its ETag state-sqlite", "publish to delivered pubsub-in-memory", "publish to delivered pubsub-sqlite", "invoke over HTTP "];
        Assert.Subset(rows.Select(row => $"{row.GetProperty("operation")} {row.GetProperty("component")}").ToHashSet(), embedded.ToHashSet());
        Assert.All(rows, row =>
        {
            Assert.Equal((2, 0), (row.GetProperty("callers").GetInt32(), row.GetProperty("failed").GetInt32()));
            Assert.InRange(row.GetProperty("perSecond").GetDouble(), 1, 1e7);
            Assert.InRange(row.GetProperty("p50Milliseconds").GetDouble(), 0.001, row.GetProperty("p99Milliseconds").GetDouble());
        });
        Assert.Equal(8, rows.Select(row => row.GetProperty("component").GetString()).Distinct().Count() + report.GetProperty("notMeasured").GetArrayLength());
    }

    [Theory]
    [InlineData("--callers", "0")]
    [InlineData("--callers", "many")]
    [InlineData("--seconds", "0")]
    public async Task Sidecar_OptionOutOfRange_SaysWhichOne(string option, string value)
    {
        var errors = new StringWriter();

        Assert.Equal(1, await new CommandLine(new StringWriter(), errors, TimeProvider.System).InvokeAsync(["sidecar", option, value]));

        Assert.Contains(option, errors.ToString(), StringComparison.Ordinal);
    }
}
