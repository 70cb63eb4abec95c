using System.Globalization;
using Spectre.Console;

namespace OrderInventory.Bench.Prove;

/// <summary>The result of <c>bench prove</c> for people.</summary>
internal static class ProveReportText
{
    public static void Write(ProveReport report, TextWriter output)
    {
        var console = Tables.On(output);
        var scenarios = new Table().Title($"every schedule with at most so many faults, state store {report.Store}").AddColumns("scenario", "the clients place", "faults", "steps", "schedules", "alike", "violate");
        foreach (var scenario in report.Scenarios) scenarios.AddRow(scenario.Name, scenario.Description, Number(scenario.Faults), Number(scenario.Steps), Number(scenario.Schedules), Number(scenario.Alike), Number(scenario.Violated));
        console.Write(scenarios);

        var mutants = new Table().Title("each defect, and the schedule that shows it").AddColumns("mutant", "defect", "schedule", "violates", "the auditor over HTTP");
        foreach (var mutant in report.Mutants)
            mutants.AddRow(mutant.Name, mutant.Defect, mutant.Killed is { } killed ? $"{mutant.Scenario} {killed.Schedule}" : "NOT KILLED", mutant.Killed?.Violations[0].EscapeMarkup() ?? "", Audited(mutant).EscapeMarkup());
        console.Write(mutants);

        foreach (var scenario in report.Scenarios)
        {
            foreach (var story in scenario.Stories)
            {
                foreach (var step in story.Steps) output.WriteLine("  " + step);
                foreach (var violation in story.Violations) output.WriteLine("! " + violation);
                output.WriteLine("again: " + story.Repeat);
            }
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(report.Passed ? "PASS" : "FAIL")}: {report.Schedules:N0} schedules in {report.Seconds:0} s, {report.Mutants.Count(mutant => mutant.Killed is not null)} of {report.Mutants.Count} mutants killed, {report.Mutants.Count(mutant => mutant.Audited is not null)} found by the auditor"));
    }

    private static string Audited(ProvedMutant mutant) => mutant switch
    {
        { Audited: { } audited } => $"{(audited.Schedule == mutant.Killed?.Schedule ? "" : $"after {audited.Schedule}: ")}{audited.Findings[0]}",
        { Unseen: { } reason } => reason,
        _ => "NOT FOUND",
    };

    private static string Number(int value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
