using System.Text.Json;
using OrderInventory.Proof.Scenarios;
using OrderInventory.Proof.Schedules;
using OrderInventory.Proof.Simulation;

namespace OrderInventory.Proof.Cli;

/// <summary>Tells people, or with <c>--json</c> programs, what the schedules gave.</summary>
internal sealed class Report(TextWriter output, TextWriter progress, TimeProvider time, bool json, string? mutant, string? store)
{
    private const int MaxStories = 3;
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    // The command that runs it again.
    private readonly string _program = (mutant is null ? "proof/world --" : $"proof/mutants/world.mutants -- --mutant {mutant}") + (store is null ? "" : $" --store {store}");

    /// <summary>Runs the schedules of a scenario and says what came of them. True: nothing is violated.</summary>
    public async Task<bool> FollowAsync(Scenario scenario, Enumeration enumeration, string? until, CancellationToken stop)
    {
        var began = time.GetTimestamp();
        var beat = TimeSpan.Zero;
        var (schedules, violated, steps) = (0, 0, 0);
        var bad = new List<Result>();
        Result? audited = null;
        await foreach (var result in enumeration.RunAsync(scenario).WithCancellation(stop))
        {
            schedules++;
            if (result.Schedule.Faults.IsEmpty) steps = result.Story.Count(step => step.Faults.Count > 0);
            if (result.Violations.Count > 0 && violated++ < MaxStories) bad.Add(result);
            if (result.SeenOverHttp.Count > 0) audited ??= result;
            if (until == "audited" ? audited is not null : until == "violated" && violated > 0) break;
            if (time.GetElapsedTime(began) - beat < Beat) continue;
            beat = time.GetElapsedTime(began);
            if (json) Write(new { mutant, scenario = scenario.Name, progress = schedules });
            else progress.Write($"\r{scenario.Name}: {schedules} schedules, {beat.TotalSeconds:0} s ");
        }

        if (json)
        {
            Write(new { mutant, scenario = scenario.Name, description = scenario.Description, faults = enumeration.MaxFaults, steps, schedules, alike = enumeration.Alike, violated, stories = bad.Select(result => new { schedule = result.Schedule.ToString(), violations = result.Violations.Select(Named(result)), story = Lines(result), repeat = Repeat(scenario, result) }), audited = audited is null ? null : new { schedule = audited.Schedule.ToString(), findings = audited.SeenOverHttp.Select(Named(audited)) } });
            return violated == 0;
        }

        output.WriteLine($"\r{(violated == 0 ? "PASS" : "FAIL")}  {mutant ?? scenario.Name,-18} {schedules,7} schedules, {enumeration.Alike} more like one of them, {violated} violate something; {scenario.Description}");
        foreach (var result in bad)
        {
            Tell(result);
            foreach (var finding in result.SeenOverHttp) output.WriteLine("    over HTTP: " + Named(result)(finding));
            output.WriteLine($"      again: {Repeat(scenario, result)}");
        }

        return violated == 0;
    }

    /// <summary>Tells one run as a story.</summary>
    public void Tell(Result result)
    {
        if (json)
        {
            Write(new { schedule = result.Schedule.ToString(), violations = result.Violations.Select(Named(result)), story = Lines(result) });
            return;
        }

        foreach (var line in Lines(result)) output.WriteLine("      " + line);
        foreach (var violation in result.Violations) output.WriteLine("    ! " + Named(result)(violation));
    }

    private static IEnumerable<string> Lines(Result result) => result.Story.Select(step =>
        $"{step.Number,4}  {step.Time:HH:mm:ss.fff}  {Named(result)(step.Text)}{(step.Fault == Fault.None ? "" : $"   <-- {step.Fault}")}");

    private static Func<string, string> Named(Result result) => text => result.Names.Aggregate(text, (words, name) => words.Replace(name.Key, name.Value, StringComparison.Ordinal));

    private string Repeat(Scenario scenario, Result result) => $"dotnet run --project {_program} --scenario {scenario.Name} --schedule {result.Schedule}";

    private void Write(object line) => output.WriteLine(JsonSerializer.Serialize(line));
}
