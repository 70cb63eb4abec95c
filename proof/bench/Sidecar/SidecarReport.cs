using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrderInventory.Bench.Sidecar;

/// <summary>The result of <c>bench sidecar</c>; figures of one run, to be compared with each other and not with those of other machines.</summary>
internal sealed record SidecarReport
{
    /// <summary>Cores of the machine, shared by bench, sidecar and servers.</summary>
    public required int Cores { get; init; }

    /// <summary>Seconds that each row was measured.</summary>
    public required double Seconds { get; init; }

    /// <summary>One for each operation, component and number of callers.</summary>
    public required IReadOnlyList<SidecarRow> Rows { get; init; }

    /// <summary>The targets and whether this run met them.</summary>
    public required IReadOnlyList<Target> Targets { get; init; }

    /// <summary>Components that were left out, with what would bring them in.</summary>
    public required IReadOnlyList<string> NotMeasured { get; init; }
}

/// <summary>What one operation reached.</summary>
/// <param name="Operation">Which one.</param>
/// <param name="Component">The component under it; for an invocation, none.</param>
/// <param name="Callers">Callers at the same time, each of which begins the next operation when the last one has ended.</param>
/// <param name="PerSecond">Operations in a second.</param>
/// <param name="P50Milliseconds">Median time of an operation.</param>
/// <param name="P99Milliseconds">99th percentile of the same.</param>
/// <param name="Failed">Operations without the right outcome; 0 in a run that counts.</param>
internal sealed record SidecarRow(string Operation, string Component, int Callers, double PerSecond, double P50Milliseconds, double P99Milliseconds, long Failed);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(SidecarReport))]
internal sealed partial class SidecarReportJson : JsonSerializerContext;
