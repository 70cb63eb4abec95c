namespace OrderInventory.Bench.Tests;

/// <summary>The whole command on the real processes; how fast it is, is no matter of a test.</summary>
public sealed class GrowthCommandTests
{
    [Fact]
    public async Task Orders_ShortRun_MeasuresEveryRowAndViolatesNothing()
    {
        var (exitCode, report, _) = await BenchRun.JsonAsync("orders", "--seconds", "1", "--warm-up", "0", "--clients", "8", "--products", "2", "--earlier", "600", "20");

        Assert.Empty(report.GetProperty("findings").EnumerateArray());
        Assert.Equal(0, exitCode);
        var rows = report.GetProperty("rows").EnumerateArray().ToArray();
        Assert.Equal(
            [("clients", 8, 100, 0), ("products", 64, 2, 0), ("earlier orders", 64, 100, 0), ("earlier orders", 64, 100, 20), ("earlier orders", 64, 100, 600)],
            rows.Select(row => (row.GetProperty("growing").GetString()!, row.GetProperty("clients").GetInt32(), row.GetProperty("products").GetInt32(), row.GetProperty("earlier").GetInt32())));
        Assert.All(rows.Append(report.GetProperty("post")), row =>
        {
            Assert.Equal(0, row.GetProperty("failed").GetInt64());
            // On a busy machine none may be decided within the second of its row; its latency counts all the same.
            Assert.InRange(row.GetProperty("perSecond").GetDouble(), 0, 1e6);
            Assert.InRange(row.GetProperty("p50Milliseconds").GetDouble(), 0.001, row.GetProperty("p99Milliseconds").GetDouble());
        });
        Assert.Contains(rows, row => row.GetProperty("perSecond").GetDouble() > 0);
        // Those that were placed, not the copies that were stored beside them.
        Assert.InRange(report.GetProperty("auditedOrders").GetInt64(), 10, 100_000);
        Assert.Equal(3, report.GetProperty("targets").GetArrayLength());
    }

    [Theory]
    [InlineData(30, 20, 1.5)]
    [InlineData(1, 3, 0.33)]
    [InlineData(0, 3, 0)]
    [InlineData(30, 0, 0)]
    public void Ratio_WithNothingToCompareWith_IsStillANumber(double one, double other, double ratio) => Assert.Equal(ratio, Target.Ratio(one, other));

    [Theory]
    [InlineData("--clients", "0")]
    [InlineData("--products", "many")]
    [InlineData("--earlier", "-1")]
    [InlineData("--warm-up", "-1")]
    public async Task Orders_OptionOutOfRange_SaysWhichOne(string option, string value)
    {
        var errors = new StringWriter();

        var exitCode = await new CommandLine(new StringWriter(), errors, TimeProvider.System).InvokeAsync(["orders", option, value]);

        Assert.Equal(1, exitCode);
        Assert.Contains(option, errors.ToString(), StringComparison.Ordinal);
    }
}
