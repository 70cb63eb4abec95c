using Dapr.Client;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace OrderInventory.ServiceDefaults;

/// <summary>Ready when the sidecar can be called (its <c>/v1.0/healthz/outbound</c>).</summary>
internal sealed class SidecarHealth(DaprClient dapr) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await dapr.CheckOutboundHealthAsync(cancellationToken) ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The sidecar cannot be called.");
}
