using System.Diagnostics;
using OrderInventory.Testing;

namespace OrderInventory.Bench.Tests;

/// <summary>What a command needs and does not find is said in one line, with exit code 2 and not that of a violation.</summary>
public sealed class BrokenSurroundingsTests
{
    [Theory]
    [InlineData("OI_REDIS", "127.0.0.1:1", "cannot connect to Redis at 127.0.0.1:1", "prove", "--faults", "1", "--store", "redis")]
    [InlineData("OI_KAFKA_HOME", "/nowhere", "eng/servers", "load", "--kills", "1", "--components", "kafka-redis")]
    public async Task Command_WithoutWhatItNeeds_SaysWhat(string variable, string value, string said, params string[] arguments)
    {
        using var bench = Process.Start(new ProcessStartInfo("dotnet", [Repository.Built("bench"), .. arguments]) { RedirectStandardError = true, RedirectStandardOutput = true, Environment = { [variable] = value } })!;
        var output = bench.StandardOutput.ReadToEndAsync();
        var errors = await bench.StandardError.ReadToEndAsync() + await output;

        await bench.WaitForExitAsync();

        Assert.Equal(2, bench.ExitCode);
        Assert.Contains(said, errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }
}
