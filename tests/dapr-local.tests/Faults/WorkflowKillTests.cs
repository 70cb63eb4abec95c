using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using OrderInventory.Testing;

namespace DaprLocal.Tests.Faults;

/// <summary>kill -9 of a workflow's app and of the sidecar, again and again, while many instances run: each ends, and no step has two effects.</summary>
public sealed class WorkflowKillTests
{
    private static readonly int Instances = FullSize.Or(1_000, small: 200);
    private const int Steps = 10;
    private const int LeastKills = 2;
    private const int Seed = 20_260_101;
    private const int Callers = 32;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task Kill9_AgainAndAgain_EveryInstanceEndsAndEveryStepHasOneEffect()
    {
        using var processes = await WorkflowProcesses.StartAsync();
        using var ended = new CancellationTokenSource();
        var kills = new ConcurrentDictionary<string, int> { [WorkflowProcesses.Sidecar] = 0, [WorkflowProcesses.Worker] = 0 };
        var killing = KillAsync(processes, kills, ended.Token);
        var outputs = new ConcurrentDictionary<string, string>();
        var started = 0;
        try
        {
            // A fast machine is through with the first ones before it has seen enough kills.
            for (; started == 0 || kills.Values.Min() < LeastKills; started += Instances)
            {
                await EachAsync(started, id => processes.StartInstanceAsync("StepsWorkflow", id, Steps));
                await EachAsync(started, async id => await processes.OutputAsync(id) is { } output && outputs.TryAdd(id, output));
            }
        }
        catch (Exception error)
        {
            throw new InvalidOperationException(processes.Output, error);
        }
        finally
        {
            await ended.CancelAsync();
        }

        await killing;
        Assert.All(kills, victim => Assert.True(victim.Value >= LeastKills, $"{victim.Key} was killed {victim.Value} times"));
        Assert.Equal(started, outputs.Count);
        Assert.All(outputs, output => Assert.Equal(JsonSerializer.Serialize(Enumerable.Range(0, Steps)), output.Value));
    }

    private static async Task KillAsync(WorkflowProcesses processes, ConcurrentDictionary<string, int> kills, CancellationToken ended)
    {
        var random = new Random(Seed);
        while (!ended.IsCancellationRequested)
        {
            await Task.Delay(random.NextDouble() * LongestPause, TimeProvider.System, CancellationToken.None);
            var victim = random.Next(2) == 0 ? WorkflowProcesses.Sidecar : WorkflowProcesses.Worker;
            await processes.KillAsync(victim);
            kills[victim]++;
        }
    }

    // Repeats for each instance, many at once, what may fail while something is down.
    private static async Task EachAsync(int first, Func<string, Task<bool>> succeeds)
    {
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        await Parallel.ForEachAsync(Enumerable.Range(first, Instances), new ParallelOptions { MaxDegreeOfParallelism = Callers, CancellationToken = limit.Token }, async (number, cancellationToken) =>
        {
            while (!await succeeds(string.Create(CultureInfo.InvariantCulture, $"i{number}"))) await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        });
    }
}
