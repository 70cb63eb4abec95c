using System.Globalization;
using OrderInventory.Bench.Systems;
using OrderInventory.Testing.Processes;

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
        using var client = new LoadClient(() => own?.OrderReplicas ?? [orders], inventory, "load-" + time.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture), _figures, time, cancellationToken);
        var run = new LoadRun(options, client, _figures, time);
        await progress.WriteLineAsync($"{name}: creating {options.Products} products");
        await run.PrepareAsync(cancellationToken);
        Task<IReadOnlyDictionary<string, ProcessUsage>?> early;
        using (time.CreateTimer(_ => progress.WriteLine(Standing(run)), null, Beat, Beat))
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            early = UsageAsync(over.Token);
            using var killedEnough = new CancellationTokenSource();
            var kills = own is null ? Task.CompletedTask : KillAsync(own, killedEnough, over.Token);
            var upgrade = own is { HasEarlier: true } ? UpgradeAsync(own, over.Token) : Task.CompletedTask;
            try
            {
                await run.RunAsync(killedEnough.Token, cancellationToken);
            }
            finally
            {
                // What is being started again belongs to the system, which is stopped next.
                await over.CancelAsync();
                await kills;
                await upgrade;
            }
        }

        var elapsed = run.Elapsed;
        var processes = Compare(await early, own?.Usage());
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
            Seconds = [.. _figures.Seconds().Take((int)elapsed.TotalSeconds + 1)],
            Kills = _kills,
            Processes = processes,
            AuditedOrders = verdict.Audit.Orders,
            AuditedOperations = verdict.Audit.Operations,
            Findings = [.. verdict.Findings.Concat(run.Findings).Select(finding => finding.ToString())],
            NotSeen = verdict.Audit.NotSeen,
        };
    }

    private async Task KillAsync(OrderSystem system, CancellationTokenSource enough, CancellationToken over)
    {
        try
        {
            await Killer.RunAsync(system, options, _kills, progress, time, over);
        }
        finally
        {
            // Also when what was killed cannot be started again: then there is nothing left to put under load.
            if (options.Kills is not null) await enough.CancelAsync();
        }
    }

    private async Task UpgradeAsync(OrderSystem system, CancellationToken over)
    {
        // A load that is cut off before has no second half.
        await Task.Delay(TimeSpan.FromSeconds(options.Seconds) / 2, time, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (over.IsCancellationRequested) return;
        await progress.WriteLineAsync("stopping the earlier version");
        await system.EndUpgradeAsync();
    }

    // After a fifth of the load, when what is compiled and cached at first is there. Null: the load ended before, or there are kills.
    private async Task<IReadOnlyDictionary<string, ProcessUsage>?> UsageAsync(CancellationToken over)
    {
        await Task.Delay(TimeSpan.FromSeconds(options.Seconds) / 5, time, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return over.IsCancellationRequested || options.Kill > 0 ? null : own?.Usage();
    }

    private static IReadOnlyList<LoadProcess> Compare(IReadOnlyDictionary<string, ProcessUsage>? early, IReadOnlyDictionary<string, ProcessUsage>? late) => early is null || late is null
        ? []
        : [.. late.Where(process => early.ContainsKey(process.Key)).Select(process => new LoadProcess(
            process.Key, Megabytes(early[process.Key]), Megabytes(process.Value), early[process.Key].Handles, process.Value.Handles, process.Value.Lines - early[process.Key].Lines))];

    private static double Megabytes(ProcessUsage usage) => Math.Round(usage.Bytes / 1048576.0, 1);

    private string Standing(LoadRun run) => string.Create(
        CultureInfo.InvariantCulture, $"{run.Elapsed.TotalSeconds,4:0} s  {_figures.Ended:N0} answered, {_figures.Missed} missed, {_figures.Repeated} sent again, p99 {_figures.P99:0.#} ms");
}
