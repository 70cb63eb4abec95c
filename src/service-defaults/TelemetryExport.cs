using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using OrderInventory.ServiceDefaults.Metrics;

namespace OrderInventory.ServiceDefaults;

/// <summary>
/// Where spans, metrics and logs go: to the collector, and metrics also to whoever reads <c>/metrics</c> at a port of its own,
/// so that the public API neither has the page nor guards it.
/// </summary>
internal static class TelemetryExport
{
    // Asked by probes and sidecars all the time, or at each start: spans of these would bury the others.
    private static readonly HashSet<PathString> Untraced = ["/healthz", "/livez", "/readyz", "/dapr/config", "/dapr/subscribe"];

    // The SDK reserves memory for all series of an instrument that there may be, 2 000 unless told. Only that of all routes and answers may need them.
    private static readonly MetricStreamConfiguration Small = new() { CardinalityLimit = 200 };

    /// <summary>Adds what is configured; with neither setting nothing leaves the process.</summary>
    public static void AddTelemetry(this WebApplicationBuilder builder, TelemetryOptions options)
    {
        builder.Services.AddSingleton<CurrentMetrics>();
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(options.ServiceName ?? builder.Environment.ApplicationName))
            .WithMetrics(metrics =>
            {
                metrics.AddAspNetCoreInstrumentation().AddMeter(ServiceDefaults.TelemetryName).AddReader(services => services.GetRequiredService<CurrentMetrics>().Reader)
                    .AddView(instrument => instrument.Name == "http.server.request.duration" ? null : Small);
                if (options.MetricsPort is { } port) metrics.AddPrometheusHttpListener(listener => (listener.Host, listener.Port) = (options.MetricsHost, port));
            })
            .WithTracing(tracing => tracing
                .AddAspNetCoreInstrumentation(requests => requests.Filter = context => !Untraced.Contains(context.Request.Path))
                .AddSource(ServiceDefaults.TelemetryName, "Dapr.Workflow"));
        // Logs as they are read on the console, and not the template of each line.
        if (options.Collector is not null) telemetry.WithLogging(null, logging => logging.IncludeFormattedMessage = true).UseOtlpExporter();
    }
}
