using System.CommandLine;
using System.Text.Json;

namespace OrderInventory.Bench.Prove;

/// <summary><c>bench prove</c>: every schedule of faults on the product, and a schedule that shows each known defect.</summary>
internal static class ProveCommand
{
    public static Command Create(TextWriter output, TextWriter progress, TimeProvider time)
    {
        var faults = Options.Number("--faults", "Most faults in one schedule: 1 takes a minute, 2 a quarter of an hour", 2, 2);
        var exhaustive = new Option<bool>("--exhaustive") { Description = "Two faults in every scenario, not only in the four basic ones" };
        var processes = Options.Number("--processes", "Processes side by side", Environment.ProcessorCount, 64);
        var store = new Option<string>("--store") { Description = "The state store of the simulated sidecars; postgresql and redis are the servers of OI_POSTGRES and OI_REDIS (eng/servers)", DefaultValueFactory = _ => "in-memory" };
        store.AcceptOnlyFromAmong("in-memory", "sqlite", "postgresql", "redis");
        store.Validators.Add(result =>
        {
            if (Options.Text(result) switch { "postgresql" => "OI_POSTGRES", "redis" => "OI_REDIS", _ => null } is { } variable && Environment.GetEnvironmentVariable(variable) is not { Length: > 0 }) result.AddError($"{variable} is not set; eval \"$(eng/servers start DIR)\" starts servers and sets it.");
        });
        var unseen = new Option<bool>("--unseen") { Description = "Run all schedules of the defects that the auditor is known not to see over HTTP, too, in case it sees one now" };
        var json = new Option<bool>("--json") { Description = "Write the result as JSON" };
        var command = new Command("prove", "Run the apps' code through every schedule of faults in a simulated world and check I1 to I8 after each; then do the same with known defects switched on, until each is found. Exit code 0: nothing is violated and every defect found, 1: not so, 2: it could not be run") { faults, exhaustive, processes, store, unseen, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var report = await new Prover(new ProveOptions(parsed.GetValue(faults), parsed.GetValue(exhaustive), parsed.GetValue(processes), parsed.GetValue(store)!, parsed.GetValue(unseen)), progress, time).RunAsync(cancellationToken);
            if (parsed.GetValue(json)) await output.WriteLineAsync(JsonSerializer.Serialize(report, ProveJson.Default.ProveReport));
            else ProveReportText.Write(report, output);
            return report.Passed ? 0 : 1;
        });
        return command;
    }
}
