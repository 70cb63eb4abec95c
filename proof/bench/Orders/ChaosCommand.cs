using System.CommandLine;
using OrderInventory.Auditing;
using OrderInventory.Bench.Systems;

namespace OrderInventory.Bench.Orders;

/// <summary><c>bench chaos</c>: a number of kills of everything that there is, under load, and what is left of I1 to I8.</summary>
internal static class ChaosCommand
{
    private const int LongestSeconds = 3_600;
    private const int CannotBeRead = 2;

    public static Command Create(TextWriter output, TextWriter progress, TimeProvider time)
    {
        // Not those of LoadCommand: the servers are its own, so no variable has to say where they are.
        var components = new Option<string>("--components") { Description = "Folder of components to start a system on; those with kafka get servers of their own (eng/servers), which are killed too", DefaultValueFactory = _ => "local" };
        components.AcceptOnlyFromAmong([.. OrderSystem.Components]);
        var kills = Options.Number("--kills", "kill -9 at random moments, of apps, dapr-local and servers; half of those of dapr-local, Kafka and Redis leave a torn write behind", 100, 10_000);
        var pause = Options.Number("--pause", "Mean seconds from one that is back to the next kill", 2, 60);
        var rate = Options.Number("--rate", "Requests in a second, on average", 40, 20_000);
        var seed = Options.Number("--seed", "Decides what is random", 1, int.MaxValue);
        var json = new Option<bool>("--json") { Description = "Write the result as JSON" };
        var html = new Option<string?>("--html") { Description = "Also write a page with plots", HelpName = "FILE" };
        var command = new Command("chaos", "kill -9 of everything, again and again, under load; then an audit, PASS or FAIL on I1 to I8. Exit code 0: nothing is violated, 1: something is, 2: the system could not be started or read")
        { components, kills, pause, rate, seed, json, html };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new LoadOptions
            {
                Rate = parsed.GetValue(rate),
                Seconds = LongestSeconds,
                Products = 50,
                Skew = 1,
                // Some products are sold out meanwhile.
                Stock = 500,
                InFlight = 1_000,
                Shares = LoadCommand.UsualShares,
                Impatient = 5,
                Kill = parsed.GetValue(pause),
                Kills = parsed.GetValue(kills),
                IsTorn = true,
                Seed = parsed.GetValue(seed),
            };
            try
            {
                await progress.WriteLineAsync("starting");
                await using var system = await OrderSystem.StartWithServersAsync(parsed.GetValue(components)!);
                var report = await new LoadBench("components/" + parsed.GetValue(components), system.Orders, system.Inventory, system, options, progress, time).RunAsync(cancellationToken);
                return await LoadCommand.WriteAsync(report, parsed.GetValue(html), parsed.GetValue(json), output);
            }
            catch (Exception error) when (error is UnreadableException or InvalidOperationException or IOException or UnauthorizedAccessException)
            {
                await progress.WriteLineAsync(error.Message);
                return CannotBeRead;
            }
        });
        return command;
    }
}
