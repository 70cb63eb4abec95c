using System.Security.Cryptography;
using System.Text;
using OrderInventory.Proof.Scenarios;
using OrderInventory.Proof.Simulation;

namespace OrderInventory.Proof.Schedules;

/// <summary>
/// Every schedule of a scenario with at most so many faults. The harness finds them itself: the steps of a run say what
/// can go wrong with them, and up to its last fault a schedule runs as the one without that fault. A second fault is left
/// out where another run stood in the same situation and went on with the same steps: it would go on as it did there.
/// One in a hundred of those left out is run all the same, to see that it does.
/// </summary>
/// <param name="MaxFaults">0 to 2.</param>
/// <param name="Share">Which part of the schedules with a fault; parts of the same enumeration together are all of it.</param>
/// <param name="Shares">In how many parts the work is divided.</param>
/// <param name="Likely">The kind of fault whose schedules come first; null: all in the order of their steps.</param>
internal sealed record Enumeration(int MaxFaults, int Share = 0, int Shares = 1, Fault? Likely = null)
{
    private const int Checked = 100;

    private readonly Dictionary<string, Place> _tried = [];

    /// <summary>Schedules that were left out.</summary>
    public int Alike { get; private set; }

    /// <summary>Runs the schedules and hands over each result.</summary>
    public async IAsyncEnumerable<Result> RunAsync(Scenario scenario)
    {
        var clean = await scenario.RunAsync(Schedule.Clean, isFollowed: MaxFaults > 1);
        if (Share == 0) yield return clean;
        if (MaxFaults == 0) yield break;
        // All steps of the clean run are known before the first fault; the faults of one step are seldom far apart.
        foreach (var first in Places(clean).ToArray().Where((_, i) => i % Shares == Share).SelectMany(place => place.Schedules).OrderByDescending(schedule => schedule.Faults.Values.Last() == Likely))
        {
            var once = await scenario.RunAsync(first, isFollowed: MaxFaults > 1);
            yield return once;
            if (MaxFaults == 1) continue;
            foreach (var place in Places(once))
            {
                foreach (var second in place.Schedules)
                {
                    if (place.Like is null) yield return await scenario.RunAsync(second);
                    else if (++Alike % Checked == 0) yield return await CheckAsync(scenario, second, place.Like);
                }
            }
        }
    }

    /// <summary>The steps after the last fault that can go wrong.</summary>
    private IEnumerable<Place> Places(Result result)
    {
        var last = result.Schedule.Faults.IsEmpty ? -1 : result.Schedule.Faults.Keys.Last();
        foreach (var step in result.Story.Skip(last + 1).Where(step => step.Faults.Count > 0))
        {
            // It is kept; its text is not worth the memory.
            var place = new Place(result.Schedule, step with { Situation = null });
            if (step.Situation is { } situation)
            {
                var key = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Situation.Named(situation + "\n" + Rest(result, step.Number)))));
                if (!_tried.TryAdd(key, place)) place = place with { Like = _tried[key] };
            }

            yield return place;
        }
    }

    /// <summary>Runs a schedule that was taken to be like another one.</summary>
    private static async Task<Result> CheckAsync(Scenario scenario, Schedule schedule, Place like)
    {
        var (step, fault) = schedule.Faults.Last();
        var result = await scenario.RunAsync(schedule);
        var other = await scenario.RunAsync(like.Schedule.With(like.Step.Number, fault));
        var (rest, expected) = (Situation.Named(Rest(result, step)).Split('\n'), Situation.Named(Rest(other, like.Step.Number)).Split('\n'));
        if (rest.SequenceEqual(expected)) return result;
        var difference = Enumerable.Range(0, int.MaxValue).First(i => rest.ElementAtOrDefault(i) != expected.ElementAtOrDefault(i));
        return result with { Violations = [.. result.Violations, $"the schedule was taken to be like {other.Schedule}, but {difference + 1} steps later it is \"{rest.ElementAtOrDefault(difference)}\" and not \"{expected.ElementAtOrDefault(difference)}\""] };
    }

    /// <summary>What happens from a step on. What cannot go wrong may be there or not.</summary>
    private static string Rest(Result result, int step) => string.Concat(result.Story.Skip(step).Where(happened => happened.Faults.Count > 0).Select(happened => $"{Situation.Timeless(happened.Text)} {string.Join(',', happened.Faults)}\n"));

    /// <summary>A step of a run that can go wrong.</summary>
    private sealed record Place(Schedule Schedule, Happened Step, Place? Like = null)
    {
        public IEnumerable<Schedule> Schedules => Step.Faults.Select(fault => Schedule.With(Step.Number, fault));
    }
}
