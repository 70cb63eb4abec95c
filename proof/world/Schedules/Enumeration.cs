using OrderInventory.Proof.Scenarios;
using OrderInventory.Proof.Simulation;

namespace OrderInventory.Proof.Schedules;

/// <summary>
/// Every schedule of a scenario with at most so many faults. The harness finds them itself: the steps of a run say what
/// can go wrong with them, and up to its last fault a schedule runs as the one without that fault.
/// </summary>
/// <param name="MaxFaults">0 to 2.</param>
/// <param name="Share">Which part of the schedules with a fault; parts of the same enumeration together are all of it.</param>
/// <param name="Shares">In how many parts the work is divided.</param>
internal sealed record Enumeration(int MaxFaults, int Share = 0, int Shares = 1)
{
    /// <summary>Runs the schedules and hands over each result.</summary>
    public async IAsyncEnumerable<Result> RunAsync(Scenario scenario)
    {
        var clean = await scenario.RunAsync(Schedule.Clean);
        if (Share == 0) yield return clean;
        var number = 0;
        foreach (var first in MaxFaults == 0 ? [] : Further(clean))
        {
            if (number++ % Shares != Share) continue;
            var once = await scenario.RunAsync(first);
            yield return once;
            if (MaxFaults == 1) continue;
            foreach (var second in Further(once)) yield return await scenario.RunAsync(second);
        }
    }

    /// <summary>The schedules with one fault more, at a step after the last one.</summary>
    private static IEnumerable<Schedule> Further(Result result)
    {
        var last = result.Schedule.Faults.IsEmpty ? -1 : result.Schedule.Faults.Keys.Last();
        return result.Story.Skip(last + 1).SelectMany(step => step.Faults.Select(fault => result.Schedule.With(step.Number, fault)));
    }
}
