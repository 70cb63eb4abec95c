using OrderInventory.Judging;

namespace OrderInventory.Auditing;

/// <summary>
/// Judges a system by its HTTP APIs. Both apps go on working meanwhile, so what one reading finds may only be in motion:
/// a finding is what a second reading of the same documents, some time later, finds again.
/// </summary>
internal sealed class Auditor(SystemReader system, AuditOptions options, TimeProvider time, Action<AuditProgress> onProgress)
{
    private static readonly string[] NeverSeen =
    [
        "I1: stored versions of a product that none of its recorded operations shows",
        "I3: keys that a version before groups has forgotten, and orders without operations that were placed before there was a list of everybody's, of users that neither --user nor another order names",
        "I7: whether a transition was published, and with which id and content",
        "I8: messages on topics that have no effect: dead letters, repeats, results that are still to be delivered",
    ];

    /// <summary>Does the audit.</summary>
    /// <exception cref="UnreadableException">Something cannot be read, so there is no verdict.</exception>
    public async Task<AuditReport> RunAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        using var first = new Reading(system, options, time, reading => onProgress(Of(1, reading)));
        await first.ReadAsync(cancellationToken);

        var findings = new List<AuditFinding>();
        var notSeen = first.NotSeen;
        if (first.Suspicions.Count > 0)
        {
            await Task.Delay(options.Settle, time, cancellationToken);
            using var second = new Reading(system, options, time, reading => onProgress(Of(2, reading)), first.Suspicions);
            await second.ReadAsync(cancellationToken);
            var again = second.Suspicions.GroupBy(suspicion => suspicion.Finding.Identity).ToDictionary(same => same.Key, same => same.First());
            findings.AddRange(first.Suspicions.DistinctBy(suspicion => suspicion.Finding.Identity)
                .Where(suspicion => again.ContainsKey(suspicion.Finding.Identity))
                .Select(suspicion => new AuditFinding(again[suspicion.Finding.Identity].Finding, suspicion.Documents, again[suspicion.Finding.Identity].Documents)));
            if (first.Suspicions.Count >= Reading.MaxSuspicions) notSeen.Add($"whatever comes after the first {Reading.MaxSuspicions} suspicions");
        }

        return new AuditReport
        {
            Seconds = Math.Round(time.GetElapsedTime(began).TotalSeconds, 1),
            Products = first.Products,
            Operations = first.Operations,
            Orders = first.Orders,
            MissingOrders = first.MissingOrders,
            Users = first.Users,
            OnTheirWay = first.OnTheirWay,
            Findings = findings,
            NotSeen = [.. NeverSeen, .. notSeen],
        };
    }

    private static AuditProgress Of(int number, Reading reading) => new(number, reading.Products, reading.Operations, reading.Orders, reading.Suspicions.Count);
}

/// <summary>A finding that survived two readings, with what each of them read, by document name.</summary>
internal sealed record AuditFinding(Finding Finding, IReadOnlyDictionary<string, string> First, IReadOnlyDictionary<string, string> Second);

/// <summary>The result of an audit.</summary>
internal sealed record AuditReport
{
    /// <summary>How long it took.</summary>
    public required double Seconds { get; init; }

    /// <summary>Products that were read.</summary>
    public required long Products { get; init; }

    /// <summary>Operations that were read.</summary>
    public required long Operations { get; init; }

    /// <summary>Orders that were read.</summary>
    public required long Orders { get; init; }

    /// <summary>Those of them that inventory names, and order-app does not know.</summary>
    public required long MissingOrders { get; init; }

    /// <summary>Users that those orders belong to.</summary>
    public required long Users { get; init; }

    /// <summary>Orders that were PENDING, for no longer than they may be.</summary>
    public required long OnTheirWay { get; init; }

    /// <summary>What is violated.</summary>
    public required IReadOnlyList<AuditFinding> Findings { get; init; }

    /// <summary>Which parts of the invariants this audit says nothing about.</summary>
    public required IReadOnlyList<string> NotSeen { get; init; }

    /// <summary>True when nothing is violated.</summary>
    public bool Passed => Findings.Count == 0;
}
