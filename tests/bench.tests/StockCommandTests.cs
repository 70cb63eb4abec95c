using OrderInventory.Testing;

namespace OrderInventory.Bench.Tests;

/// <summary>The whole command on the real processes; how fast they are is no matter of a test.</summary>
public sealed class StockCommandTests
{
    private static readonly string[] Contestants = ["one product", "20 products", "read-check-save-retry", "one product at half load"];

    [Fact]
    public async Task Stock_ShortRun_WritesFiguresOfWhatAddsUp()
    {
        var (exitCode, report, progress) = await BenchRun.JsonAsync("stock", "--seconds", "1", "--buyers", "8", "--products", "20", "--costs", Path.Combine(Repository.Root, "proof", "costs", "redis.yaml"));

        Assert.Equal(0, exitCode);
        Assert.Equal(("sqlite", 8, 1), (report.GetProperty("store").GetString(), report.GetProperty("buyers").GetInt32(), report.GetProperty("seconds").GetInt32()));
        Assert.True(report.GetProperty("auditPassed").GetBoolean());
        Assert.Empty(report.GetProperty("auditProblems").EnumerateArray());
        var parts = report.GetProperty("parts").EnumerateArray().ToArray();
        Assert.Equal(Contestants, parts.Select(part => part.GetProperty("name").GetString()));
        Assert.All(parts, part =>
        {
            Assert.InRange(part.GetProperty("perSecond").GetDouble(), 0, 1e6);
            Assert.InRange(part.GetProperty("deductions").GetInt64(), 1, 1_000_000);
            Assert.InRange(part.GetProperty("p50Milliseconds").GetDouble(), 0, part.GetProperty("p99Milliseconds").GetDouble());
        });
        Assert.Equal(2, report.GetProperty("targets").GetArrayLength());
        var costs = report.GetProperty("costs");
        Assert.InRange(costs.GetProperty("20 products").GetProperty("save").GetProperty("items").GetDouble(), 1, 3);
        Assert.InRange(costs.GetProperty("read-check-save-retry").GetProperty("save").GetProperty("calls").GetDouble(), 1, 100);
        Assert.Equal(Contestants.Length + 4, progress.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Theory]
    [InlineData("--buyers", "0")]
    [InlineData("--seconds", "a minute")]
    [InlineData("--products", "0")]
    [InlineData("--costs", "paper")]
    [InlineData("--store", "paper")]
    public async Task Stock_OptionOutOfRange_SaysWhichOne(string option, string value)
    {
        var errors = new StringWriter();

        var exitCode = await new CommandLine(new StringWriter(), errors, TimeProvider.System).InvokeAsync(["stock", option, value]);

        Assert.Equal(1, exitCode);
        Assert.Contains(option == "--store" ? value : option, errors.ToString(), StringComparison.Ordinal);
    }
}
