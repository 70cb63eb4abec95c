using System.CommandLine;
using System.Text.Json;

namespace OrderInventory.Bench.Prove;

/// <summary><c>bench prove</c>: every schedule of faults on the product, and a schedule that shows each known defect.</summary>
internal static class ProveCommand
{
    public static Command Create(TextWriter output, TextWriter progress, TimeProvider time)
    {
        var faults = Options.Number("--faults", "Most faults in one schedule: 1 takes seconds, 2 minutes", 2, 2);
        var exhaustive = new Option<bool>("--exhaustive") { Description = "Two faults in every scenario, not only in the three basic ones" };
        var processes = Options.Number("--processes", "Processes side by side", Environment.ProcessorCount, 64);
        var json = new Option<bool>("--json") { Description = "Write the result as JSON" };
        var command = new Command("prove", "Run the apps' code through every schedule of faults in a simulated world and check I1 to I8 after each; then do the same with known defects switched on, until each is found") { faults, exhaustive, processes, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var report = await new Prover(new ProveOptions(parsed.GetValue(faults), parsed.GetValue(exhaustive), parsed.GetValue(processes)), progress, time).RunAsync(cancellationToken);
            if (parsed.GetValue(json)) await output.WriteLineAsync(JsonSerializer.Serialize(report, ProveJson.Default.ProveReport));
            else ProveReportText.Write(report, output);
            return report.Passed ? 0 : 1;
        });
        return command;
    }
}
