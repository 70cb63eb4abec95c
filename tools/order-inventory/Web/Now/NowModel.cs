using System.Globalization;
using System.Text.Json;
using OrderInventory.Cli;
using OrderInventory.DeadLetters;
using OrderInventory.Web.Audits;
using OrderInventory.Web.Orders;

namespace OrderInventory.Web.Now;

/// <summary>A number with its last minutes.</summary>
/// <param name="Name">What it counts.</param>
/// <param name="Value">The number now; "–" when it is not known.</param>
/// <param name="Note">What else is to say; empty for nothing.</param>
/// <param name="Link">The list behind it; null for none.</param>
/// <param name="Points">What it was, oldest first; empty for no picture.</param>
/// <param name="IsBad">True when somebody has to look.</param>
public sealed record Tile(string Name, string Value, string Note, string? Link, IReadOnlyList<double> Points, bool IsBad = false)
{
    /// <summary>Why the app behind it did not answer; null when it did.</summary>
    public string? Unanswered { get; init; }
}

/// <summary>How orders moved in the last five minutes.</summary>
/// <param name="Status">The status that they reached.</param>
/// <param name="Count">How many; null when it is not known.</param>
public sealed record StatusFlow(string Status, long? Count);

/// <summary>How the system does.</summary>
/// <param name="Tiles">The numbers.</param>
/// <param name="Flows">By status.</param>
public sealed record NowModel(IReadOnlyList<Tile> Tiles, IReadOnlyList<StatusFlow> Flows);

/// <summary>The page that shows how the system does.</summary>
internal static class NowPage
{
    private const int RateSeconds = 10;
    private const int LatencySeconds = 60;
    private const int PointSeconds = 5;
    private const int MaxLetters = 200;

    public static void MapNowPage(this IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        var (system, history, audits, time) = (services.GetRequiredService<SystemClient>(), services.GetRequiredService<MetricHistory>(), services.GetRequiredService<AuditRuns>(), services.GetRequiredService<TimeProvider>());
        routes.MapLivePage<Pages.NowPage, NowModel>("/", (_, _) => "Now", async (_, cancellationToken) => await ReadAsync(system, history, audits, time, cancellationToken));
    }

    private static async Task<NowModel> ReadAsync(SystemClient system, MetricHistory history, AuditRuns audits, TimeProvider time, CancellationToken cancellationToken)
    {
        var letters = LettersAsync(system, cancellationToken);
        var health = SystemHealth.ReadAsync(system, time, cancellationToken);
        var (stuck, waiting) = (StuckAsync(system, health, cancellationToken), WaitingAsync(system, health, time, cancellationToken));
        var all = history.Last(MetricHistory.Kept);
        var minute = all.Where(second => second.Number > history.Now - LatencySeconds).SelectMany(second => second.Decided.Select(bucket => (bucket.Key, bucket.Value))).ToArray();
        Tile[] asked = [await waiting, await stuck, await letters];
        Tile?[] tiles =
        [
            (await health).Tile([.. asked.Select(tile => tile.Unanswered).OfType<string>()]),
            new("Orders placed a second", Rate(system.Orders, second => second.Placed), $"over {RateSeconds} s", "/orders", Points(second => second.Placed)),
            new("Time until decided, p50", Quantiles.Of(minute, 0.5), $"of the last {LatencySeconds} s", "/orders", []),
            new("Time until decided, p99", Quantiles.Of(minute, 0.99), $"of the last {LatencySeconds} s", "/orders", []),
            new("Stock operations a second", Rate(system.Inventory, second => second.Operations), $"over {RateSeconds} s", "/products", Points(second => second.Operations)),
            new("Requests that wait for a round", Gauge(system.Orders, metrics => metrics.Sum("orders.intake.waiting")), "in order-app, which stores what came together in rounds", "/orders", []),
            new("Stock operations that wait", Gauge(system.Inventory, metrics => metrics.Sum("inventory.queue.depth")), "in inventory-app", "/products", []),
            .. asked,
            audits.Tile,
        ];
        var isKnown = history.IsKnown(system.Orders, MetricHistory.Kept);
        return new NowModel([.. tiles.OfType<Tile>()], [.. OrdersModel.Statuses.Select(status => new StatusFlow(status, isKnown ? (long)all.Sum(second => second.Reached.GetValueOrDefault(status)) : null))]);

        string Rate(AppClient app, Func<Second, double> of) => history.IsKnown(app, RateSeconds) ? (all.Where(second => second.Number > history.Now - RateSeconds).Sum(of) / RateSeconds).ToString("0.#", CultureInfo.InvariantCulture) : "–";

        string Gauge(AppClient app, Func<ReadMetrics, double> of) => history.Gauge(app, of) is { } number ? Whole(number) : "–";

        IReadOnlyList<double> Points(Func<Second, double> of)
        {
            // Whole spans only, so that a picture does not move while nothing happens.
            var end = history.Now / PointSeconds;
            var sums = all.GroupBy(second => second.Number / PointSeconds).ToDictionary(span => span.Key, span => span.Sum(of));
            return sums.Values.All(sum => sum == 0) ? [] : [.. Enumerable.Range(1, MetricHistory.Kept / PointSeconds).Select(i => sums.GetValueOrDefault(end - (MetricHistory.Kept / PointSeconds) + i - 1) / PointSeconds)];
        }
    }

