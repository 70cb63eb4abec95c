using System.Text.Json;
using OrderInventory.Testing;

namespace DaprLocal.Tests.Faults;

/// <summary>kill -9 of a workflow's app at one known place: what it had in hand comes again.</summary>
public sealed class WorkerCrashTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("turn", 1, 1)]
    [InlineData("first", 2, 1)]
    [InlineData("second", 1, 2)]
    public async Task Kill9_AppSticksInATurnOrAnActivity_ThatComesAgainWithTheSameKey(string place, int firstRuns, int secondRuns)
    {
        using var processes = await WorkflowProcesses.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(processes.Folder, "stick-" + place), "");
        // The start is answered after the first turn, which does not stick.
        Assert.True(await processes.StartInstanceAsync("StuckWorkflow", "a", 0), processes.Output);
        await Eventually.TrueAsync(() => File.Exists(Path.Combine(processes.Folder, "stuck-" + place)), "the app sticks", Patience.TotalSeconds);

        await processes.KillAsync(WorkflowProcesses.Worker);

        var output = await OrderInventory.Testing.Eventually.GetAsync(() => processes.OutputAsync("a"), output => output is not null, Patience, "the instance has ended");
        var keys = JsonSerializer.Deserialize<string[]>(output!)!;
        Assert.Equal(Enumerable.Repeat(keys[0], firstRuns), await RunsAsync("first"));
        Assert.Equal(Enumerable.Repeat(keys[1], secondRuns), await RunsAsync("second"));
        Assert.NotEqual(keys[0], keys[1]);

        Task<string[]> RunsAsync(string name) => File.ReadAllLinesAsync(Path.Combine(processes.Folder, name + ".runs"));
    }
}
