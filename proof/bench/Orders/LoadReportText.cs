using Spectre.Console;

namespace OrderInventory.Bench.Orders;

/// <summary>The result of <c>bench load</c> for people.</summary>
internal static class LoadReportText
{
    public static void Write(LoadReport report, TextWriter output)
    {
        var console = Tables.On(output);
        var table = new Table().Title($"{report.System}, {report.Seconds.Count} s, seed {report.Options.Seed}, {report.Cores} cores")
            .AddColumns(new TableColumn("request"), Tables.Right("count"), Tables.Right("p50 ms"), Tables.Right("p90 ms"), Tables.Right("p99 ms"), Tables.Right("p99.9 ms"), Tables.Right("max ms"), new TableColumn("answers"));
        foreach (var kind in report.Kinds.Append(report.Decided))
        {
            table.AddRow(
                kind.Name, Tables.Number(kind.Count), Tables.Number(kind.P50), Tables.Number(kind.P90), Tables.Number(kind.P99), Tables.Number(kind.P999), Tables.Number(kind.Max), string.Join(", ", kind.Outcomes.Select(outcome => $"{outcome.Key}: {Tables.Number(outcome.Value)}")));
        }

        console.Write(table);
        output.WriteLine($"asked for {Tables.Number(report.Options.Rate)}/s, reached {Tables.Number(report.RateReached)}/s; {Tables.Number(report.Missed)} missed, {Tables.Number(report.Repeated)} sent again, {report.Kills.Count} kills");
        foreach (var process in report.Processes)
            output.WriteLine($"{process.Name}: {Tables.Number(process.EarlyMegabytes)} MB and {process.EarlyHandles} handles after a fifth of the load, {Tables.Number(process.LateMegabytes)} MB and {process.LateHandles} at its end; {Tables.Number(process.LogLines)} lines of log in between");
        output.WriteLine("the audit sees nothing of:");
        foreach (var part in report.NotSeen) output.WriteLine("  " + part);
        foreach (var finding in report.Findings) output.WriteLine("! " + finding);
        output.WriteLine($"{(report.Passed ? "PASS" : "FAIL")}: {report.Findings.Count} violations of I1 to I8 in {Tables.Number(report.AuditedOrders)} orders and {Tables.Number(report.AuditedOperations)} operations");
    }
}
