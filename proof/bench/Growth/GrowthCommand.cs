using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using OrderInventory.Bench.Orders;

namespace OrderInventory.Bench.Growth;

/// <summary><c>bench orders</c>: orders in a second from POST to decided, and how that changes with clients, products and earlier orders.</summary>
internal static class GrowthCommand
{
    private const int MostClients = 10_000;
    private const int MostProducts = 10_000;
    private const int MostEarlier = 10_000_000;

    public static Command Create(TextWriter output, TextWriter progress, TimeProvider time)
    {
        var components = LoadCommand.Components();
        var seconds = Options.Number("--seconds", "Seconds that each row is measured", 20, 3_600);
        var warmUp = Options.Number("--warm-up", "Seconds of load before the first row, in which what is compiled anew does not count; before the others it is at most three; 0 for none", 30, 3_600, least: 0);
        var clients = Series("--clients", "Clients at the same time, a row each", [1, 8, 64, 256], MostClients);
        var products = Series("--products", "Products that the orders are spread over by Zipf's law, a row each", [1, 10, 100, 1_000], MostProducts);
        var earlier = Series("--earlier", "Finished orders in the store before, a row each", [1_000, 10_000, 100_000, 1_000_000], MostEarlier);
        var json = new Option<bool>("--json") { Description = "Write the result as JSON" };
        var command = new Command("orders", "Orders in a second from POST to decided, for growing numbers of clients, of products and of earlier orders, and the POST at half of the best; then an audit. Exit code 0: nothing is violated, 1: something is")
        { components, seconds, warmUp, clients, products, earlier, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new GrowthOptions(
                parsed.GetValue(components)!,
                TimeSpan.FromSeconds(parsed.GetValue(seconds)),
                TimeSpan.FromSeconds(parsed.GetValue(warmUp)),
                parsed.GetValue(clients)!,
                parsed.GetValue(products)!,
                [.. parsed.GetValue(earlier)!.Order()]);
            var report = await new GrowthBench(options, progress, time).RunAsync(cancellationToken);
            if (parsed.GetValue(json)) await output.WriteLineAsync(JsonSerializer.Serialize(report, GrowthReportJson.Default.GrowthReport));
            else report.Write(output);
            return report.Findings.Count == 0 ? 0 : 1;
        });
        return command;
    }

    /// <summary>Numbers from 1 to <paramref name="most"/>, a row each.</summary>
    public static Option<int[]> Series(string name, string description, int[] usual, int most)
    {
        var option = new Option<int[]>(name) { Description = description, DefaultValueFactory = _ => usual, AllowMultipleArgumentsPerToken = true };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => !(int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= 1 && value <= most)))
                result.AddError($"{name} must be numbers from 1 to {most}.");
        });
        return option;
    }
}
