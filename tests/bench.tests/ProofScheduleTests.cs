using System.Text.Json;
using OrderInventory.Testing;
using OrderInventory.Testing.Processes;

namespace OrderInventory.Bench.Tests;

/// <summary>One schedule of the proof, as somebody runs it who was shown its story.</summary>
public sealed class ProofScheduleTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Schedule_RunTwice_TellsTheSameStory()
    {
        var first = await RunAsync("world", "--scenario", "order", "--schedule", "8:AppliedButError,40:CrashAfter");
        var second = await RunAsync("world", "--scenario", "order", "--schedule", "8:AppliedButError,40:CrashAfter");

        Assert.Equal(0, first.ExitCode);
        Assert.Contains("<-- CrashAfter", first.Output);
        Assert.Contains("<-- AppliedButError", first.Output);
        Assert.Equal(first, second);
    }

    [Fact]
    public async Task Schedule_OfAMutant_TellsWhatIsViolated()
    {
        var (exitCode, output) = await RunAsync("world.mutants", "--mutant", "id-without-key", "--scenario", "order", "--schedule", "0:Twice");

        Assert.Equal(1, exitCode);
        Assert.Contains("! I3: key-of-ann of ann has 2 orders", output);
    }

    [Fact]
    public async Task TwoFaults_ThatGoOnAsOthersDo_AreLeftOut()
    {
        var (exitCode, output) = await RunAsync("world", "--scenario", "order", "--faults", "2", "--share", "0/60", "--json");

        using var result = JsonDocument.Parse(output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]);
        Assert.Equal(0, exitCode);
        Assert.InRange(result.RootElement.GetProperty("alike").GetInt32(), 1, int.MaxValue);
        Assert.InRange(result.RootElement.GetProperty("schedules").GetInt32(), result.RootElement.GetProperty("steps").GetInt32(), int.MaxValue);
    }

    [Theory]
    [InlineData("--schedule", "5000:CrashAfter", 1, "there is no step 5000")]
    [InlineData("--schedule", "0:Conflict", 1, "step 0 cannot have the fault Conflict")]
    [InlineData("--schedule", "rubbish", 2, "--schedule is a list such as")]
    [InlineData("--share", "2/2", 2, "--share is I/N")]
    [InlineData("--faults", "3", 2, "--faults is 0, 1 or 2.")]
    [InlineData("--until", "never", 2, "'never'")]
    [InlineData("--scenario", "nothing", 2, "'nothing'")]
    [InlineData("--mutant", "check-then-act", 2, "'--mutant'")] // the build of the apps as they are has none
    public async Task Option_ThatMeansNothing_IsRefused(string option, string value, int exitCode, string error)
    {
        var run = await RunAsync("world", ["--scenario", "order", option, value]);

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(error, run.Output);
    }

    [Fact]
    public async Task Mutant_ThatDoesNotExist_IsRefused()
    {
        var (exitCode, output) = await RunAsync("world.mutants", "--mutant", "nothing");

        Assert.Equal(2, exitCode);
        Assert.Contains("'check-then-act'", output);
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string project, params string[] arguments)
    {
        using var process = ServerProcess.Start(Repository.Built(project, "world"), arguments, Repository.Root);
        return (await process.EndAsync(Limit), process.Output);
    }
}
