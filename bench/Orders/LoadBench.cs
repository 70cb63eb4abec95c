using System.Globalization;
using OrderInventory.Auditing;
using OrderInventory.Bench.Systems;
using OrderInventory.Judging;

namespace OrderInventory.Bench.Orders;

/// <summary>
/// Load on a running system, then the verdict. <paramref name="own"/>: the system when bench started it, for kills; null when
/// it was given by its addresses.
/// </summary>
internal sealed class LoadBench(string name, Uri orders, Uri inventory, OrderSystem? own, LoadOptions options, TextWriter progress, TimeProvider time)
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan QuietLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly AuditOptions Audit = new() { Settle = TimeSpan.FromSeconds(2), StuckAfter = TimeSpan.FromMinutes(2) };

    private readonly LoadFigures _figures = new(options.Seconds);
    private readonly List<LoadKill> _kills = [];

    /// <summary>Does it all.</summary>
    public async Task<LoadReport> RunAsync(CancellationToken cancellationToken)
    {
        using var client = new LoadClient(orders, inventory, "load-" + time.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture), _figures, time);
        var run = new LoadRun(options, client, _figures, time);
        await progress.WriteLineAsync($"{name}: creating {options.Products} products");
        await run.PrepareAsync(cancellationToken);
        using (time.CreateTimer(_ => progress.WriteLine(Standing(run)), null, Beat, Beat))
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var kills = KillAsync(run, over.Token);
            await run.RunAsync(cancellationToken);
            await over.CancelAsync();
            await kills;
        }

        var elapsed = run.Elapsed;
        using var orderHttp = new HttpClient { BaseAddress = orders };
        using var inventoryHttp = new HttpClient { BaseAddress = inventory };
        var reader = new SystemReader(orderHttp, inventoryHttp, Patience, time);
        var audit = await AuditAsync(reader, cancellationToken);
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
            AuditedOrders = audit.Orders,
            AuditedOperations = audit.Operations,
            Findings = [.. audit.Findings.Select(finding => finding.Finding).Concat(run.Findings).Concat(await JudgeToldAsync(run, reader, cancellationToken)).Select(finding => finding.ToString())],
            NotSeen = audit.NotSeen,
        };
    }

    /// <summary>Kills one part after the other at random intervals, each when the one before is back.</summary>
    private async Task KillAsync(LoadRun run, CancellationToken over)
    {
        if (options.Kill == 0 || own is null) return;
        var random = new Random(options.Seed);
        try
        {
            while (true)
            {
                await Task.Delay(TimeSpan.FromSeconds(-Math.Log(1 - random.NextDouble()) * options.Kill), time, over);
                var victim = OrderSystem.Processes[random.Next(OrderSystem.Processes.Count)];
                _kills.Add(new LoadKill(Math.Round(run.Elapsed.TotalSeconds, 1), victim));
                await progress.WriteLineAsync($"kill -9 {victim}");
                await own.KillAsync(victim);
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // The load is over.
        }
    }

    /// <summary>Audits until no order is on its way any more; one that stays there is a finding after a while.</summary>
    private async Task<AuditReport> AuditAsync(SystemReader reader, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            await progress.WriteLineAsync("auditing");
            var report = await new Auditor(reader, Audit, time, _ => { }).RunAsync(cancellationToken);
            if (report.OnTheirWay == 0 || !report.Passed || time.GetElapsedTime(began) > QuietLimit) return report;
            await Task.Delay(Beat, time, cancellationToken);
        }
    }

    /// <summary>What the clients were told, against the orders that there are.</summary>
    private static async Task<IReadOnlyList<Finding>> JudgeToldAsync(LoadRun run, SystemReader reader, CancellationToken cancellationToken)
    {
        var ids = run.Told.Select(told => told.OrderId).ToHashSet();
        var missing = new HashSet<string>();
        await Parallel.ForEachAsync(ids, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount * 4, CancellationToken = cancellationToken }, async (id, stop) =>
        {
            if (await reader.OrderAsync(id, stop) is not null) return;
            lock (missing) missing.Add(id);
        });
        return [.. run.Told.GroupBy(told => (told.UserId, told.Key)).SelectMany(told => KeyJudge.Told([.. told], id => !missing.Contains(id)))];
    }

    private string Standing(LoadRun run) => string.Create(
        CultureInfo.InvariantCulture, $"{run.Elapsed.TotalSeconds,4:0} s  {_figures.Ended:N0} answered, {_figures.Missed} missed, {_figures.Repeated} sent again, p99 {_figures.P99:0.#} ms");
}
