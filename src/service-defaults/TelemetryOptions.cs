using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using OrderInventory.ServiceDefaults.Settings;

namespace OrderInventory.ServiceDefaults;

/// <summary>Where spans, metrics and logs go. The <c>OTEL_</c> ones are OpenTelemetry's, whose library reads them itself.</summary>
[Settings]
public sealed class TelemetryOptions
{
    /// <summary>Port of <c>/metrics</c>, which Prometheus reads. Not set: there is no such page.</summary>
    [ConfigurationKeyName("METRICS_PORT"), Range(1, 65535)]
    public int? MetricsPort { get; set; }

    /// <summary>Host name under which <c>/metrics</c> answers. <c>localhost</c> answers this machine only, <c>*</c> everybody whom the network lets in.</summary>
    [ConfigurationKeyName("METRICS_HOST"), Allowed("a host name, or * for any")]
    public string MetricsHost { get; set; } = "localhost";

    /// <summary>Address of the collector to which spans, metrics and logs are sent. Not set: nothing is sent.</summary>
    [ConfigurationKeyName("OTEL_EXPORTER_OTLP_ENDPOINT"), HttpAddress, Allowed("an address that begins with http:// or https://")]
    public string? Collector { get; set; }

    /// <summary>How the collector is spoken to.</summary>
    [ConfigurationKeyName("OTEL_EXPORTER_OTLP_PROTOCOL"), AllowedValues("grpc", "http/protobuf")]
    public string Protocol { get; set; } = "grpc";

    /// <summary>Headers that the collector wants, a password for instance.</summary>
    [ConfigurationKeyName("OTEL_EXPORTER_OTLP_HEADERS"), Allowed("name=value, separated by commas")]
    public string? Headers { get; set; }

    /// <summary>Name of the app in spans, metrics and logs. Not set: <c>order-app</c> or <c>inventory-app</c>.</summary>
    [ConfigurationKeyName("OTEL_SERVICE_NAME")]
    public string? ServiceName { get; set; }

    /// <summary>More about the app for spans, metrics and logs.</summary>
    [ConfigurationKeyName("OTEL_RESOURCE_ATTRIBUTES"), Allowed("name=value, separated by commas")]
    public string? Resource { get; set; }

    /// <summary>Which traces are kept.</summary>
    [ConfigurationKeyName("OTEL_TRACES_SAMPLER"), AllowedValues("always_on", "always_off", "traceidratio", "parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio")]
    public string Sampler { get; set; } = "parentbased_always_on";

    /// <summary>Share of the traces that a sampler with <c>ratio</c> in its name keeps; 1 keeps all.</summary>
    [ConfigurationKeyName("OTEL_TRACES_SAMPLER_ARG"), Range(0.0, 1.0)]
    public double SamplerShare { get; set; } = 1;
}
