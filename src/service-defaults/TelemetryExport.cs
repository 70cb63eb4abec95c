using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace OrderInventory.ServiceDefaults;

/// <summary>
/// Where spans, metrics and logs go: to a collector when OTEL_EXPORTER_OTLP_ENDPOINT names one, and metrics also to whoever
/// reads <c>/metrics</c> at METRICS_PORT: a listener of its own, so that the public API neither has the page nor guards it.
/// It answers this machine only, unless METRICS_HOST says otherwise (<c>*</c>: everybody whom the network lets in).
/// </summary>
internal static class TelemetryExport
{
    /// <summary>Adds what is configured; with neither setting nothing leaves the process.</summary>
    /// <exception cref="InvalidOperationException">METRICS_PORT is no port.</exception>
    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        var name = builder.Configuration["OTEL_SERVICE_NAME"] is { Length: > 0 } given ? given : builder.Environment.ApplicationName;
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(name))
            .WithMetrics(metrics =>
            {
                metrics.AddAspNetCoreInstrumentation().AddMeter(ServiceDefaults.TelemetryName);
                if (ScrapedPort(builder.Configuration) is { } port)
                    metrics.AddPrometheusHttpListener(listener => (listener.Host, listener.Port) = (builder.Configuration["METRICS_HOST"] is { Length: > 0 } host ? host : "localhost", port));
            })
            .WithTracing(tracing => tracing.AddAspNetCoreInstrumentation().AddSource(ServiceDefaults.TelemetryName, "Dapr.Workflow"));
        if (builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 }) telemetry.WithLogging().UseOtlpExporter();
    }

    private static int? ScrapedPort(ConfigurationManager configuration) => configuration["METRICS_PORT"] switch
    {
        null or "" => null,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536 => port,
        var text => throw new InvalidOperationException($"METRICS_PORT must be a port from 1 to 65535, not '{text}'."),
    };
}
