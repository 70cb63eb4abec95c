using System.CommandLine;
using System.Text.Json;
using OrderInventory.Bench.Orders;

namespace OrderInventory.Bench.Compare;

/// <summary><c>bench compare</c>: what the product costs and what it is worth, beside an app as it is usually written.</summary>
internal static class CompareCommand
{
    private const double Skew = 1;
    private const int Impatient = 5;

    public static Command Create(TextWriter output, TextWriter progress, TimeProvider time)
    {
        var components = LoadCommand.Components();
        var clients = Options.Number("--clients", "Clients at the same time", 64, 10_000);
        var seconds = Options.Number("--seconds", "Seconds that each contestant is measured", 20, 3_600);
        var products = Options.Number("--products", "Products, of which the first is wanted most by Zipf's law", 100, 10_000);
        var stock = Options.Number("--stock", "Units of each product at the start", 1_000_000, 1_000_000_000);
        var kill = LoadCommand.Kill(5);
        var wait = Options.Number("--wait", "Seconds until a client gives up on an order that is not decided", 30, 60);
        var seed = Options.Number("--seed", "Decides what is random", 1, int.MaxValue);
        var json = new Option<bool>("--json") { Description = "Write the result as JSON" };
        var command = new Command("compare", "The product beside an app that reads, checks, saves and retries, looks a key up and writes it later, and publishes after it saved: orders decided in a second, and violated invariants found by the same auditor")
        { components, clients, seconds, products, stock, kill, wait, seed, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var load = new LoadOptions
            {
                Rate = 1,
                Seconds = parsed.GetValue(seconds),
                Products = parsed.GetValue(products),
                Skew = Skew,
                Stock = parsed.GetValue(stock),
                InFlight = parsed.GetValue(clients),
                Shares = new Dictionary<LoadKind, int>(),
                Impatient = Impatient,
                Kill = parsed.GetValue(kill),
                Seed = parsed.GetValue(seed),
            };
            var report = await new CompareBench(new CompareOptions(parsed.GetValue(components)!, load, parsed.GetValue(clients), parsed.GetValue(wait)), progress, time).RunAsync(cancellationToken);
            if (parsed.GetValue(json)) await output.WriteLineAsync(JsonSerializer.Serialize(report, CompareReportJson.Default.CompareReport));
            else report.Write(output);
            return report.Passed ? 0 : 1;
        });
        return command;
    }
}
