using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using OrderInventory.Auditing;
using Spectre.Console;

namespace OrderInventory.Cli;

/// <summary>The result of an audit for people and for programs.</summary>
internal static class AuditReportText
{
    /// <summary>Writes tables. <paramref name="folders"/>: where the evidence of each finding is; empty for nowhere.</summary>
    public static void Write(AuditReport report, IReadOnlyList<string> folders, TextWriter output)
    {
        var console = Terminal.On(output);
        if (report.Findings.Count > 0)
        {
            var table = new Table().AddColumns("invariant", "what is violated", folders.Count > 0 ? "evidence" : "ids");
            for (var i = 0; i < report.Findings.Count; i++)
            {
                var finding = report.Findings[i].Finding;
                table.AddRow(finding.Invariant, finding.Sentence.EscapeMarkup(), (folders.Count > 0 ? folders[i] : string.Join('\n', finding.Ids)).EscapeMarkup());
            }

            console.Write(table);
        }

        output.WriteLine("not seen over HTTP:");
        foreach (var part in report.NotSeen) output.WriteLine("  " + part);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{(report.Passed ? "PASS" : "FAIL")}: {report.Findings.Count} findings in {report.Products:N0} products, {report.Operations:N0} operations and {report.Orders:N0} orders of {report.Users:N0} users, {report.Seconds:0.#} s; {report.OnTheirWay} orders are on their way"));
    }

    /// <summary>Writes one JSON object.</summary>
    public static void WriteJson(AuditReport report, IReadOnlyList<string> folders, TextWriter output) => output.WriteLine(JsonSerializer.Serialize(
        new AuditResult(
            report.Passed,
            report.Seconds,
            report.Products,
            report.Operations,
            report.Orders,
            report.Users,
            report.OnTheirWay,
            [.. report.Findings.Select((finding, i) => new AuditResultFinding(finding.Finding.Invariant, finding.Finding.Ids, finding.Finding.Sentence, i < folders.Count ? folders[i] : null))],
            report.NotSeen),
        AuditJson.Default.AuditResult));
}

/// <summary>The result of <c>audit --json</c>.</summary>
/// <param name="Passed">True when nothing is violated.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Products">Products that were read.</param>
/// <param name="Operations">Operations that were read.</param>
/// <param name="Orders">Orders that were read.</param>
/// <param name="Users">Users they belong to.</param>
/// <param name="OnTheirWay">Orders that were PENDING, for no longer than they may be.</param>
/// <param name="Findings">What is violated.</param>
/// <param name="NotSeen">What the audit says nothing about.</param>
internal sealed record AuditResult(
    bool Passed, double Seconds, long Products, long Operations, long Orders, long Users, long OnTheirWay, IReadOnlyList<AuditResultFinding> Findings, IReadOnlyList<string> NotSeen);

/// <summary>A finding.</summary>
/// <param name="Invariant">I1 to I8.</param>
/// <param name="Ids">What it is about.</param>
/// <param name="Sentence">What is wrong.</param>
/// <param name="Evidence">Folder with what was read about it; null without <c>--evidence</c>.</param>
internal sealed record AuditResultFinding(string Invariant, IReadOnlyList<string> Ids, string Sentence, string? Evidence);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(AuditResult))]
internal sealed partial class AuditJson : JsonSerializerContext;
