using OrderInventory.Bench.Systems;
using Spectre.Console;

namespace OrderInventory.Bench.Stock;

/// <summary>The result of <c>bench stock</c> for people.</summary>
internal static class StockReportText
{
    public static void Write(StockReport report, TextWriter output)
    {
        var console = Tables.On(output);
        var parts = new Table().Title($"{report.Store}{(report.Prices is { } prices ? " at the prices of " + prices : "")}, {report.Buyers} buyers, {report.Seconds} s each, {report.Cores} cores")
            .AddColumns(new TableColumn("contestant"), Tables.Right("deductions/s"), Tables.Right("p50 ms"), Tables.Right("p99 ms"), Tables.Right("deductions in all"));
        foreach (var part in report.Parts) parts.AddRow(part.Name, Tables.Number(part.PerSecond), Tables.Number(part.P50Milliseconds), Tables.Number(part.P99Milliseconds), Tables.Number(part.Deductions));
        console.Write(parts);
        if (report.Costs.Count > 0) console.Write(Cost.Table("A deduction: calls / items / CPU ms", report.Costs.Select(part => (part.Key, part.Value))));
        foreach (var target in report.Targets) console.WriteLine(target.ToString());
        console.WriteLine(report.AuditPassed ? "audit: PASS, every stored number agrees with what the buyers were told" : "audit: FAIL");
        foreach (var problem in report.AuditProblems) console.WriteLine("  " + problem);
    }
}
