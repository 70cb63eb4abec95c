using System.Collections.Concurrent;
using System.Globalization;
using OrderInventory.Bench.Load;
using OrderInventory.Bench.Orders;
using OrderInventory.Bench.Systems;
using OrderInventory.Judging;

namespace OrderInventory.Bench.Compare;

/// <summary>What <c>bench compare</c> is asked to do.</summary>
/// <param name="Components">Folder of components that both run on.</param>
/// <param name="Load">Products, skew, stock, impatient clients, kills and seed.</param>
/// <param name="Clients">Clients at the same time, each of which places the next order when the last one is decided.</param>
/// <param name="Wait">Seconds until a client gives up on an order that is not decided.</param>
internal sealed record CompareOptions(string Components, LoadOptions Load, int Clients, int Wait);

/// <summary>The product and the naive app, one after the other, each with the same clients, orders and kills and the same judge.</summary>
internal sealed class CompareBench(CompareOptions options, TextWriter progress, TimeProvider time)
{
    private const int DistinctArrivals = 100_000;

    // A part of the time in which what is compiled or connected anew does not count.
    private const double WarmUpShare = 0.25;

    public async Task<CompareReport> RunAsync(CancellationToken cancellationToken) => new()
    {
        Components = options.Components,
        Cores = Environment.ProcessorCount,
        Clients = options.Clients,
        Seconds = options.Load.Seconds,
        Contestants =
        [
            await RunAsync("OrderInventory", components => OrderSystem.StartAsync(components), cancellationToken),
            await RunAsync("read, check, save, retry", OrderSystem.StartNaiveAsync, cancellationToken),
        ],
    };

    private async Task<Contestant> RunAsync(string name, Func<string, Task<OrderSystem>> startAsync, CancellationToken cancellationToken)
    {
        await progress.WriteLineAsync($"{name}: starting");
        await using var system = await startAsync(options.Components);
        var run = "compare-" + time.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        using var client = new LoadClient(system.Orders, system.Inventory, run, new LoadFigures(0), time, cancellationToken) { Wait = options.Wait };
        await Parallel.ForEachAsync(Enumerable.Range(0, options.Load.Products), cancellationToken, async (product, _) => await client.CreateAsync(product, options.Load.Stock));

        await progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{name}: {options.Clients} clients, {options.Load.Seconds} s"));
        var arrivals = Arrivals.Of(options.Load with { Rate = DistinctArrivals }).Take(DistinctArrivals).ToArray();
        var (measure, told, kills, number) = (new Measure(), new ConcurrentQueue<ToldOrder>(), new List<LoadKill>(), -1);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var killing = Killer.RunAsync(system, options.Load, kills, progress, time, over.Token);
        var measured = TimeSpan.FromSeconds(options.Load.Seconds);
        try
        {
            await ClosedLoop.RunAsync(options.Clients, WarmUpShare * measured, measured, _ => PlaceAsync, measure, time, cancellationToken);
        }
        finally
        {
            // What is being started again belongs to the system, which is stopped next.
            await over.CancelAsync();
            await killing;
        }

        await progress.WriteLineAsync($"{name}: auditing");
        var verdict = await Verdict.OfAsync(system.Orders, system.Inventory, told, time, cancellationToken);
        var byInvariant = verdict.Findings.GroupBy(finding => finding.Invariant).OrderBy(invariant => invariant.Key, StringComparer.Ordinal).ToArray();
        return new Contestant(
            name,
            Math.Round(measure.PerSecond, 1),
            measure.Milliseconds(50),
            measure.Milliseconds(99),
            kills.Count,
            verdict.Audit.Orders,
            byInvariant.ToDictionary(invariant => invariant.Key, invariant => invariant.Count()),
            [.. byInvariant.Select(invariant => invariant.First().ToString())]);

        async Task<bool> PlaceAsync()
        {
            var own = Interlocked.Increment(ref number);
            var (outcome, answer) = await client.PlaceAsync(own, arrivals[own % DistinctArrivals]);
            if (answer is null) return false;
            told.Enqueue(answer);
            return outcome != LoadFigures.Undecided;
        }
    }
}
