using OrderInventory.Auditing;

namespace OrderInventory.Repairing;

/// <summary>A finding, its remedy, and what became of its lines; nothing while nothing was asked for.</summary>
internal sealed record RepairItem(Remedy Remedy, IReadOnlyList<LineOutcome> Outcomes)
{
    /// <summary>True when nothing of the finding is left to do.</summary>
    public bool IsRepaired => Outcomes.Count > 0 && Outcomes.Count == Remedy.Lines.Count && Outcomes.All(outcome => outcome.End is LineEnd.GivenBack or LineEnd.NothingLeft);
}

/// <summary>What a repair found and did.</summary>
/// <param name="Audit">The audit that it began with.</param>
/// <param name="Items">Its findings with their remedies.</param>
/// <param name="Problem">Why it did not do what it could; null when it did, or nothing was asked for.</param>
internal sealed record RepairReport(AuditReport Audit, IReadOnlyList<RepairItem> Items, string? Problem)
{
    /// <summary>True when the system could not be read or asked.</summary>
    public bool IsUnknown => Items.SelectMany(item => item.Outcomes).Any(outcome => outcome.End == LineEnd.NotKnown);

    /// <summary>The exit code of the command.</summary>
    public int Code => IsUnknown ? Cli.CommandLine.Failed : Items.All(item => item.IsRepaired) ? 0 : 1;
}

/// <summary>Audits a system, and applies the remedies of what is found. <paramref name="olderThan"/>: see <see cref="Ownership"/>.</summary>
internal sealed class Repair(Auditor auditor, Repairer repairer, TimeSpan olderThan, TimeProvider time)
{
    /// <summary>Does the audit, and with <paramref name="apply"/> what can be done; without, it changes nothing.</summary>
    /// <exception cref="UnreadableException">Something cannot be read, so there is no verdict, and nothing was done.</exception>
    public async Task<RepairReport> RunAsync(bool apply, CancellationToken cancellationToken)
    {
        var audit = await auditor.RunAsync(cancellationToken);
        var remedies = audit.Findings.Select(finding => Remedies.Of(finding, olderThan, time.GetUtcNow())).ToArray();
        // Two apps of different systems know nothing of each other, and everything that is held would be given back.
        var problem = apply && audit.MissingOrders * 2 > audit.Orders
            ? $"Nothing was done: order-app does not know {audit.MissingOrders} of the {audit.Orders} orders. Are both addresses of one system, and may the token see all orders? (docs/operations.md, Repairing)"
            : null;
        var items = new List<RepairItem>();
        var goesOn = apply && problem is null;
        foreach (var remedy in remedies)
        {
            var outcomes = new List<LineOutcome>();
            foreach (var line in remedy.Lines.Where(verdict => verdict.GiveBack is not null).TakeWhile(_ => goesOn))
            {
                outcomes.Add(await repairer.GiveBackAsync(line.Of, cancellationToken));
                // What does not answer is not asked again for everything else.
                goesOn = outcomes[^1].End != LineEnd.NotKnown;
            }

            items.Add(new RepairItem(remedy, outcomes));
        }

        return new RepairReport(audit, items, goesOn || !apply ? null : problem ?? "The rest was not tried. The same command again goes on from here.");
    }
}
