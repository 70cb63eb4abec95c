namespace OrderInventory.Bench.Tests;

/// <summary>
/// The same clients and kills on the product and on the naive app: the judge finds nothing with the one and something with
/// the other, so it is no judge that is content with everything.
/// </summary>
public sealed class CompareCommandTests
{
    [Fact]
    public async Task Compare_ShortRun_FindsViolationsOfTheNaiveAppAlone()
    {
        var (exitCode, report, _) = await BenchRun.JsonAsync("compare", "--clients", "16", "--seconds", "2", "--products", "3", "--kill", "1");

        var (product, naive) = (report.GetProperty("contestants")[0], report.GetProperty("contestants")[1]);
        Assert.Empty(product.GetProperty("examples").EnumerateArray());
        Assert.Equal(0, exitCode);
        // Its clients give up and ask again while the first request is at work: a key that is looked up and written later is used twice.
        Assert.InRange(naive.GetProperty("violations").GetProperty("I3").GetInt32(), 1, int.MaxValue);
        foreach (var contestant in new[] { product, naive })
        {
            Assert.InRange(contestant.GetProperty("orders").GetInt64(), 1, 1_000_000);
            Assert.InRange(contestant.GetProperty("p50").GetDouble(), 0, contestant.GetProperty("p99").GetDouble());
        }
    }

    [Theory]
    [InlineData("--clients", "0")]
    [InlineData("--kill", "often")]
    public async Task Compare_OptionOutOfRange_SaysWhichOne(string option, string value)
    {
        var errors = new StringWriter();

        var exitCode = await new CommandLine(new StringWriter(), errors, TimeProvider.System).InvokeAsync(["compare", option, value]);

        Assert.Equal(1, exitCode);
        Assert.Contains(option, errors.ToString(), StringComparison.Ordinal);
    }
}
