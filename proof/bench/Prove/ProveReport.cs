using System.Text.Json.Serialization;

namespace OrderInventory.Bench.Prove;

/// <summary>The result of <c>bench prove</c>.</summary>
internal sealed record ProveReport
{
    /// <summary>State store of the simulated sidecars.</summary>
    public required string Store { get; init; }

    /// <summary>How long it took.</summary>
    public required double Seconds { get; init; }

    /// <summary>One for each scenario.</summary>
    public required IReadOnlyList<ProvedScenario> Scenarios { get; init; }

    /// <summary>One for each defect that was switched on.</summary>
    public required IReadOnlyList<ProvedMutant> Mutants { get; init; }

    /// <summary>Schedules that were run on the product.</summary>
    public int Schedules => Scenarios.Sum(scenario => scenario.Schedules);

    /// <summary>True: no schedule violates anything, and every defect is found, by the auditor too unless its damage does not show over HTTP.</summary>
    public bool Passed => Scenarios.All(scenario => scenario.Violated == 0) && Mutants.All(mutant => mutant.Killed is not null && mutant.Audited is not null == mutant.Unseen is null);
}

/// <summary>What the schedules of a scenario gave.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What the clients do.</param>
/// <param name="Faults">Most faults in one schedule.</param>
/// <param name="Steps">Steps of a run without faults that can go wrong.</param>
/// <param name="Schedules">Schedules that were run.</param>
/// <param name="Alike">Schedules that were left out, since one that was run goes on as they do.</param>
/// <param name="Violated">Schedules after which something was violated.</param>
/// <param name="Stories">Some of those.</param>
internal sealed record ProvedScenario(string Name, string Description, int Faults, int Steps, int Schedules, int Alike, int Violated, IReadOnlyList<Story> Stories);

/// <summary>A defect and the schedule that shows it.</summary>
/// <param name="Name">The mutant.</param>
/// <param name="Defect">What is wrong with it.</param>
/// <param name="Scenario">The scenario that was run.</param>
/// <param name="Killed">The schedule that shows the defect; null when none did.</param>
/// <param name="Audited">The first schedule after which the auditor finds something over the HTTP APIs alone; null when there is none.</param>
/// <param name="Unseen">Why the damage does not show over HTTP; null for a mutant whose damage does.</param>
internal sealed record ProvedMutant(string Name, string Defect, string Scenario, Story? Killed, Audited? Audited, string? Unseen);

/// <summary>What the auditor finds after a schedule.</summary>
/// <param name="Schedule">The faults, by step; empty for none.</param>
/// <param name="Findings">What it finds.</param>
internal sealed record Audited(string Schedule, IReadOnlyList<string> Findings);

/// <summary>A schedule after which something is violated.</summary>
/// <param name="Schedule">The faults, by step.</param>
/// <param name="Violations">What is violated.</param>
/// <param name="Steps">What happened, a line for each step.</param>
/// <param name="Repeat">The command that runs it again.</param>
internal sealed record Story(string Schedule, IReadOnlyList<string> Violations, [property: JsonPropertyName("story")] IReadOnlyList<string> Steps, string Repeat);

/// <summary>A line of the proof's own output: how far it is, or what a scenario gave.</summary>
internal sealed record ProofLine(string Scenario, string? Mutant = null, int? Progress = null, string? Description = null, int Faults = 0, int Steps = 0, int Schedules = 0, int Alike = 0, int Violated = 0, IReadOnlyList<Story>? Stories = null, Audited? Audited = null);

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ProofLine))]
[JsonSerializable(typeof(ProveReport))]
internal sealed partial class ProveJson : JsonSerializerContext;
