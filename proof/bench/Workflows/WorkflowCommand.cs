using System.CommandLine;
using System.Text.Json;

namespace OrderInventory.Bench.Workflows;

/// <summary><c>bench workflow</c>: what replay costs in the library, and whole workflows on dapr-local.</summary>
internal static class WorkflowCommand
{
    public static Command Create(TextWriter output, TextWriter progress, TimeProvider time)
    {
        var seconds = Options.Number("--seconds", "Seconds that each row of whole workflows is measured", 10, 3_600);
        var json = new Option<bool>("--json") { Description = "Write the result as JSON" };
        var command = new Command("workflow", "Replay of histories in the library, and workflows of 5 activities on dapr-local and SQLite at 1 to 350 callers") { seconds, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var replay = await new ReplayBench(progress, time).RunAsync(cancellationToken);
            await using var system = await WorkflowSystem.StartAsync();
            var report = await new WorkflowBench(system, TimeSpan.FromSeconds(parsed.GetValue(seconds)), progress, time).RunAsync(replay, cancellationToken);
            if (parsed.GetValue(json)) await output.WriteLineAsync(JsonSerializer.Serialize(report, WorkflowReportJson.Default.WorkflowReport));
            else WorkflowReportText.Write(report, output);
            return report.Workflows.All(row => row.Failed == 0) ? 0 : 1;
        });
        return command;
    }
}
