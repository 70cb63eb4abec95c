using System.CommandLine;
using System.Text.Json;
using OrderInventory.Bench.Systems;
using OrderInventory.Testing.Processes;

namespace OrderInventory.Bench.Stock;

/// <summary>What <c>bench stock</c> is asked to do. <paramref name="Costs"/>: the list of prices; null when nothing costs anything.</summary>
internal sealed record StockOptions(string Store, string? Costs, int Buyers, int Products, int Seconds);

/// <summary><c>bench stock</c>: deductions on one hot product, beside the read-check-save-retry algorithm and beside many products.</summary>
internal static class StockCommand
{
    public static Command Create(TextWriter output, TextWriter progress, TimeProvider time)
    {
        var store = new Option<string>("--store") { Description = "State store; postgresql and redis are those of OI_POSTGRES and OI_REDIS (eng/servers)", DefaultValueFactory = _ => ShippedComponents.Sqlite };
        store.AcceptOnlyFromAmong([.. ShippedComponents.Stores]);
        store.Validators.Add(result =>
        {
            if (ShippedComponents.MissingVariable(Options.Text(result) ?? "") is { } variable) result.AddError($"{variable} is not set; eval \"$(eng/servers start DIR)\" starts servers and sets it.");
        });
        var costs = Options.Costs("List of prices: what inventory-app has its sidecar do takes the time that it costs on the real Dapr (proof/costs)");
        var buyers = Options.Number("--buyers", "Buyers at the same time", 256, 10_000);
        var products = Options.Number("--products", "Products that the one is compared with", 1_000, 10_000);
        var seconds = Options.Number("--seconds", "Seconds that each contestant is measured", 20, 3_600);
        var json = new Option<bool>("--json") { Description = "Write the result as JSON" };
        var command = new Command("stock", "Deductions on one product: against read-check-save-retry, at half load, and against many products") { store, costs, buyers, products, seconds, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new StockOptions(parsed.GetValue(store)!, parsed.GetValue(costs), parsed.GetValue(buyers), parsed.GetValue(products), parsed.GetValue(seconds));
            await using var system = await InventorySystem.StartAsync(options.Store, options.Costs);
            var report = await new StockBench(system, options, progress, time).RunAsync(cancellationToken);
            if (parsed.GetValue(json)) await output.WriteLineAsync(JsonSerializer.Serialize(report, StockReportJson.Default.StockReport));
            else StockReportText.Write(report, output);
            return report.AuditPassed ? 0 : 1;
        });
        return command;
    }
}
