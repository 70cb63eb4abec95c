using System.CommandLine;
using System.Text.Json;
using OrderInventory.Bench.Growth;
using OrderInventory.Testing;

namespace OrderInventory.Bench.Model;

/// <summary><c>bench model</c>: orders in a second at the prices of the real Dapr, beside the usual app.</summary>
internal static class ModelCommand
{
    private const int MostClients = 10_000;

    public static Command Create(TextWriter output, TextWriter progress, TimeProvider time)
    {
        var costs = Options.Costs("List of prices", Path.Combine(Repository.Root, "proof", "costs", "postgresql.yaml"));
        var seconds = Options.Number("--seconds", "Seconds that each row is measured", 20, 3_600);
        var warmUp = Options.Number("--warm-up", "Seconds of load before the first row, and before each row", 20, 3_600);
        var clients = GrowthCommand.Series("--clients", "Orders in flight, a row each", [64, 256], MostClients);
        var json = new Option<bool>("--json") { Description = "Write the result as JSON" };
        var command = new Command("model", "The product beside an app with one workflow per order, on dapr-local with the prices of the real Dapr: orders decided in a second, and operations and processor time of an order")
        { costs, seconds, warmUp, clients, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new ModelOptions(parsed.GetValue(costs)!, TimeSpan.FromSeconds(parsed.GetValue(seconds)), TimeSpan.FromSeconds(parsed.GetValue(warmUp)), parsed.GetValue(clients)!);
            var report = await new ModelBench(options, progress, time).RunAsync(cancellationToken);
            if (parsed.GetValue(json)) await output.WriteLineAsync(JsonSerializer.Serialize(report, ModelReportJson.Default.ModelReport));
            else report.Write(output);
            return 0;
        });
        return command;
    }
}
