using System.Globalization;
using Spectre.Console;

namespace OrderInventory.Bench.Stock;

/// <summary>The result of <c>bench stock</c> for people.</summary>
internal static class StockReportText
{
    public static void Write(StockReport report, TextWriter output)
    {
        var console = Tables.On(output);
        var parts = new Table().Title($"{report.Store}, {report.Buyers} buyers, {report.Seconds} s each, {report.Cores} cores")
            .AddColumns(new TableColumn("contestant"), Right("deductions/s"), Right("p50 ms"), Right("p99 ms"), Right("deductions in all"));
        foreach (var part in report.Parts) parts.AddRow(part.Name, Number(part.PerSecond), Number(part.P50Milliseconds), Number(part.P99Milliseconds), Number(part.Deductions));
        console.Write(parts);
        foreach (var target in report.Targets) console.WriteLine($"{(target.IsMet ? "met   " : "MISSED")} {target.Name}: {Number(target.Figure)} (wanted {target.Wanted})");
        console.WriteLine(report.AuditPassed ? "audit: PASS, every stored number agrees with what the buyers were told" : "audit: FAIL");
        foreach (var problem in report.AuditProblems) console.WriteLine("  " + problem);
    }

    private static TableColumn Right(string header) => new TableColumn(header).RightAligned();

    private static string Number(double value) => value.ToString(value >= 100 ? "N0" : "0.##", CultureInfo.InvariantCulture);
}