    private static async Task<Tile> WaitingAsync(SystemClient system, Task<SystemHealth> health, TimeProvider time, CancellationToken cancellationToken)
    {
        const string name = "Oldest order on its way";
        try
        {
            var list = await system.Orders.DataAsync("/api/orders/waiting", cancellationToken);
            var doubt = (await health).Doubt;
            if (list is null) return new Tile(name, "–", $"{system.Orders.Name} does not tell", null, []);
            var waiting = list.Value.EnumerateArray().ToArray();
            if (waiting.Length == 0) return doubt is null ? new Tile(name, "< 1 min", "none waits for longer", "/orders?status=PENDING", []) : new Tile(name, "–", doubt, null, []);
            var (since, id) = (waiting[0].GetProperty("since").GetDateTimeOffset(), waiting[0].GetProperty("orderId").GetString());
            return new Tile(name, string.Create(CultureInfo.InvariantCulture, $"{(time.GetUtcNow() - since).TotalMinutes:0.0} min"), $"{Whole(waiting.Length)} of more than half a minute{Others(doubt)}", "/orders/" + id, []);
        }
        catch (Exception error) when (error is NotAnsweredException or UnauthorizedAccessException)
        {
            return new Tile(name, "–", error.Message, null, []) { Unanswered = (error as NotAnsweredException)?.Message };
        }
    }

    private static async Task<Tile> StuckAsync(SystemClient system, Task<SystemHealth> health, CancellationToken cancellationToken)
    {
        const string name = "Stuck orders";
        try
        {
            var stuck = (await system.Orders.DataAsync("/api/orders/stuck", cancellationToken))?.EnumerateArray().ToArray() ?? [];
            var doubt = (await health).Doubt;
            if (stuck.Length == 0) return doubt is null ? new Tile(name, "0", $"none that {system.Orders.Name} looked after more than twice", "/stuck", []) : new Tile(name, "–", doubt, "/stuck", []);
            return new Tile(name, Whole(stuck.Length), $"the oldest since {stuck[0].GetProperty("since").GetDateTimeOffset():u}{Others(doubt)}", "/stuck", [], IsBad: true);
        }
        catch (Exception error) when (error is NotAnsweredException or UnauthorizedAccessException)
        {
            return new Tile(name, "–", error.Message, "/stuck", []) { Unanswered = (error as NotAnsweredException)?.Message };
        }
    }

    private static string Others(string? doubt) => doubt is null ? "" : "; of others it is " + doubt;

    private static async Task<Tile> LettersAsync(SystemClient system, CancellationToken cancellationToken)
    {
        const string name = "Open dead letters";
        try
        {
            var lists = await Task.WhenAll(new[] { system.Orders, system.Inventory }.Select(app => app.DataAsync($"/api/deadletters?limit={MaxLetters}", cancellationToken)));
            var letters = lists.SelectMany(list => list?.Deserialize<Letter[]>(JsonSerializerOptions.Web) ?? []).ToArray();
            var open = letters.Count(letter => letter.Status == Letter.Open);
            return new Tile(name, Whole(open), $"among the newest {MaxLetters} of each app", "/deadletters", [], IsBad: open > 0);
        }
        catch (Exception error) when (error is NotAnsweredException or UnauthorizedAccessException)
        {
            return new Tile(name, "–", error.Message, "/deadletters", []) { Unanswered = (error as NotAnsweredException)?.Message };
        }
    }

    private static string Whole(double number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
