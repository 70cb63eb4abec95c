using System.Text.Json;

namespace OrderInventory.Bench.Tests;

/// <summary>A few of the kills that the command makes a hundred of, on the embedded components and on servers of its own.</summary>
public sealed class ChaosCommandTests
{
    [Theory]
    [MemberData(nameof(Systems))]
    public async Task Chaos_FewKills_ViolatesNothing(string components, int kills)
    {
        var (output, progress) = (new StringWriter(), new StringWriter());

        var exitCode = await new CommandLine(output, progress, TimeProvider.System).InvokeAsync(
            ["chaos", "--components", components, "--kills", $"{kills}", "--pause", "1", "--rate", "30", "--seed", "12", "--json"]);

        Assert.True(exitCode is 0 or 1, progress.ToString());
        var report = JsonDocument.Parse(output.ToString()).RootElement;
        Assert.Empty(report.GetProperty("findings").EnumerateArray());
        Assert.Equal(kills, report.GetProperty("kills").GetArrayLength());
        // With this seed, in either system.
        Assert.Contains("with a torn write", progress.ToString(), StringComparison.Ordinal);
        Assert.InRange(report.GetProperty("auditedOrders").GetInt64(), 1, 1_000_000);
    }

    // The servers of the second are started by eng/servers, where there is a Kafka for it.
    public static TheoryData<string, int> Systems() => Environment.GetEnvironmentVariable("OI_KAFKA") is { Length: > 0 } ? new() { { "local", 6 }, { "kafka-postgres", 6 } } : new() { { "local", 6 } };

    [Theory]
    [InlineData("--kills", "0")]
    [InlineData("--pause", "long")]
    public async Task Chaos_OptionOutOfRange_SaysWhichOne(string option, string value)
    {
        var errors = new StringWriter();

        var exitCode = await new CommandLine(new StringWriter(), errors, TimeProvider.System).InvokeAsync(["chaos", option, value]);

        Assert.Equal(1, exitCode);
        Assert.Contains(option, errors.ToString(), StringComparison.Ordinal);
    }
}
