using System.Globalization;
using OrderInventory.Bench.Load;
using OrderInventory.Bench.Orders;

namespace OrderInventory.Bench.Model;

/// <summary>What <c>bench model</c> is asked to do. <paramref name="Costs"/>: the list of prices.</summary>
internal sealed record ModelOptions(string Costs, TimeSpan Measured, TimeSpan WarmUp, IReadOnlyList<int> Clients);

/// <summary>
/// The product beside an app in the shape of Dapr's workflow quickstart, one after the other, both at the prices of the real
/// Dapr: orders in a second, and what each order costs by kind of operation.
/// </summary>
internal sealed class ModelBench(ModelOptions options, TextWriter progress, TimeProvider time)
{
    private const int Products = 100;
    private const int Stock = 100_000_000;
    private static readonly TimeSpan MostWait = TimeSpan.FromSeconds(30);

    /// <summary>The product, then its opponent.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Contestants { get; } = new Dictionary<string, IReadOnlyList<string>>
    {
        ["OrderInventory"] = ["order-app", "inventory-app"],
        ["one workflow per order"] = ["naive-workflow"],
    };

    public async Task<ModelReport> RunAsync(CancellationToken cancellationToken)
    {
        var rows = new List<ModelRow>();
        foreach (var (name, apps) in Contestants)
        {
            await progress.WriteLineAsync($"{name}: starting");
            await using var system = await ModelSystem.StartAsync(apps, options.Costs, time);
            var run = "model-" + time.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
            using var client = new LoadClient(system.Orders, system.Inventory, run, new LoadFigures(0), time, cancellationToken);
            for (var product = 0; product < Products; product++) await client.CreateAsync(product, Stock);
            var number = -1;
            await ClosedLoop.RunAsync(options.Clients[0], options.WarmUp, TimeSpan.Zero, _ => PlaceAsync, new Measure(), time, cancellationToken);
            foreach (var clients in options.Clients)
            {
                await progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{name}: {clients} clients"));
                var (before, measure) = (await system.ChargedAsync(), new Measure());
                await ClosedLoop.RunAsync(clients, options.WarmUp, options.Measured, _ => PlaceAsync, measure, time, cancellationToken);
                rows.Add(ModelRow.Of(name, clients, measure, before, await system.ChargedAsync()));
            }

            async Task<bool> PlaceAsync()
            {
                var own = Interlocked.Increment(ref number);
                var (_, told) = await client.PlaceAsync(own, new Arrival(TimeSpan.Zero, LoadKind.Place, own % Products, 1, null, false, 0));
                return told is not null && await system.Decided.UntilAsync(told.OrderId, MostWait, cancellationToken);
            }
        }

        return new ModelReport { Costs = Path.GetFileName(options.Costs), Seconds = options.Measured.TotalSeconds, Rows = rows };
    }
}
