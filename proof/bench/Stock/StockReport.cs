using System.Text.Json;
using System.Text.Json.Serialization;
using OrderInventory.Bench.Systems;

namespace OrderInventory.Bench.Stock;

/// <summary>The result of <c>bench stock</c>; figures of one run, to be compared with each other and not with those of other machines.</summary>
internal sealed record StockReport
{
    /// <summary>State store measured on.</summary>
    public required string Store { get; init; }

    /// <summary>List of prices; null when nothing cost anything.</summary>
    public required string? Prices { get; init; }

    /// <summary>Cores of the machine, shared by bench, sidecar, app and store.</summary>
    public required int Cores { get; init; }

    /// <summary>Buyers at the same time.</summary>
    public required int Buyers { get; init; }

    /// <summary>Seconds that each contestant was measured.</summary>
    public required int Seconds { get; init; }

    /// <summary>One for each contestant.</summary>
    public required IReadOnlyList<StockPart> Parts { get; init; }

    /// <summary>The targets and whether this run met them.</summary>
    public required IReadOnlyList<Target> Targets { get; init; }

    /// <summary>By contestant, what a deduction cost in its last turn, by kind of operation and by app; empty without prices.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyDictionary<string, Cost>> Costs { get; init; }

    /// <summary>What is wrong with the stored numbers after the parts; empty when all of them add up.</summary>
    public required IReadOnlyList<string> AuditProblems { get; init; }

    /// <summary>True when every stored number agrees with what the buyers were told.</summary>
    public bool AuditPassed => AuditProblems.Count == 0;
}

/// <summary>What one contestant reached.</summary>
/// <param name="Name">Which one.</param>
/// <param name="PerSecond">Deductions in a second.</param>
/// <param name="P50Milliseconds">Median latency of a deduction, from its intended send time.</param>
/// <param name="P99Milliseconds">99th percentile of the same.</param>
/// <param name="Deductions">Deductions in all, warm-ups included: what the audit compared with the documents.</param>
internal sealed record StockPart(string Name, double PerSecond, double P50Milliseconds, double P99Milliseconds, long Deductions);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(StockReport))]
internal sealed partial class StockReportJson : JsonSerializerContext;
