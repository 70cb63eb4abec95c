using System.Text.Json;
using System.Text.Json.Serialization;
using OrderInventory.Repairing;
using Spectre.Console;

namespace OrderInventory.Cli;

/// <summary>The result of a repair for people and for programs.</summary>
internal static class RepairReportText
{
    /// <summary>Writes a table. <paramref name="applied"/>: whether anything was to be done.</summary>
    public static void Write(RepairReport report, bool applied, TextWriter output)
    {
        if (report.Items.Count > 0)
        {
            var table = new Table().AddColumns("invariant", "what is violated", applied ? "what became of it" : "remedy");
            foreach (var item in report.Items) table.AddRow(item.Remedy.Finding.Finding.Invariant, item.Remedy.Finding.Finding.Sentence.EscapeMarkup(), string.Join('\n', Says(item)).EscapeMarkup());
            Terminal.On(output).Write(table);
        }

        var (can, repaired) = (report.Items.Sum(item => item.Remedy.Lines.Count(line => line.GiveBack is not null)), report.Items.Count(item => item.IsRepaired));
        output.WriteLine(report.Items.Count == 0
            ? "nothing to repair"
            : applied ? $"{repaired} of {report.Items.Count} findings are repaired" : $"{report.Items.Count} findings, {can} lines to give back; nothing was changed (--apply does it)");
    }

    /// <summary>Writes one JSON object.</summary>
    public static void WriteJson(RepairReport report, TextWriter output) => output.WriteLine(JsonSerializer.Serialize(
        new RepairResult(report.Code == 0, report.Problem, [.. report.Items.Select(item => new RepairResultItem(
            item.Remedy.Finding.Finding.Invariant,
            item.Remedy.Finding.Finding.Sentence,
            item.Remedy.None,
            [.. item.Remedy.Lines.Select(line => Line(line, item.Outcomes.FirstOrDefault(outcome => outcome.Of == line.Of)))]))]),
        RepairJson.Default.RepairResult));

    private static IEnumerable<string> Says(RepairItem item) => item.Remedy.None is { } none ? [none] : item.Remedy.Lines.Select(line =>
        item.Outcomes.FirstOrDefault(outcome => outcome.Of == line.Of) is { } outcome ? $"{Words(outcome.End)}: {outcome.Says}" : line.GiveBack is { } giveBack ? Would(giveBack) : line.Says!);

    private static string Would(GiveBack giveBack) => $"give back {giveBack.Quantity} units of {giveBack.Of.ProductId}, held since {giveBack.HeldSince:u}: {giveBack.Id}";

    private static string Words(LineEnd end) => end switch
    {
        LineEnd.GivenBack => "given back",
        LineEnd.NothingLeft => "nothing left to do",
        LineEnd.Skipped => "skipped",
        LineEnd.NotSeen => "not seen yet",
        _ => "not known",
    };

    private static RepairResultLine Line(LineVerdict line, LineOutcome? outcome) =>
        new(line.Of.OrderId, line.Of.Line, line.Of.ProductId, line.GiveBack?.Id, line.GiveBack?.Quantity, outcome is null ? null : Words(outcome.End), outcome?.Says ?? line.Says);
}

/// <summary>The result of <c>repair --json</c>.</summary>
/// <param name="Repaired">True when nothing is left to repair.</param>
/// <param name="Problem">Why not everything was tried; null when it was, or nothing was to be done.</param>
/// <param name="Findings">What the audit found.</param>
internal sealed record RepairResult(bool Repaired, string? Problem, IReadOnlyList<RepairResultItem> Findings);

/// <summary>A finding with its remedy.</summary>
/// <param name="Invariant">I1 to I8.</param>
/// <param name="Sentence">What is wrong.</param>
/// <param name="None">Why there is no remedy; null when there is one.</param>
/// <param name="Lines">The lines that are held.</param>
internal sealed record RepairResultItem(string Invariant, string Sentence, string? None, IReadOnlyList<RepairResultLine> Lines);

/// <summary>A line that is held.</summary>
/// <param name="OrderId">Its order.</param>
/// <param name="Line">Its number.</param>
/// <param name="ProductId">The product.</param>
/// <param name="EventId">The message that gives it back; null when it is left alone.</param>
/// <param name="Quantity">Units that it gives back; null as above.</param>
/// <param name="Outcome">What became of it; null when nothing was asked for.</param>
/// <param name="Says">The outcome as it was read, or why it is left alone; null for neither.</param>
internal sealed record RepairResultLine(string OrderId, int Line, string ProductId, string? EventId, int? Quantity, string? Outcome, string? Says);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(RepairResult))]
internal sealed partial class RepairJson : JsonSerializerContext;
