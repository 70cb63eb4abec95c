using YamlDotNet.Serialization;

namespace OrderInventory.Deploy.Tests.Models;

/// <summary>A file of Prometheus alert rules.</summary>
internal sealed class RuleFile
{
    public required RuleGroup[] Groups { get; init; }
}

internal sealed class RuleGroup
{
    public required string Name { get; init; }
    public required AlertRule[] Rules { get; init; }
}

internal sealed class AlertRule
{
    public required string Alert { get; init; }
    public required string Expr { get; init; }
    public string? For { get; init; }
    [YamlMember(Alias = "keep_firing_for", ApplyNamingConventions = false)] public string? KeepFiringFor { get; init; }
    public required Dictionary<string, string> Labels { get; init; }
    public required Dictionary<string, string> Annotations { get; init; }
}

/// <summary>A promtool test file.</summary>
internal sealed class RuleTestFile
{
    [YamlMember(Alias = "rule_files", ApplyNamingConventions = false)] public required string[] RuleFiles { get; init; }
    [YamlMember(Alias = "evaluation_interval", ApplyNamingConventions = false)] public required string EvaluationInterval { get; init; }
    public required RuleTest[] Tests { get; init; }
}

internal sealed class RuleTest
{
    public required string Name { get; init; }
    public required string Interval { get; init; }
    [YamlMember(Alias = "input_series", ApplyNamingConventions = false)] public required InputSeries[] InputSeries { get; init; }
    [YamlMember(Alias = "alert_rule_test", ApplyNamingConventions = false)] public required AlertRuleTest[] AlertRuleTest { get; init; }
}

internal sealed class InputSeries
{
    public required string Series { get; init; }
    public required string Values { get; init; }
}

internal sealed class AlertRuleTest
{
    [YamlMember(Alias = "eval_time", ApplyNamingConventions = false)] public required string EvalTime { get; init; }
    public required string Alertname { get; init; }
    [YamlMember(Alias = "exp_alerts", ApplyNamingConventions = false)] public required ExpectedAlert[] Expected { get; init; }
}

internal sealed class ExpectedAlert
{
    [YamlMember(Alias = "exp_labels", ApplyNamingConventions = false)] public required Dictionary<string, string> Labels { get; init; }
    [YamlMember(Alias = "exp_annotations", ApplyNamingConventions = false)] public required Dictionary<string, string> Annotations { get; init; }
}

/// <summary>The configuration of Prometheus itself; promtool checks it too.</summary>
internal sealed class PrometheusFile
{
    public required Dictionary<string, string> Global { get; init; }
    [YamlMember(Alias = "rule_files", ApplyNamingConventions = false)] public required string[] RuleFiles { get; init; }
    [YamlMember(Alias = "scrape_configs", ApplyNamingConventions = false)] public required ScrapeConfig[] ScrapeConfigs { get; init; }
}

internal sealed class ScrapeConfig
{
    [YamlMember(Alias = "job_name", ApplyNamingConventions = false)] public required string JobName { get; init; }
    [YamlMember(Alias = "honor_labels", ApplyNamingConventions = false)] public bool HonorLabels { get; init; }
    [YamlMember(Alias = "static_configs", ApplyNamingConventions = false)] public required StaticConfig[] StaticConfigs { get; init; }
}

internal sealed class StaticConfig
{
    public required string[] Targets { get; init; }
}

/// <summary>The configuration of the collector, with the parts that are used here.</summary>
internal sealed class CollectorFile
{
    public required Dictionary<string, CollectorReceiver> Receivers { get; init; }
    public required Dictionary<string, CollectorExporter> Exporters { get; init; }
    public required CollectorService Service { get; init; }
}

internal sealed class CollectorReceiver
{
    public required Dictionary<string, CollectorExporter> Protocols { get; init; }
}

internal sealed class CollectorExporter
{
    public string? Endpoint { get; init; }
    public Dictionary<string, bool>? Tls { get; init; }
}

internal sealed class CollectorService
{
    public required Dictionary<string, CollectorPipeline> Pipelines { get; init; }
}

internal sealed class CollectorPipeline
{
    public required string[] Receivers { get; init; }
    public required string[] Exporters { get; init; }
}

/// <summary>Grafana's provisioning of data sources.</summary>
internal sealed class GrafanaDataSources
{
    public required int ApiVersion { get; init; }
    public required GrafanaDataSource[] Datasources { get; init; }
}

internal sealed class GrafanaDataSource
{
    public required string Name { get; init; }
    public required string Uid { get; init; }
    public required string Type { get; init; }
    public required string Access { get; init; }
    public required string Url { get; init; }
    public bool IsDefault { get; init; }
}

/// <summary>Grafana's provisioning of dashboards.</summary>
internal sealed class GrafanaDashboards
{
    public required int ApiVersion { get; init; }
    public required GrafanaProvider[] Providers { get; init; }
}

internal sealed class GrafanaProvider
{
    public required string Name { get; init; }
    public required string Type { get; init; }
    public bool AllowUiUpdates { get; init; }
    public required Dictionary<string, string> Options { get; init; }
}
