using System.Globalization;
using OrderInventory.Bench.Load;
using OrderInventory.Bench.Systems;

namespace OrderInventory.Bench.Stock;

/// <summary>The measurement: three contestants that take turns, then one of them at half of its maximum.</summary>
internal sealed class StockBench(InventorySystem system, StockOptions options, TextWriter progress, TimeProvider time)
{
    private const string Hot = "hot";
    private const long Given = 1_000_000_000;
    private const int Turns = 2;

    // A part of each turn in which what is compiled or connected anew does not count.
    private const double WarmUpShare = 0.25;

    private readonly TimeSpan _turn = TimeSpan.FromSeconds(options.Seconds) / Turns;
    private readonly string[] _many = [.. Enumerable.Range(0, options.Products).Select(number => "product-" + number.ToString(CultureInfo.InvariantCulture))];
    private readonly string _manyProducts = string.Create(CultureInfo.InvariantCulture, $"{options.Products:N0} products");
    private readonly StockAudit _audit = new(system.Inventory);
    private readonly List<string> _problems = [];
    private readonly Dictionary<string, IReadOnlyDictionary<string, Cost>> _costs = [];

    public async Task<StockReport> RunAsync(CancellationToken cancellationToken)
    {
        using var naive = new NaiveStock(system.Sidecar, time);
        await ProgressAsync($"creating {_many.Length + 1} products");
        await system.CreateAsync([Hot, .. _many], Given);
        await naive.CreateAsync(Given);

        var (one, many, retry, half) = (new Measure(), new Measure(), new Measure(), new Measure());
        var next = 0u;
        for (var turn = 1; turn <= Turns; turn++)
        {
            await TakeTurnAsync("one product", turn, () => system.Buyers.BuyAsync(Hot), one, cancellationToken);
            _problems.AddRange(await _audit.CheckAsync("one product", [Hot], Given, one));
            await TakeTurnAsync(_manyProducts, turn, () => system.Buyers.BuyAsync(_many[Interlocked.Increment(ref next) % (uint)_many.Length]), many, cancellationToken);
            _problems.AddRange(await _audit.CheckAsync(_manyProducts, _many, Given, many));
            await TakeTurnAsync("read-check-save-retry", turn, naive.BuyAsync, retry, cancellationToken);
            if (await naive.AuditAsync(Given, retry.Succeeded) is { } problem) _problems.Add(problem);
        }

        var rate = Math.Max(1, one.PerSecond / 2);
        await ProgressAsync(string.Create(CultureInfo.InvariantCulture, $"one product at {rate:N0}/s, half of its maximum, {options.Seconds} s"));
        await OpenLoop.RunAsync(rate, WarmUpShare * _turn, Turns * _turn, () => system.Buyers.BuyAsync(Hot), half, time, cancellationToken);
        _problems.AddRange(await _audit.CheckAsync("half load", [Hot], Given, one, half));
        return Report(one, many, retry, half);
    }

    private async Task TakeTurnAsync(string name, int turn, Func<Task<bool>> operation, Measure measure, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await ProgressAsync(string.Create(CultureInfo.InvariantCulture, $"{name}, {options.Buyers} buyers, turn {turn} of {Turns}, {_turn.TotalSeconds:0.#} s"));
        var (before, done) = (await system.ChargedAsync(), measure.Done);
        await ClosedLoop.RunAsync(options.Buyers, WarmUpShare * _turn, _turn, _ => operation, measure, time, cancellationToken);
        if (before is not null && await system.ChargedAsync() is { } after) _costs[name] = after.Since(before, measure.Done - done);
    }

    private StockReport Report(Measure one, Measure many, Measure retry, Measure half) => new()
    {
        Store = options.Store,
        Prices = options.Costs is null ? null : Path.GetFileName(options.Costs),
        Cores = Environment.ProcessorCount,
        Buyers = options.Buyers,
        Seconds = options.Seconds,
        Parts =
        [
            Part("one product", one),
            Part(_manyProducts, many),
            Part("read-check-save-retry", retry),
            Part("one product at half load", half),
        ],
        Targets = Targets(one, many, retry, half),
        Costs = _costs,
        AuditProblems = _problems,
    };

    // With prices a delivery waits for a batch as long as the product's components say, which is longer than this p99 without them.
    private IReadOnlyList<Target> Targets(Measure one, Measure many, Measure retry, Measure half) => options.Costs is null
        ?
        [
            Target.AtLeast("one product / read-check-save-retry", Ratio(one, retry), 20),
            Target.AtMost("p99 of a deduction at half load, ms", half.Milliseconds(99), 25),
            Target.AtLeast("one product / " + _manyProducts, Ratio(one, many), 0.8),
        ]
        :
        [
            Target.AtLeast("one product / read-check-save-retry", Ratio(one, retry), 29),
            Target.AtLeast(_manyProducts + " / one product", Ratio(many, one), 1),
        ];

    private static StockPart Part(string name, Measure measure) =>
        new(name, Math.Round(measure.PerSecond, 1), measure.Milliseconds(50), measure.Milliseconds(99), measure.Done);

    private static double Ratio(Measure one, Measure other) => Target.Ratio(one.PerSecond, other.PerSecond);

    private Task ProgressAsync(string text) => progress.WriteLineAsync(text);
}
