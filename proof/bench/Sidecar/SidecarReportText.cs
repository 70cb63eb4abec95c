using Spectre.Console;

namespace OrderInventory.Bench.Sidecar;

/// <summary>The result of <c>bench sidecar</c> for people.</summary>
internal static class SidecarReportText
{
    public static void Write(SidecarReport report, TextWriter output)
    {
        var console = Tables.On(output);
        var rows = new Table().Title($"dapr-local, {report.Seconds} s each, {report.Cores} cores")
            .AddColumns(new TableColumn("operation"), new TableColumn("component"), Tables.Right("callers"), Tables.Right("operations/s"), Tables.Right("p50 ms"), Tables.Right("p99 ms"), Tables.Right("failed"));
        foreach (var row in report.Rows)
            rows.AddRow(row.Operation, row.Component, Tables.Number(row.Callers), Tables.Number(row.PerSecond), Tables.Number(row.P50Milliseconds), Tables.Number(row.P99Milliseconds), Tables.Number(row.Failed));
        console.Write(rows);
        foreach (var target in report.Targets) console.WriteLine(target.ToString());
        foreach (var missing in report.NotMeasured) console.WriteLine("not measured: " + missing);
    }
}
