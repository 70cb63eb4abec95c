using System.Collections.Concurrent;
using System.Globalization;
using System.Xml.Linq;
using OrderInventory.Testing;

namespace OrderInventory.Bench.Prove;

/// <summary>What <c>bench prove</c> is asked to do.</summary>
/// <param name="Faults">Most faults in one schedule.</param>
/// <param name="IsExhaustive">True: in every scenario; false: two faults only in the basic ones.</param>
/// <param name="Processes">How many run side by side.</param>
/// <param name="Store">State store of the simulated sidecars.</param>
/// <param name="IsUnseenTried">True: also what the auditor is known not to find is looked for after every schedule.</param>
internal sealed record ProveOptions(int Faults, bool IsExhaustive, int Processes, string Store, bool IsUnseenTried);

/// <summary>Runs every schedule on the product, and every mutant until a schedule shows its defect.</summary>
internal sealed class Prover(ProveOptions options, TextWriter progress, TimeProvider time)
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<(int Share, string Scenario), int> _schedules = new();
    private readonly ConcurrentDictionary<string, ProofLine> _killed = new();

    public async Task<ProveReport> RunAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var mutants = XDocument.Load(Path.Combine(Repository.Root, "proof/mutants/mutants.xml")).Root!.Elements("mutant").Select(mutant => (Name: Of(mutant, "name"), Defect: Of(mutant, "defect"), Scenario: Of(mutant, "scenario"), Unseen: mutant.Attribute("unseen")?.Value)).ToArray();
        var lines = new ConcurrentBag<ProofLine>();
        using var beat = time.CreateTimer(_ => progress.WriteLine(Standing(began, mutants.Length)), null, Beat, Beat);

        var work = Enumerable.Range(0, options.Processes).Select(share => (Func<CancellationToken, Task>)(stop => ProveShareAsync(share, lines, stop)))
            .Concat(Enumerable.Range(0, options.Processes).Select(share => (Func<CancellationToken, Task>)(stop => KillShareAsync(share, stop))));
        await Parallel.ForEachAsync(work, new ParallelOptions { MaxDegreeOfParallelism = options.Processes, CancellationToken = cancellationToken }, async (part, stop) => await part(stop));

        return new ProveReport
        {
            Store = options.Store,
            Seconds = Math.Round(time.GetElapsedTime(began).TotalSeconds, 1),
            Scenarios = [.. lines.GroupBy(line => line.Scenario).Select(Merge).OrderBy(scenario => scenario.Name, StringComparer.Ordinal)],
            Mutants = [.. mutants.Select(mutant => new ProvedMutant(mutant.Name, mutant.Defect, mutant.Scenario, First(_killed.GetValueOrDefault(mutant.Name)), _killed.GetValueOrDefault(mutant.Name)?.Audited, mutant.Unseen))],
        };
    }

    private Task ProveShareAsync(int share, ConcurrentBag<ProofLine> lines, CancellationToken cancellationToken) => ProofProcess.RunAsync(
        "world",
        ["--store", options.Store, "--faults", Number(options.Faults), "--share", $"{Number(share)}/{Number(options.Processes)}", .. options.IsExhaustive ? (string[])["--exhaustive"] : []],
        line =>
        {
            _schedules[(share, line.Scenario)] = line.Progress ?? line.Schedules;
            if (line.Progress is null) lines.Add(line);
        },
        cancellationToken);

    // One process for many: each would compile the same code first.
    private Task KillShareAsync(int share, CancellationToken cancellationToken) => ProofProcess.RunAsync(
        "world.mutants",
        ["--store", options.Store, "--mutants", $"{Number(share)}/{Number(options.Processes)}", .. options.IsUnseenTried ? (string[])["--unseen"] : []],
        line => _killed[line.Mutant!] = line,
        cancellationToken);

    private static ProvedScenario Merge(IGrouping<string, ProofLine> shares) => new(
        shares.Key, shares.First().Description!, shares.First().Faults, shares.Max(line => line.Steps), shares.Sum(line => line.Schedules), shares.Sum(line => line.Alike), shares.Sum(line => line.Violated), [.. shares.SelectMany(line => line.Stories!)]);

    private string Standing(long began, int mutants) => string.Create(
        CultureInfo.InvariantCulture,
        $"{time.GetElapsedTime(began).TotalSeconds,4:0} s  {_schedules.Values.Sum():N0} schedules, {_killed.Values.Count(line => First(line) is not null)} of {mutants} mutants killed");

    private static Story? First(ProofLine? line) => line?.Stories is [var story, ..] ? story : null;

    private static string Of(XElement mutant, string attribute) => mutant.Attribute(attribute)!.Value;

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
