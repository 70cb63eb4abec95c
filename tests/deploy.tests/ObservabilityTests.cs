using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using OrderInventory.Deploy.Tests.Models;
using OrderInventory.Testing;

namespace OrderInventory.Deploy.Tests;

/// <summary>Alerts, dashboard and runbook speak of the metrics that the code has.</summary>
public sealed partial class ObservabilityTests
{
    private const string Runbook = "docs/operations.md";

    // Of ASP.NET Core, not of this code.
    private const string Requests = "http.server.request.duration";

    private static readonly AlertRule[] Alerts = [.. YamlFiles.Only<RuleFile>("deploy/observability/alerts.yaml").Groups.SelectMany(group => group.Rules)];

    [Fact]
    public void Instruments_OfTheCode_AreInTheRunbookAndInATest()
    {
        var instruments = Instruments().Keys.Where(name => name != Requests).ToArray();
        var tests = string.Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*Tests.cs", SearchOption.AllDirectories).Select(File.ReadAllText));

        Assert.True(instruments.Length > 10);
        Assert.DoesNotContain(instruments, name => !tests.Contains($"\"{name}\"", StringComparison.Ordinal));
        var told = File.ReadLines(Path.Combine(Repository.Root, Runbook)).Select(line => MetricRow().Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value);
        Assert.Equal(instruments.Order(), told.Order());
    }

    [Fact]
    public void Alerts_HaveASeverityASectionAndATest()
    {
        var headings = File.ReadAllLines(Path.Combine(Repository.Root, Runbook)).Where(line => line.StartsWith("### ", StringComparison.Ordinal)).Select(line => line[4..].ToLowerInvariant().Replace(' ', '-')).ToArray();

        Assert.Equal(Alerts.Length, Alerts.Select(alert => alert.Alert).Distinct().Count());
        foreach (var alert in Alerts)
        {
            Assert.Contains(alert.Labels["severity"], new[] { "critical", "warning" });
            var url = alert.Annotations["runbook_url"].Split('#');
            Assert.Equal(Runbook, url[0]);
            Assert.Contains(url[1], headings);
            Assert.Contains($"`{alert.Alert}`: ", File.ReadAllText(Path.Combine(Repository.Root, Runbook)));
        }

        // Each is seen firing, and quiet before and after.
        var tests = YamlFiles.Only<RuleTestFile>("deploy/observability/alerts.tests.yaml").Tests;
        Assert.Equal(Alerts.Select(alert => alert.Alert), tests.Select(test => test.Name));
        foreach (var test in tests)
        {
            Assert.All(test.AlertRuleTest, check => Assert.Equal(test.Name, check.Alertname));
            var fires = test.AlertRuleTest.Select(check => check.Expected.Length > 0).ToArray();
            Assert.True(!fires[0] && fires.Contains(true) && !fires[^1], test.Name);
        }
    }

    [Fact]
    public void Metrics_OfAlertsAndDashboard_AreShownByTheApps()
    {
        var shown = Instruments().SelectMany(instrument => Exposed(instrument.Key, instrument.Value)).ToHashSet();
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "deploy/observability/grafana/order-inventory.json")));
        var panels = dashboard.RootElement.GetProperty("panels").EnumerateArray().ToArray();
        var expressions = panels.SelectMany(panel => panel.GetProperty("targets").EnumerateArray()).Select(target => target.GetProperty("expr").GetString()!).ToArray();

        Assert.DoesNotContain(Alerts.Select(alert => alert.Expr).Concat(expressions).SelectMany(MetricsIn), metric => !shown.Contains(metric));
        // And nothing that the code measures is left out of the picture.
        var drawn = expressions.SelectMany(MetricsIn).ToHashSet();
        Assert.DoesNotContain(Instruments(), instrument => !Exposed(instrument.Key, instrument.Value).Any(drawn.Contains));
        var sources = YamlFiles.Only<GrafanaDataSources>("deploy/observability/grafana/datasources.yaml").Datasources.Select(source => source.Uid);
        Assert.All(panels, panel => Assert.Contains(panel.GetProperty("datasource").GetProperty("uid").GetString(), sources));
        Assert.Equal(panels.Length, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
    }

    [PromtoolTheory]
    [InlineData("check", "rules", "alerts.yaml")]
    [InlineData("test", "rules", "alerts.tests.yaml")]
    [InlineData("check", "config", "--syntax-only", "prometheus.yaml")]
    public async Task Promtool_OnTheShippedFiles_IsContent(params string[] arguments)
    {
        var start = new ProcessStartInfo("promtool", arguments) { WorkingDirectory = Path.Combine(Repository.Root, "deploy/observability"), RedirectStandardOutput = true, RedirectStandardError = true };
        using var promtool = Process.Start(start)!;
        var (output, error) = (promtool.StandardOutput.ReadToEndAsync(), promtool.StandardError.ReadToEndAsync());
        await promtool.WaitForExitAsync();

        Assert.True(promtool.ExitCode == 0, await output + await error);
    }

    // Name to unit, empty for none.
    private static Dictionary<string, string> Instruments() => Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
        .SelectMany(file => Instrument().Matches(File.ReadAllText(file)))
        .ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value)
        .Append(new(Requests, "s")).ToDictionary();

    // As both exporters write them; which of the endings there are, the kind of the instrument says.
    private static IEnumerable<string> Exposed(string name, string unit)
    {
        var written = name.Replace('.', '_') + (unit == "s" ? "_seconds" : "");
        return [written, written + "_bucket", written + "_count", written + "_sum"];
    }

    private static IEnumerable<string> MetricsIn(string expression) => Metric().Matches(Text().Replace(expression, "")).Select(match => match.Value);

    [GeneratedRegex("""\.?Create(?:Counter|Histogram|UpDownCounter|ObservableUpDownCounter|ObservableGauge)(?:<\w+>)?\(\s*"([\w.]+)"(?:, "(\w+)")?""")]
    private static partial Regex Instrument();

    [GeneratedRegex(@"^\| `([a-z_.]+)` \|")]
    private static partial Regex MetricRow();

    [GeneratedRegex(@"\b(?:orders|inventory|transaction|messages|http)_\w+")]
    private static partial Regex Metric();

    // Labels and what they are compared with.
    [GeneratedRegex(@"\{[^}]*\}|by \([^)]*\)")]
    private static partial Regex Text();
}
