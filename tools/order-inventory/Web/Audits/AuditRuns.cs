using System.Globalization;
using OrderInventory.Auditing;
using OrderInventory.Repairing;
using OrderInventory.Web.Now;
using OrderInventory.Web.Repairs;

namespace OrderInventory.Web.Audits;

/// <summary>What the page shows of a finding.</summary>
/// <param name="Invariant">I1 to I8.</param>
/// <param name="Sentence">What is wrong.</param>
/// <param name="Ids">What it is about, with the page of each; null where there is none.</param>
/// <param name="Remedies">What can be done: what it does and the page that asks first, or why nothing, without a page.</param>
public sealed record ShownFinding(string Invariant, string Sentence, IReadOnlyList<Orders.Fact> Ids, IReadOnlyList<Orders.Fact> Remedies);

/// <summary>The audits of this console.</summary>
/// <param name="Began">When the one that runs began, UTC; null when none runs.</param>
/// <param name="Progress">How far it is; null when none runs.</param>
/// <param name="Ended">When the last one ended, UTC; null when there was none.</param>
/// <param name="Passed">True when it found nothing; null when it could not judge.</param>
/// <param name="Summary">What it read, or why it could not; null when there was none.</param>
/// <param name="Findings">What is violated.</param>
/// <param name="NotSeen">What it says nothing about.</param>
public sealed record AuditModel(DateTimeOffset? Began, string? Progress, DateTimeOffset? Ended, bool? Passed, string? Summary, IReadOnlyList<ShownFinding> Findings, IReadOnlyList<string> NotSeen);

/// <summary>Runs audits of the whole system, one at a time, and remembers the last one. <paramref name="read"/> makes a reader of both apps, which tells what it waits for.</summary>
internal sealed class AuditRuns(Func<Action<string>, SystemReader> read, TimeProvider time, ILogger<AuditRuns> logger)
{
    private const int MaxFindings = 200;
    private const int MaxLines = 20;

    private readonly Lock _lock = new();
    private AuditModel _model = new(null, null, null, null, null, [], []);

    /// <summary>What the page shows.</summary>
    public AuditModel Model
    {
        get { lock (_lock) return _model; }
    }

    /// <summary>The last audit in one number.</summary>
    public Tile Tile => Model switch
    {
        { Began: { } began } running => new Tile("Audit", "runs", running.Progress ?? "", "/audit", []),
        { Ended: null } => new Tile("Audit", "–", "none yet by this console", "/audit", []),
        var last => new Tile("Audit", last.Passed switch { true => "passed", false => $"{last.Findings.Count} findings", null => "no verdict" }, $"at {last.Ended:u}", "/audit", [], IsBad: last.Passed != true),
    };

    /// <summary>Begins an audit, unless one runs. <paramref name="users"/>: whose orders are read even if inventory knows none of them.</summary>
    public void Begin(IReadOnlyList<string> users, string by)
    {
        lock (_lock)
        {
            if (_model.Began is not null) return;
            _model = _model with { Began = time.GetUtcNow(), Progress = "it begins" };
        }

        Log.AuditBegun(logger, by);
        _ = Task.Run(() => RunAsync(users));
    }

    private async Task RunAsync(IReadOnlyList<string> users)
    {
        AuditModel ended;
        try
        {
            var report = await new Auditor(read(Tell), new AuditOptions { Users = users }, time, progress => Tell(progress.Text)).RunAsync(CancellationToken.None);
            ended = new AuditModel(
                null,
                null,
                time.GetUtcNow(),
                report.Passed,
                string.Create(CultureInfo.InvariantCulture, $"{report.Findings.Count} findings in {report.Products:N0} products, {report.Operations:N0} operations and {report.Orders:N0} orders of {report.Users:N0} users, {report.Seconds:0.#} s; {report.OnTheirWay} orders are on their way"),
                [.. report.Findings.Take(MaxFindings).Select(Shown)],
                report.NotSeen);
        }
        catch (Exception error) when (error is UnreadableException or IOException)
        {
            ended = new AuditModel(null, null, time.GetUtcNow(), null, error.Message, [], []);
        }

        lock (_lock) _model = ended;
        Log.AuditEnded(logger, ended.Summary!);
    }

    private void Tell(string progress)
    {
        lock (_lock) _model = _model.Began is null ? _model : _model with { Progress = progress };
    }

    // Which kind an id is of, its form says: orders have UUIDs, and what else is alone is a product.
    private ShownFinding Shown(AuditFinding found)
    {
        var (finding, remedy) = (found.Finding, Remedies.Of(found, RepairActions.OlderThan, time.GetUtcNow()));
        return new ShownFinding(
            finding.Invariant,
            finding.Sentence,
            [.. finding.Ids.Select(id => new Orders.Fact("", id, LinkOf(id, finding)))],
            [
                .. remedy.Lines.Take(MaxLines).Select(line => line.GiveBack is { } giveBack ? new Orders.Fact("", $"Give back {giveBack.Quantity} of {giveBack.Of.ProductId}…", RepairPages.AddressOf(line.Of)) : new Orders.Fact("", line.Says!, null)),
                .. remedy.None is { } none ? (Orders.Fact[])[new Orders.Fact("", none, null)] : [],
                // What an order waits for, and what it cannot get.
                .. finding.Invariant == "I5" ? (Orders.Fact[])[new Orders.Fact("", "Stuck orders", "/stuck"), new Orders.Fact("", "Dead letters", "/deadletters")] : [],
            ]);
    }

    private static string? LinkOf(string id, Judging.Finding finding) =>
        Guid.TryParse(id, out _) ? "/orders/" + id : finding.Invariant is "I1" or "I2" ? "/products/" + Uri.EscapeDataString(id) : null;
}
