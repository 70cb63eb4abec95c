using System.Globalization;
using OrderInventory.Bench.Systems;

namespace OrderInventory.Bench.Orders;

/// <summary>
/// Load on a running system, then the verdict. <paramref name="own"/>: the system when bench started it, for kills; null when
/// it was given by its addresses.
/// </summary>
internal sealed class LoadBench(string name, Uri orders, Uri inventory, OrderSystem? own, LoadOptions options, TextWriter progress, TimeProvider time)
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    private readonly LoadFigures _figures = new(options.Seconds);
    private readonly List<LoadKill> _kills = [];

    /// <summary>Does it all.</summary>
    public async Task<LoadReport> RunAsync(CancellationToken cancellationToken)
    {
        using var client = new LoadClient(orders, inventory, "load-" + time.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture), _figures, time, cancellationToken);
        var run = new LoadRun(options, client, _figures, time);
        await progress.WriteLineAsync($"{name}: creating {options.Products} products");
        await run.PrepareAsync(cancellationToken);
        using (time.CreateTimer(_ => progress.WriteLine(Standing(run)), null, Beat, Beat))
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var kills = own is null ? Task.CompletedTask : Killer.RunAsync(own, options.Kill, options.Seed, _kills, progress, time, over.Token);
            try
            {
                await run.RunAsync(cancellationToken);
            }
            finally
            {
                // What is being started again belongs to the system, which is stopped next.
                await over.CancelAsync();
                await kills;
            }
        }

        var elapsed = run.Elapsed;
        await progress.WriteLineAsync("auditing");
        var verdict = await Verdict.OfAsync(orders, inventory, run.Told, time, cancellationToken);
        return new LoadReport
        {
            System = name,
            Cores = Environment.ProcessorCount,
            Options = options,
            RateReached = Math.Round(_figures.Ended / elapsed.TotalSeconds, 1),
            Missed = _figures.Missed,
            Repeated = _figures.Repeated,
            Kinds = _figures.Kinds(),
            Decided = _figures.DecidedFigure(),
            Seconds = _figures.Seconds(),
            Kills = _kills,
            AuditedOrders = verdict.Audit.Orders,
            AuditedOperations = verdict.Audit.Operations,
            Findings = [.. verdict.Findings.Concat(run.Findings).Select(finding => finding.ToString())],
            NotSeen = verdict.Audit.NotSeen,
        };
    }

    private string Standing(LoadRun run) => string.Create(
        CultureInfo.InvariantCulture, $"{run.Elapsed.TotalSeconds,4:0} s  {_figures.Ended:N0} answered, {_figures.Missed} missed, {_figures.Repeated} sent again, p99 {_figures.P99:0.#} ms");
}
