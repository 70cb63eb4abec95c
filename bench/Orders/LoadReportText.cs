using System.Globalization;
using Spectre.Console;

namespace OrderInventory.Bench.Orders;

/// <summary>The result of <c>bench load</c> for people.</summary>
internal static class LoadReportText
{
    public static void Write(LoadReport report, TextWriter output)
    {
        var console = Tables.On(output);
        var table = new Table().Title($"{report.System}, {report.Options.Seconds} s, seed {report.Options.Seed}, {report.Cores} cores")
            .AddColumns(new TableColumn("request"), Right("count"), Right("p50 ms"), Right("p90 ms"), Right("p99 ms"), Right("p99.9 ms"), Right("max ms"), new TableColumn("answers"));
        foreach (var kind in report.Kinds.Append(report.Decided))
        {
            table.AddRow(
                kind.Name, Number(kind.Count), Number(kind.P50), Number(kind.P90), Number(kind.P99), Number(kind.P999), Number(kind.Max), string.Join(", ", kind.Outcomes.Select(outcome => $"{outcome.Key}: {Number(outcome.Value)}")));
        }

        console.Write(table);
        output.WriteLine($"asked for {Number(report.Options.Rate)}/s, reached {Number(report.RateReached)}/s; {Number(report.Missed)} missed, {Number(report.Repeated)} sent again, {report.Kills.Count} kills");
        output.WriteLine("the audit sees nothing of:");
        foreach (var part in report.NotSeen) output.WriteLine("  " + part);
        foreach (var finding in report.Findings) output.WriteLine("! " + finding);
        output.WriteLine($"{(report.Passed ? "PASS" : "FAIL")}: {report.Findings.Count} violations of I1 to I8 in {Number(report.AuditedOrders)} orders and {Number(report.AuditedOperations)} operations");
    }

    private static TableColumn Right(string header) => new TableColumn(header).RightAligned();

    private static string Number(double value) => value.ToString(value >= 100 ? "N0" : "0.##", CultureInfo.InvariantCulture);
}
