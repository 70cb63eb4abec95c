using System.Collections.Concurrent;
using System.Globalization;
using OrderInventory.Bench.Load;
using OrderInventory.Bench.Orders;
using OrderInventory.Bench.Systems;
using OrderInventory.Judging;

namespace OrderInventory.Bench.Growth;

/// <summary>What <c>bench orders</c> is asked to do; earlier orders in rising numbers.</summary>
internal sealed record GrowthOptions(string Components, TimeSpan Measured, TimeSpan WarmUp, IReadOnlyList<int> Clients, IReadOnlyList<int> Products, IReadOnlyList<int> Earlier);

/// <summary>
/// One system, one thing at a time growing: the clients, the products, the earlier orders. Each row stands beside a usual
/// one of its own, so that what changes is what grows.
/// </summary>
internal sealed class GrowthBench(GrowthOptions options, TextWriter progress, TimeProvider time)
{
    private const int UsualClients = 64;
    private const int UsualProducts = 100;
    private const int Stock = 100_000_000;
    private const int MostWait = 30;
    private const int DistinctArrivals = 100_000;
    private const double OrdersPerSecondWanted = 1_000;
    private const double PostP99Wanted = 50;
    private const double WithEarlierWanted = 0.9;

    // For what the row before has left in queues and caches.
    private static readonly TimeSpan MaxRowWarmUp = TimeSpan.FromSeconds(3);

    private readonly ConcurrentQueue<ToldOrder> _told = new();
    private readonly List<GrowthRow> _rows = [];
    private readonly ConcurrentDictionary<int, Arrival[]> _arrivals = new();
    private int _number = -1;

    private TimeSpan RowWarmUp => options.WarmUp < MaxRowWarmUp ? options.WarmUp : MaxRowWarmUp;

    public async Task<GrowthReport> RunAsync(CancellationToken cancellationToken)
    {
        await progress.WriteLineAsync("starting");
        await using var system = await OrderSystem.StartAsync(options.Components);
        var run = "orders-" + time.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        using var waiting = new LoadClient(system.Orders, system.Inventory, run, new LoadFigures(0), time, cancellationToken) { Wait = MostWait };
        using var posting = new LoadClient(system.Orders, system.Inventory, run, new LoadFigures(0), time, cancellationToken);
        await Parallel.ForEachAsync(Enumerable.Range(0, Math.Max(UsualProducts, options.Products.Max())), cancellationToken, async (product, _) => await waiting.CreateAsync(product, Stock));
        await ClosedLoop.RunAsync(UsualClients, options.WarmUp, TimeSpan.Zero, _ => Orders(waiting, UsualProducts), new Measure(), time, cancellationToken);

        foreach (var clients in options.Clients) await RowAsync(system, waiting, "clients", clients, UsualProducts, 0, cancellationToken);
        foreach (var products in options.Products) await RowAsync(system, waiting, "products", UsualClients, products, 0, cancellationToken);
        var best = _rows.Max(row => row.PerSecond);
        var post = await PostAsync(posting, Math.Max(1, best / 2), cancellationToken);

        await RowAsync(system, waiting, "earlier orders", UsualClients, UsualProducts, 0, cancellationToken);
        var withoutEarlier = _rows[^1];
        using var sidecar = new HttpClient { BaseAddress = system.OrderSidecar };
        var earlierOrders = new EarlierOrders(sidecar, waiting, progress);
        foreach (var earlier in options.Earlier)
        {
            await earlierOrders.StoreAsync(earlier, cancellationToken);
            await RowAsync(system, waiting, "earlier orders", UsualClients, UsualProducts, earlier, cancellationToken);
        }

        await progress.WriteLineAsync("auditing");
        var verdict = await Verdict.OfAsync(system.Orders, system.Inventory, _told, time, cancellationToken);
        return new GrowthReport
        {
            Components = options.Components,
            Cores = Environment.ProcessorCount,
            Seconds = options.Measured.TotalSeconds,
            Rows = _rows,
            Post = post,
            Targets =
            [
                Target.AtLeast("orders/s from POST to decided", best, OrdersPerSecondWanted),
                Target.AtMost("p99 of a POST at half of that, ms", post.P99Milliseconds, PostP99Wanted),
                Target.AtLeast($"orders/s with {_rows[^1].Earlier} earlier orders / with none", Target.Ratio(_rows[^1].PerSecond, withoutEarlier.PerSecond), WithEarlierWanted),
            ],
            AuditedOrders = verdict.Audit.Orders,
            Findings = [.. verdict.Findings.Select(finding => finding.ToString())],
        };
    }

    private async Task RowAsync(OrderSystem system, LoadClient client, string growing, int clients, int products, int earlier, CancellationToken cancellationToken)
    {
        var measure = new Measure();
        await ClosedLoop.RunAsync(clients, RowWarmUp, options.Measured, _ => Orders(client, products), measure, time, cancellationToken);
        var megabytes = system.Usage().Values.Sum(usage => usage.Bytes) / 1048576;
        _rows.Add(new GrowthRow(growing, clients, products, earlier, Math.Round(measure.PerSecond, 1), measure.Milliseconds(50), measure.Milliseconds(99), megabytes, measure.Done - measure.Succeeded));
        await progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{clients} clients, {products} products, {earlier} earlier orders: {measure.PerSecond:0} orders/s"));
    }

    private async Task<PostAtHalfLoad> PostAsync(LoadClient client, double perSecond, CancellationToken cancellationToken)
    {
        await progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"POST at {perSecond:0} orders/s"));
        var measure = new Measure();
        await OpenLoop.RunAsync(perSecond, RowWarmUp, options.Measured, Orders(client, UsualProducts), measure, time, cancellationToken);
        return new PostAtHalfLoad(Math.Round(measure.PerSecond, 1), measure.Milliseconds(50), measure.Milliseconds(99), measure.Done - measure.Succeeded);
    }

    private Func<Task<bool>> Orders(LoadClient client, int products)
    {
        var arrivals = ArrivalsOver(products);
        return async () =>
        {
            var own = Interlocked.Increment(ref _number);
            var (outcome, answer) = await client.PlaceAsync(own, arrivals[own % DistinctArrivals]);
            if (answer is null) return false;
            _told.Enqueue(answer);
            return outcome != LoadFigures.Undecided;
        };
    }

    private Arrival[] ArrivalsOver(int products) => _arrivals.GetOrAdd(products, _ => [.. Arrivals.Of(new LoadOptions
    {
        Rate = DistinctArrivals,
        Seconds = 2,
        Products = products,
        Skew = 1,
        Stock = Stock,
        InFlight = 1,
        Shares = new Dictionary<LoadKind, int>(),
        Impatient = 0,
        Kill = 0,
        Seed = 1,
    }).Take(DistinctArrivals)]);
}
