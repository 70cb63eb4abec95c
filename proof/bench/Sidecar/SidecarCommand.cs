using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace OrderInventory.Bench.Sidecar;

/// <summary><c>bench sidecar</c>: what dapr-local itself costs, for each building block and component.</summary>
internal static class SidecarCommand
{
    public static Command Create(TextWriter output, TextWriter progress, TimeProvider time)
    {
        var seconds = Options.Number("--seconds", "Seconds that each row is measured", 5, 3_600);
        var callers = new Option<int[]>("--callers") { Description = "Numbers of callers at the same time", DefaultValueFactory = _ => [1, 8, 64], AllowMultipleArgumentsPerToken = true };
        callers.Validators.Add(result =>
        {
            if (!result.Tokens.All(token => int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= SidecarBench.Keys))
                result.AddError($"--callers must be from 1 to {SidecarBench.Keys}.");
        });
        var json = new Option<bool>("--json") { Description = "Write the result as JSON" };
        var command = new Command("sidecar", "State, publish to delivered and invocation on dapr-local; servers are those of OI_POSTGRES, OI_REDIS and OI_KAFKA (eng/servers)") { seconds, callers, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var system = await SidecarSystem.StartAsync();
            var report = await new SidecarBench(system, parsed.GetValue(callers)!, TimeSpan.FromSeconds(parsed.GetValue(seconds)), progress, time).RunAsync(cancellationToken);
            if (parsed.GetValue(json)) await output.WriteLineAsync(JsonSerializer.Serialize(report, SidecarReportJson.Default.SidecarReport));
            else SidecarReportText.Write(report, output);
            return report.Rows.All(row => row.Failed == 0) ? 0 : 1;
        });
        return command;
    }
}
