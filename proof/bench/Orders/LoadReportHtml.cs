using System.Globalization;
using System.Xml.Linq;

namespace OrderInventory.Bench.Orders;

/// <summary>The result of <c>bench load</c> as one page that needs nothing else: tables, and plots as SVG.</summary>
internal static class LoadReportHtml
{
    private const int Width = 900;
    private const int Height = 220;
    private const int Margin = 50;
    private static readonly string[] Colours = ["#1f6fb2", "#c0392b", "#2e8b57", "#b8860b", "#6a4ca0", "#555555"];

    private const string Style = """
        body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 940px; color: #222; }
        table { border-collapse: collapse; } td, th { padding: .2em .8em; border-bottom: 1px solid #ddd; text-align: right; } td:first-child, th:first-child, td:last-child { text-align: left; }
        svg { display: block; margin-bottom: 1.5em; } .pass { color: #2e8b57; } .fail { color: #c0392b; }
        """;

    /// <summary>The page.</summary>
    public static string Of(LoadReport report)
    {
        var seconds = report.Seconds;
        var kinds = new XElement("table", Row("th", "request", "count", "p50 ms", "p90 ms", "p99 ms", "p99.9 ms", "max ms", "answers"));
        foreach (var kind in report.Kinds.Append(report.Decided))
            kinds.Add(Row("td", kind.Name, Text(kind.Count), Text(kind.P50), Text(kind.P90), Text(kind.P99), Text(kind.P999), Text(kind.Max), string.Join(", ", kind.Outcomes.Select(outcome => $"{outcome.Key}: {outcome.Value}"))));
        var outcomes = seconds.SelectMany(second => second.Outcomes.Keys).Distinct().Order(StringComparer.Ordinal)
            .Select(name => (name, seconds.Select(second => (double)second.Outcomes.GetValueOrDefault(name)).ToArray()));
        var page = new XElement(
            "html",
            new XAttribute("lang", "en"),
            new XElement("head", new XElement("meta", new XAttribute("charset", "utf-8")), new XElement("title", "bench load"), new XElement("style", Style)),
            new XElement(
                "body",
                new XElement("h1", "bench load: ", new XElement("span", new XAttribute("class", report.Passed ? "pass" : "fail"), report.Passed ? "PASS" : "FAIL")),
                new XElement("p", $"{report.System}, {report.Seconds.Count} s, seed {report.Options.Seed}, {report.Cores} cores. Asked for {report.Options.Rate}/s, reached {Text(report.RateReached)}/s; {report.Missed} missed, {report.Repeated} sent again, {report.Kills.Count} kills (dashed)."),
                new XElement("p", $"{report.Findings.Count} violations of I1 to I8 in {report.AuditedOrders} orders and {report.AuditedOperations} operations."),
                new XElement("ul", report.Findings.Select(finding => new XElement("li", finding))),
                kinds,
                new XElement("h2", "Latency from the due time, ms"),
                Plot(report, [("p50", [.. seconds.Select(second => second.P50)]), ("p99", [.. seconds.Select(second => second.P99)])]),
                new XElement("h2", "Answers in each second"),
                Plot(report, [("all", [.. seconds.Select(second => (double)second.Ended)])]),
                new XElement("h2", "Answers by status code"),
                Plot(report, [.. outcomes]),
                new XElement("h2", "What the audit does not see"),
                new XElement("ul", report.NotSeen.Select(part => new XElement("li", part)))));
        return "<!DOCTYPE html>\n" + page.ToString(SaveOptions.DisableFormatting);
    }

    private static XElement Plot(LoadReport report, (string Name, double[] Values)[] lines)
    {
        var most = Math.Max(1, lines.SelectMany(line => line.Values).DefaultIfEmpty().Max());
        var count = Math.Max(1, report.Seconds.Count - 1);
        double X(double second) => Margin + (second / count * (Width - (2 * Margin)));
        double Y(double value) => Height - Margin + (value / most * ((2 * Margin) - Height));
        var svg = new XElement(
            "svg",
            new XAttribute("viewBox", $"0 0 {Width} {Height}"),
            new XAttribute("role", "img"),
            new XElement("path", new XAttribute("d", $"M{Margin} {Y(most):0} V{Height - Margin} H{Width - Margin}"), new XAttribute("fill", "none"), new XAttribute("stroke", "#999")),
            Label(4, Y(most) + 4, Text(most), "#555"),
            Label(4, Y(0), "0", "#555"),
            Label(Width - Margin, Height - Margin + 16, $"{report.Seconds.Count} s", "#555"),
            report.Kills.Select(kill => new XElement("path", new XAttribute("d", $"M{Text(X(kill.Second))} {Text(Y(most))} V{Height - Margin}"), new XAttribute("stroke", "#aaa"), new XAttribute("stroke-dasharray", "3 3"), new XElement("title", $"kill -9 {kill.Victim}"))));
        for (var i = 0; i < lines.Length; i++)
        {
            var colour = Colours[i % Colours.Length];
            svg.Add(new XElement("polyline", new XAttribute("fill", "none"), new XAttribute("stroke", colour), new XAttribute("points", string.Join(' ', lines[i].Values.Select((value, second) => $"{Text(X(second))},{Text(Y(value))}")))));
            svg.Add(Label(Margin + (i * 90), Height - 8, lines[i].Name, colour));
        }

        return svg;
    }

    private static XElement Label(double x, double y, string text, string colour) =>
        new("text", new XAttribute("x", Text(x)), new XAttribute("y", Text(y)), new XAttribute("font-size", "12"), new XAttribute("fill", colour), text);

    private static XElement Row(string cell, params string[] texts) => new("tr", texts.Select(text => new XElement(cell, text)));

    private static string Text(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
