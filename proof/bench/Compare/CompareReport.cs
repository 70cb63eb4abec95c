using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace OrderInventory.Bench.Compare;

/// <summary>The result of <c>bench compare</c>.</summary>
internal sealed record CompareReport
{
    /// <summary>Components that both ran on.</summary>
    public required string Components { get; init; }

    /// <summary>Cores of the machine, shared by all of it.</summary>
    public required int Cores { get; init; }

    /// <summary>Clients at the same time.</summary>
    public required int Clients { get; init; }

    /// <summary>Seconds that each contestant was measured.</summary>
    public required int Seconds { get; init; }

    /// <summary>The product, then the naive app.</summary>
    public required IReadOnlyList<Contestant> Contestants { get; init; }

    /// <summary>True when the product violates nothing; what the naive app does is what the comparison is for.</summary>
    public bool Passed => Contestants[0].Violations.Count == 0;

    /// <summary>Writes tables for people.</summary>
    public void Write(TextWriter output)
    {
        var table = new Table().Title($"{Components}, {Clients} clients, {Seconds} s each, {Cores} cores")
            .AddColumns(new TableColumn("contestant"), Tables.Right("orders/s"), Tables.Right("p50 ms"), Tables.Right("p99 ms"), Tables.Right("kills"), Tables.Right("orders"), Tables.Right("violations"), new TableColumn("of"));
        foreach (var contestant in Contestants)
        {
            table.AddRow(
                contestant.Name, Tables.Number(contestant.PerSecond), Tables.Number(contestant.P50), Tables.Number(contestant.P99), Tables.Number(contestant.Kills), Tables.Number(contestant.Orders), Tables.Number(contestant.Violations.Values.Sum()), string.Join(", ", contestant.Violations.Select(violation => $"{violation.Key}: {Tables.Number(violation.Value)}")));
        }

        Tables.On(output).Write(table);
        foreach (var contestant in Contestants)
            foreach (var example in contestant.Examples) output.WriteLine($"! {contestant.Name}: {example}");
        output.WriteLine(Passed ? "PASS: the product violates nothing" : "FAIL: the product violates something");
    }
}

/// <summary>What one contestant did.</summary>
/// <param name="Name">Which one.</param>
/// <param name="PerSecond">Orders in a second that were placed and decided.</param>
/// <param name="P50">Median from POST to decided in milliseconds.</param>
/// <param name="P99">99th percentile of the same.</param>
/// <param name="Kills">How often a part of it was killed meanwhile.</param>
/// <param name="Orders">Orders that the auditor read.</param>
/// <param name="Violations">How many findings there are of each invariant; at most a thousand of the auditor's.</param>
/// <param name="Examples">One finding of each invariant.</param>
internal sealed record Contestant(string Name, double PerSecond, double P50, double P99, int Kills, long Orders, IReadOnlyDictionary<string, int> Violations, IReadOnlyList<string> Examples);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(CompareReport))]
internal sealed partial class CompareReportJson : JsonSerializerContext;
