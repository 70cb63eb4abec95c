using OrderInventory.Auditing;
using OrderInventory.Judging;

namespace OrderInventory.Bench.Orders;

/// <summary>What the auditor and the answers of the clients say of a system that comes to rest.</summary>
/// <param name="Audit">The last audit.</param>
/// <param name="Findings">What it found, and what the clients were told that is not so.</param>
internal sealed record Verdict(AuditReport Audit, IReadOnlyList<Finding> Findings)
{
    private const int MaxParallelReads = 16;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan QuietLimit = TimeSpan.FromMinutes(5);

    // Whatever is killed last may come back slowly on a busy machine, and the connections to it later still.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    // An order that an earlier version left on its way is taken over when it is two minutes old.
    private static readonly AuditOptions Options = new() { Settle = TimeSpan.FromSeconds(2), StuckAfter = TimeSpan.FromMinutes(3) };

    /// <summary>Audits until no order is on its way any more; one that stays there is a finding after a while.</summary>
    /// <exception cref="UnreadableException">The system does not answer.</exception>
    public static async Task<Verdict> OfAsync(Uri orders, Uri inventory, IReadOnlyCollection<ToldOrder> told, TimeProvider time, CancellationToken cancellationToken)
    {
        using var orderHttp = new HttpClient { BaseAddress = orders };
        using var inventoryHttp = new HttpClient { BaseAddress = inventory };
        var reader = new SystemReader(orderHttp, inventoryHttp, Patience, time);
        // An order that was cancelled before its stock was asked for has no operation: only its user leads to it.
        var options = Options with { Users = [.. told.Select(answer => answer.UserId).Distinct()] };
        for (var began = time.GetTimestamp(); ; await Task.Delay(Pause, time, cancellationToken))
        {
            var audit = await new Auditor(reader, options, time, _ => { }).RunAsync(cancellationToken);
            if (audit.OnTheirWay > 0 && audit.Passed && time.GetElapsedTime(began) < QuietLimit) continue;
            return new Verdict(audit, [.. audit.Findings.Select(finding => finding.Finding), .. await JudgeToldAsync(told, reader, cancellationToken)]);
        }
    }

    private static async Task<IReadOnlyList<Finding>> JudgeToldAsync(IReadOnlyCollection<ToldOrder> told, SystemReader reader, CancellationToken cancellationToken)
    {
        var missing = new HashSet<string>();
        await Parallel.ForEachAsync(told.Select(answer => answer.OrderId).ToHashSet(), new ParallelOptions { MaxDegreeOfParallelism = MaxParallelReads, CancellationToken = cancellationToken }, async (id, stop) =>
        {
            if (await reader.OrderAsync(id, stop) is not null) return;
            lock (missing) missing.Add(id);
        });
        return [.. told.GroupBy(answer => (answer.UserId, answer.Key)).SelectMany(answers => KeyJudge.Told([.. answers], id => !missing.Contains(id)))];
    }
}
