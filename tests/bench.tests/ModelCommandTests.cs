using System.Text.Json;

namespace OrderInventory.Bench.Tests;

/// <summary>What an order needs of the real Dapr, counted; how fast the model is, is no matter of a test.</summary>
public sealed class ModelCommandTests
{
    // Orders that are decided and not quite finished when a row ends are few beside all of it.
    private const double Tolerance = 0.15;

    [Fact]
    public async Task Model_ShortRun_CountsTheOperationsOfAnOrder()
    {
        var (exitCode, report, _) = await BenchRun.JsonAsync("model", "--clients", "4", "--seconds", "2", "--warm-up", "1");

        Assert.Equal(0, exitCode);
        var rows = report.GetProperty("rows").EnumerateArray().ToArray();
        var (product, usual) = (rows[0], rows[1]);
        Assert.All(rows, row =>
        {
            Assert.Equal(0, row.GetProperty("failed").GetInt64());
            Assert.InRange(row.GetProperty("p50Milliseconds").GetDouble(), 0.001, row.GetProperty("p99Milliseconds").GetDouble());
            Assert.InRange(row.GetProperty("engineMilliseconds").GetDouble(), 0.001, row.GetProperty("milliseconds").GetDouble());
        });
        // Orders share workflows, each with two activities and an event or more; how many orders, depends on the machine.
        var workflows = product.GetProperty("perOrder").GetProperty("workflow").GetProperty("calls").GetDouble();
        Assert.InRange(workflows, 0.1, 1 + Tolerance);
        Assert.InRange(product.GetProperty("perOrder").GetProperty("activity").GetProperty("calls").GetDouble(), 1.5 * workflows, 2 + (2 * Tolerance));
        Assert.InRange(product.GetProperty("perOrder").GetProperty("event").GetProperty("calls").GetDouble(), 0.5 * workflows, 1 + Tolerance);
        Assert.False(product.GetProperty("perOrder").TryGetProperty("timer", out _));
        foreach (var (kind, calls) in new[] { ("workflow", 1), ("activity", 3), ("save", 2), ("get", 1), ("publish", 1) }) Calls(usual, kind, calls);
        foreach (var app in new[] { "order-app", "inventory-app" }) Assert.InRange(product.GetProperty("perOrder").GetProperty(app).GetProperty("milliseconds").GetDouble(), 0.001, 1_000);
        Assert.False(usual.GetProperty("perOrder").TryGetProperty("delivery", out _));

        static void Calls(JsonElement row, string kind, int wanted) =>
            Assert.InRange(row.GetProperty("perOrder").GetProperty(kind).GetProperty("calls").GetDouble(), wanted * (1 - Tolerance), wanted * (1 + Tolerance));
    }

    [Theory]
    [InlineData("--clients", "0")]
    [InlineData("--seconds", "many")]
    [InlineData("--costs", "nowhere.yaml")]
    public async Task Model_WrongOption_SaysWhichOne(string option, string value)
    {
        var errors = new StringWriter();

        var exitCode = await new CommandLine(new StringWriter(), errors, TimeProvider.System).InvokeAsync(["model", option, value]);

        Assert.Equal(1, exitCode);
        Assert.Contains(value == "nowhere.yaml" ? value : option, errors.ToString(), StringComparison.Ordinal);
    }
}
