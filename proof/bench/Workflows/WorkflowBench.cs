using System.Globalization;
using OrderInventory.Bench.Load;

namespace OrderInventory.Bench.Workflows;

/// <summary>The measurement of whole workflows, at one number of callers after the other.</summary>
internal sealed class WorkflowBench(WorkflowSystem system, TimeSpan measured, TextWriter progress, TimeProvider time)
{
    private const double EventsPerSecondWanted = 100_000;

    // Ten times the events may take this much more time for each of them.
    private const double GrowthWanted = 3;

    // A part of each row in which what is compiled or connected anew does not count.
    private const double WarmUpShare = 0.25;
    private static readonly int[] CallerCounts = [1, 10, 100, 350];

    public async Task<WorkflowReport> RunAsync(IReadOnlyList<ReplayRow> replay, CancellationToken cancellationToken)
    {
        var rows = new List<WorkflowRow>();
        foreach (var callers in CallerCounts)
        {
            await progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"workflows of 5 activities, {callers} callers"));
            var measure = new Measure();
            await ClosedLoop.RunAsync(callers, WarmUpShare * measured, measured, _ => () => system.RunOneAsync(time.GetUtcNow()), measure, time, cancellationToken);
            rows.Add(new WorkflowRow(callers, Math.Round(measure.PerSecond, 1), measure.Milliseconds(50), measure.Milliseconds(99), measure.Done, measure.Done - measure.Succeeded));
        }

        var longest = replay[^1];
        var shortest = replay.First(row => row.Events >= 100);
        return new WorkflowReport
        {
            Cores = Environment.ProcessorCount,
            Replay = replay,
            Workflows = rows,
            Targets =
            [
                Target.AtLeast($"events/s replayed of a history of {longest.Events}", longest.EventsPerSecond, EventsPerSecondWanted),
                Target.AtMost($"time for an event, of {longest.Events} / of {shortest.Events}", Math.Round(shortest.EventsPerSecond / longest.EventsPerSecond, 2), GrowthWanted),
            ],
        };
    }
}
