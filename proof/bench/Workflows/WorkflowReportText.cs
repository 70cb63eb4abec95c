using Spectre.Console;

namespace OrderInventory.Bench.Workflows;

/// <summary>The result of <c>bench workflow</c> for people.</summary>
internal static class WorkflowReportText
{
    public static void Write(WorkflowReport report, TextWriter output)
    {
        var console = Tables.On(output);
        console.WriteLine("One turn over a history, in the library, one core");
        var replay = new Table().AddColumns(Tables.Right("events"), Tables.Right("µs"), Tables.Right("events/s"), Tables.Right("bytes/event"));
        foreach (var row in report.Replay) replay.AddRow(Tables.Number(row.Events), Tables.Number(row.Microseconds), Tables.Number(row.EventsPerSecond), Tables.Number(row.BytesPerEvent));
        console.Write(replay);
        console.WriteLine($"Workflows of 5 activities, dapr-local on SQLite, {report.Cores} cores");
        var workflows = new Table().AddColumns(Tables.Right("callers"), Tables.Right("workflows/s"), Tables.Right("p50 ms"), Tables.Right("p99 ms"), Tables.Right("in all"), Tables.Right("failed"));
        foreach (var row in report.Workflows) workflows.AddRow(Tables.Number(row.Callers), Tables.Number(row.PerSecond), Tables.Number(row.P50Milliseconds), Tables.Number(row.P99Milliseconds), Tables.Number(row.Ended), Tables.Number(row.Failed));
        console.Write(workflows);
        foreach (var target in report.Targets) console.WriteLine(target.ToString());
    }
}
