using System.Text.Json;

namespace OrderInventory.Bench.Tests;

/// <summary>A command of bench that writes its result as JSON.</summary>
internal static class BenchRun
{
    /// <summary>Runs it to its end; when it could not measure, the test fails with what it said.</summary>
    public static async Task<(int ExitCode, JsonElement Report, string Progress)> JsonAsync(params string[] arguments)
    {
        var (output, progress) = (new StringWriter(), new StringWriter());
        var exitCode = await new CommandLine(output, progress, TimeProvider.System).InvokeAsync([.. arguments, "--json"]);
        Assert.True(exitCode is 0 or 1, progress.ToString());
        return (exitCode, JsonDocument.Parse(output.ToString()).RootElement, progress.ToString());
    }
}
