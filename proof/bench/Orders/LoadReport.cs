using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrderInventory.Bench.Orders;

/// <summary>The result of <c>bench load</c>.</summary>
internal sealed record LoadReport
{
    /// <summary>Where it ran: components, or addresses.</summary>
    public required string System { get; init; }

    /// <summary>Cores of the machine, shared by all of it.</summary>
    public required int Cores { get; init; }

    /// <summary>What was asked for.</summary>
    public required LoadOptions Options { get; init; }

    /// <summary>Requests that ended in a second, over the time from the first to the last.</summary>
    public required double RateReached { get; init; }

    /// <summary>Requests that were due and not sent.</summary>
    public required int Missed { get; init; }

    /// <summary>Requests that were sent again for want of an answer.</summary>
    public required int Repeated { get; init; }

    /// <summary>Latencies and outcomes by kind.</summary>
    public required IReadOnlyList<LoadFigure> Kinds { get; init; }

    /// <summary>From POST to decided, of every tenth order.</summary>
    public required LoadFigure Decided { get; init; }

    /// <summary>Second by second.</summary>
    public required IReadOnlyList<LoadSecond> Seconds { get; init; }

    /// <summary>What was killed, and in which second.</summary>
    public required IReadOnlyList<LoadKill> Kills { get; init; }

    /// <summary>What the processes used, when bench started them and killed none.</summary>
    public required IReadOnlyList<LoadProcess> Processes { get; init; }

    /// <summary>Orders that the auditor read.</summary>
    public required long AuditedOrders { get; init; }

    /// <summary>Operations that the auditor read.</summary>
    public required long AuditedOperations { get; init; }

    /// <summary>What is violated; empty when nothing is.</summary>
    public required IReadOnlyList<string> Findings { get; init; }

    /// <summary>What the verdict says nothing about.</summary>
    public required IReadOnlyList<string> NotSeen { get; init; }

    /// <summary>True when nothing is violated.</summary>
    public bool Passed => Findings.Count == 0;
}

/// <summary>Latencies in milliseconds from the moment a request was due to its answer, repeats included.</summary>
/// <param name="Name">Kind of request.</param>
/// <param name="Count">How many.</param>
/// <param name="P50">Median.</param>
/// <param name="P90">90th percentile.</param>
/// <param name="P99">99th percentile.</param>
/// <param name="P999">99.9th percentile.</param>
/// <param name="Max">Longest.</param>
/// <param name="Outcomes">How many ended with which status code.</param>
internal sealed record LoadFigure(string Name, long Count, double P50, double P90, double P99, double P999, double Max, IReadOnlyDictionary<string, int> Outcomes);

/// <summary>One second of the load: what ended in it.</summary>
/// <param name="Ended">Requests that ended.</param>
/// <param name="P50">Their median latency in milliseconds.</param>
/// <param name="P99">Their 99th percentile.</param>
/// <param name="Outcomes">Their status codes.</param>
internal sealed record LoadSecond(int Ended, double P50, double P99, IReadOnlyDictionary<string, int> Outcomes);

/// <summary>What a process used: after a fifth of the load, and at its end. What grows without end shows in a long load.</summary>
/// <param name="Name">Which one.</param>
/// <param name="EarlyMegabytes">Resident memory then.</param>
/// <param name="LateMegabytes">Resident memory at the end.</param>
/// <param name="EarlyHandles">Open files, sockets and the like then.</param>
/// <param name="LateHandles">The same at the end.</param>
/// <param name="LogLines">Lines written from then to the end.</param>
internal sealed record LoadProcess(string Name, double EarlyMegabytes, double LateMegabytes, int EarlyHandles, int LateHandles, long LogLines);

/// <summary>A kill.</summary>
/// <param name="Second">When, from the start of the load.</param>
/// <param name="Victim">What.</param>
internal sealed record LoadKill(double Second, string Victim);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(LoadReport))]
internal sealed partial class LoadReportJson : JsonSerializerContext;
