using System.Text.Json;
using OrderInventory.Auditing;
using OrderInventory.Judging;

namespace OrderInventory.Repairing;

/// <summary>The remedy of a finding.</summary>
/// <param name="Finding">The finding.</param>
/// <param name="Lines">The lines that it is about, with what is to be done about each.</param>
/// <param name="None">Where there is nothing to be done about lines: whom or what to ask.</param>
internal sealed record Remedy(AuditFinding Finding, IReadOnlyList<LineVerdict> Lines, string? None);

/// <summary>Which remedy a finding has, from what the audit read about it.</summary>
internal static class Remedies
{
    /// <summary>The remedy of a finding. <paramref name="olderThan"/> and <paramref name="now"/>: see <see cref="Ownership"/>.</summary>
    public static Remedy Of(AuditFinding found, TimeSpan olderThan, DateTimeOffset now)
    {
        var finding = found.Finding;
        if (finding.Invariant != "I6" || !found.Second.TryGetValue("order/" + finding.Ids[0], out var order)) return new Remedy(found, [], None(finding));
        var facts = new LineFacts(
            JsonSerializer.Deserialize(order, DocumentsJson.Default.OrderDocument),
            JsonSerializer.Deserialize(found.Second.GetValueOrDefault("history", "null"), DocumentsJson.Default.TransitionDocumentArray) ?? [],
            [.. found.Second.SelectMany(Operations)]);
        var lines = facts.Order is null
            ? facts.Operations.Where(operation => operation.Outcome == Outcomes.Held && operation.Line is not null).Select(operation => new HeldLine(finding.Ids[0], operation.Line!.Value, operation.ProductId)).Distinct()
            : facts.Order.Lines.Where(line => line.Line == finding.Line).Select(line => new HeldLine(finding.Ids[0], line.Line, line.ProductId));
        var verdicts = lines.Select(line => Ownership.Of(line, facts, olderThan, now)).Where(verdict => verdict.IsHeld).ToArray();
        return new Remedy(found, verdicts, verdicts.Length == 0 ? None(finding) : null);
    }

    private static IEnumerable<OperationDocument> Operations(KeyValuePair<string, string> document) => document.Key.Split('/', 2) is ["stock", var product]
        ? JsonSerializer.Deserialize<JsonElement>(document.Value).EnumerateArray().Select(operation => ProductReader.Parse(Uri.UnescapeDataString(product), operation.GetRawText()))
        : [];

    private static string None(Finding finding) => "none: " + finding.Invariant switch
    {
        "I1" or "I2" or "I4" => "ask who wrote to the store besides inventory-app (docs/operations.md, Stock damaged)",
        "I3" => "ask the client which of the orders it means, and cancel the others (docs/idempotency.md)",
        "I5" => "look at what the order waits for and at dead letters of it; it goes on by itself when both apps run (docs/operations.md, Orders stuck)",
        "I6" => "nothing is held that could be given back; ask who wrote to a store or a topic besides the apps (docs/operations.md, Repairing)",
        _ => "ask who wrote to the store besides order-app, and restore the order from a backup (docs/upgrades.md)",
    };
}
