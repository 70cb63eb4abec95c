using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace OrderInventory.Bench.Growth;

/// <summary>The result of <c>bench orders</c>; figures of one run, to be compared with each other and not with those of other machines.</summary>
internal sealed record GrowthReport
{
    /// <summary>Components that the system ran on.</summary>
    public required string Components { get; init; }

    /// <summary>Cores of the machine, shared by all of it.</summary>
    public required int Cores { get; init; }

    /// <summary>Seconds that each row was measured.</summary>
    public required double Seconds { get; init; }

    /// <summary>In the order in which they were measured.</summary>
    public required IReadOnlyList<GrowthRow> Rows { get; init; }

    /// <summary>POST without waiting for the outcome, at half of the best row.</summary>
    public required PostAtHalfLoad Post { get; init; }

    /// <summary>The targets and whether this run met them.</summary>
    public required IReadOnlyList<Target> Targets { get; init; }

    /// <summary>Orders that the auditor read.</summary>
    public required long AuditedOrders { get; init; }

    /// <summary>What the auditor found; empty in a run that counts.</summary>
    public required IReadOnlyList<string> Findings { get; init; }

    /// <summary>Writes tables for people.</summary>
    public void Write(TextWriter output)
    {
        var console = Tables.On(output);
        var table = new Table().Title($"POST to decided, components/{Components}, {Seconds:0} s each, {Cores} cores")
            .AddColumns(new TableColumn("growing"), Tables.Right("clients"), Tables.Right("products"), Tables.Right("earlier orders"), Tables.Right("orders/s"), Tables.Right("p50 ms"), Tables.Right("p99 ms"), Tables.Right("memory MB"), Tables.Right("not decided"));
        foreach (var row in Rows)
            table.AddRow(row.Growing, Tables.Number(row.Clients), Tables.Number(row.Products), Tables.Number(row.Earlier), Tables.Number(row.PerSecond), Tables.Number(row.P50Milliseconds), Tables.Number(row.P99Milliseconds), Tables.Number(row.Megabytes), Tables.Number(row.Failed));
        console.Write(table);
        console.WriteLine(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"POST alone at {Post.PerSecond:0} orders/s: p50 {Post.P50Milliseconds:0.#} ms, p99 {Post.P99Milliseconds:0.#} ms"));
        foreach (var target in Targets) console.WriteLine(target.ToString());
        foreach (var finding in Findings) console.WriteLine("! " + finding);
        console.WriteLine(Findings.Count == 0 ? $"PASS: {Tables.Number(AuditedOrders)} orders, nothing violated" : "FAIL");
    }
}

/// <summary>Clients who each place the next order when the last one is decided.</summary>
/// <param name="Growing">What this row is for: clients, products or earlier orders.</param>
/// <param name="Clients">Clients at the same time.</param>
/// <param name="Products">Products.</param>
/// <param name="Earlier">Finished orders put into the store before, beside those of earlier rows.</param>
/// <param name="PerSecond">Orders decided in a second.</param>
/// <param name="P50Milliseconds">Median from POST to decided.</param>
/// <param name="P99Milliseconds">99th percentile of the same.</param>
/// <param name="Megabytes">Resident memory of both apps and dapr-local afterwards.</param>
/// <param name="Failed">Orders that were not accepted, or not decided within 30 s; 0 in a run that counts.</param>
internal sealed record GrowthRow(string Growing, int Clients, int Products, int Earlier, double PerSecond, double P50Milliseconds, double P99Milliseconds, double Megabytes, long Failed);

/// <summary>Random arrivals; latency counts from the moment that a request was due.</summary>
internal sealed record PostAtHalfLoad(double PerSecond, double P50Milliseconds, double P99Milliseconds, long Failed);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(GrowthReport))]
internal sealed partial class GrowthReportJson : JsonSerializerContext;
