using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrderInventory.Bench.Workflows;

/// <summary>The result of <c>bench workflow</c>; figures of one run, to be compared with each other and not with those of other machines.</summary>
internal sealed record WorkflowReport
{
    /// <summary>Cores of the machine, shared by bench and sidecar.</summary>
    public required int Cores { get; init; }

    /// <summary>One for each length of history.</summary>
    public required IReadOnlyList<ReplayRow> Replay { get; init; }

    /// <summary>One for each number of callers.</summary>
    public required IReadOnlyList<WorkflowRow> Workflows { get; init; }

    /// <summary>The targets and whether this run met them.</summary>
    public required IReadOnlyList<Target> Targets { get; init; }
}

/// <summary>One turn over a history, on one core, in the library alone.</summary>
/// <param name="Events">Events of the history.</param>
/// <param name="Microseconds">The best time of a turn; the smallest history shows what a turn costs by itself.</param>
/// <param name="EventsPerSecond">Events replayed in a second.</param>
/// <param name="BytesPerEvent">Memory allocated for an event.</param>
internal sealed record ReplayRow(int Events, double Microseconds, double EventsPerSecond, double BytesPerEvent);

/// <summary>Whole workflows of five activities in a row: bench is both client and worker.</summary>
/// <param name="Callers">Callers at the same time, each of which starts the next workflow when the last one has ended.</param>
/// <param name="PerSecond">Workflows that ended in a second.</param>
/// <param name="P50Milliseconds">Median time from start to end.</param>
/// <param name="P99Milliseconds">99th percentile of the same.</param>
/// <param name="Ended">Workflows in all, warm-up included.</param>
/// <param name="Failed">Workflows with another result; 0 in a run that counts.</param>
internal sealed record WorkflowRow(int Callers, double PerSecond, double P50Milliseconds, double P99Milliseconds, long Ended, long Failed);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(WorkflowReport))]
internal sealed partial class WorkflowReportJson : JsonSerializerContext;
