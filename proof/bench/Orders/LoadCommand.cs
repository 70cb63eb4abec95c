using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using OrderInventory.Bench.Systems;

namespace OrderInventory.Bench.Orders;

/// <summary><c>bench load</c>: orders at a given rate on the whole product, and whether it kept I1 to I8 meanwhile.</summary>
internal static class LoadCommand
{
    private const int MaxRequests = 5_000_000;
    private const int LongestSeconds = 3_600;
    private const int UsualPause = 2;

    private static readonly (LoadKind Kind, string Option, string Description, int Usual)[] Kinds =
    [
        (LoadKind.Duplicate, "--duplicates", "an order again, with the same key and content", 5),
        (LoadKind.ReusedKey, "--reused-keys", "a used key with another content", 2),
        (LoadKind.Cancel, "--cancels", "cancel a recent order", 5),
        (LoadKind.Pay, "--pays", "pay a recent order", 10),
        (LoadKind.Restock, "--restocks", "add units to a product", 3),
    ];

    public static Command Create(TextWriter output, TextWriter progress, TimeProvider time)
    {
        var components = Folder("Folder of components to start a system on; those with kafka use the servers of OI_KAFKA, OI_POSTGRES and OI_REDIS (eng/servers), or with --kills servers of their own");
        var earlier = new Option<string?>("--earlier") { Description = "Folder with order-app and inventory-app of an earlier version, as dotnet publish leaves them: one replica of each runs beside this version's for the first half of the time. Needs components with kafka", HelpName = "FOLDER" };
        var orders = Address("--order-app");
        var inventory = Address("--inventory-app");
        var rate = Options.Number("--rate", "Requests in a second, on average", 100, 20_000);
        var duration = Options.Number("--duration", "Seconds of load; with --kills it ends after the last of them instead", 30, LongestSeconds);
        var products = Options.Number("--products", "Products", 100, 10_000);
        var skew = new Option<double>("--skew") { Description = "Exponent of Zipf's law: 0 for products that are all alike", DefaultValueFactory = _ => 1 };
        skew.Validators.Add(result =>
        {
            if (Options.Text(result) is { } text && !(double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value is >= 0 and <= 5)) result.AddError("--skew must be from 0 to 5.");
        });
        var stock = Options.Number("--stock", "Units of each product at the start", 10_000, 1_000_000_000);
        var inFlight = Options.Number("--in-flight", "Requests at the same time; more are not sent, and counted as missed", 1_000, 100_000);
        var shares = Kinds.Select(kind => (kind.Kind, Option: Percent(kind.Option, $"Percent of the requests that {kind.Description}", kind.Usual))).ToArray();
        var impatient = Percent("--impatient", "Percent of the orders whose client gives up within 20 ms and asks again with the same key", 5);
        var kill = Kill(0);
        var kills = Options.Number("--kills", $"So many kill -9 of apps, dapr-local and, with kafka, of servers that bench then starts for itself; half of those of dapr-local, Kafka and Redis leave a torn write behind. --kill is {UsualPause} then, if it is not given", 0, 10_000, least: 0);
        var seed = Options.Number("--seed", "Decides what is random", 1, int.MaxValue);
        var json = new Option<bool>("--json") { Description = "Write the result as JSON" };
        var html = new Option<string?>("--html") { Description = "Also write a page with plots", HelpName = "FILE" };
        var command = new Command("load", "Orders, duplicates, commands and restocks at a given rate, with or without kills; then an audit, PASS or FAIL on I1 to I8. Exit code 0: nothing is violated, 1: something is, 2: the system could not be read")
        { components, earlier, orders, inventory, rate, duration, products, skew, stock, inFlight, impatient, kill, kills, seed, json, html };
        foreach (var (_, option) in shares) command.Options.Add(option);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (Contradiction(parsed) is { } contradiction)
            {
                await progress.WriteLineAsync(contradiction);
                return 1;
            }

            int? lastKill = parsed.GetValue(kills) is > 0 and var number ? number : null;
            var options = new LoadOptions
            {
                Rate = parsed.GetValue(rate),
                Seconds = lastKill is null ? parsed.GetValue(duration) : LongestSeconds,
                Products = parsed.GetValue(products),
                Skew = parsed.GetValue(skew),
                Stock = parsed.GetValue(stock),
                InFlight = parsed.GetValue(inFlight),
                Shares = shares.ToDictionary(share => share.Kind, share => parsed.GetValue(share.Option)),
                Impatient = parsed.GetValue(impatient),
                Kill = lastKill is not null && parsed.GetValue(kill) == 0 ? UsualPause : parsed.GetValue(kill),
                Kills = lastKill,
                Seed = parsed.GetValue(seed),
            };
            await using var own = parsed.GetValue(orders) is not null ? null
                : parsed.GetValue(earlier) is { } folder ? await OrderSystem.StartBesideAsync(parsed.GetValue(components)!, folder)
                : await OrderSystem.StartAsync(parsed.GetValue(components)!, hasOwnServers: lastKill is not null);
            var (orderApp, inventoryApp) = own is null ? (parsed.GetValue(orders)!, parsed.GetValue(inventory)!) : (own.Orders, own.Inventory);
            var report = await new LoadBench(own is null ? orderApp.ToString() : "components/" + parsed.GetValue(components), orderApp, inventoryApp, own, options, progress, time).RunAsync(cancellationToken);
            return await WriteAsync(report, parsed.GetValue(html), parsed.GetValue(json), output);
        });
        return command;

        string? Contradiction(ParseResult parsed)
        {
            var given = parsed.GetValue(orders) is not null;
            if (given != parsed.GetValue(inventory) is not null) return "--order-app and --inventory-app belong together.";
            if (given && parsed.GetResult(components) is { Implicit: false }) return "--components is for a system that bench starts; it goes without --order-app.";
            if (given && (parsed.GetValue(kill) > 0 || parsed.GetValue(kills) > 0)) return "--kill and --kills are for a system that bench starts; they go without --order-app.";
            if (!given && parsed.GetValue(kills) == 0 && Missing(parsed.GetValue(components)!) is { } missing) return missing;
            if (parsed.GetValue(earlier) is { } folder && EarlierContradiction(folder, parsed) is { } wrong) return wrong;
            if (shares.Sum(share => parsed.GetValue(share.Option)) > 100) return "The shares of all kinds together must be at most 100 percent.";
            return (long)parsed.GetValue(rate) * parsed.GetValue(duration) > MaxRequests && parsed.GetValue(kills) == 0 ? $"--rate times --duration must be at most {MaxRequests}." : null;
        }

        string? EarlierContradiction(string folder, ParseResult parsed)
        {
            if (parsed.GetValue(orders) is not null || parsed.GetValue(kill) > 0 || parsed.GetValue(kills) > 0) return "--earlier goes without --order-app, --kill and --kills.";
            if (parsed.GetValue(components) == "local") return "--earlier needs --components with kafka: the local broker cannot share messages out among replicas.";
            return OrderSystem.MissingIn(folder) is { } missing ? $"{missing} is not there; dotnet publish the app to its folder below --earlier." : null;
        }
    }

    /// <summary>Writes a result as it is wanted; the exit code.</summary>
    private static async Task<int> WriteAsync(LoadReport report, string? html, bool json, TextWriter output)
    {
        if (html is not null) await File.WriteAllTextAsync(html, LoadReportHtml.Of(report), CancellationToken.None);
        if (json) await output.WriteLineAsync(JsonSerializer.Serialize(report, LoadReportJson.Default.LoadReport));
        else LoadReportText.Write(report, output);
        return report.Passed ? 0 : 1;
    }

    /// <summary>Which system is started, on servers that run.</summary>
    public static Option<string> Components()
    {
        var components = Folder("Folder of components to start a system on; those with kafka use the servers of OI_KAFKA, OI_POSTGRES and OI_REDIS (eng/servers)");
        components.Validators.Add(result =>
        {
            if (Missing(Options.Text(result) ?? "") is { } missing) result.AddError(missing);
        });
        return components;
    }

    private static Option<string> Folder(string description)
    {
        var components = new Option<string>("--components") { Description = description, DefaultValueFactory = _ => "local" };
        components.AcceptOnlyFromAmong([.. OrderSystem.Components]);
        return components;
    }

    private static string? Missing(string components) =>
        OrderSystem.MissingVariable(components) is { } variable ? $"{variable} is not set; eval \"$(eng/servers start DIR)\" starts servers and sets it." : null;

    /// <summary>How often a part of it is killed.</summary>
    public static Option<int> Kill(int usual) => Options.Number("--kill", "Mean seconds between two kill -9 of an app or of dapr-local; 0 for none", usual, LongestSeconds, least: 0);

    private static Option<int> Percent(string name, string description, int usual) => Options.Number(name, description, usual, 100, least: 0);

    private static Option<Uri?> Address(string name) => new(name)
    {
        Description = "Address of the app of a running system; without it bench starts one",
        HelpName = "URL",
        CustomParser = result =>
        {
            if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https") return address;
            result.AddError($"{name} must be an address such as http://127.0.0.1:5101.");
            return null;
        },
    };
}
