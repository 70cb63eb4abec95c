using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace OrderInventory.ServiceDefaults.Health;

/// <summary>
/// Alive, unless the sidecar answered once and has then been away for as long as <see cref="HealthOptions.SidecarLostAfter"/> says. Before
/// its first answer nothing counts: the sidecar waits for the app, and cannot start while its store is away, which no restart of the
/// app mends. So a restart is not followed by another one.
/// </summary>
internal sealed class SidecarLoss(SidecarHealth sidecar, HealthOptions options, TimeProvider time) : IHealthCheck
{
    private readonly Lock _lock = new();
    private bool _answered;
    private long? _awaySince;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var found = await sidecar.CheckHealthAsync(context, cancellationToken);
        lock (_lock)
        {
            if (found.Status == HealthStatus.Healthy)
            {
                (_answered, _awaySince) = (true, null);
                return found;
            }

            if (!_answered) return HealthCheckResult.Healthy("The sidecar has not answered yet.");
            var now = time.GetTimestamp();
            _awaySince ??= now;
            return options.SidecarLostAfter > TimeSpan.Zero && time.GetElapsedTime(_awaySince.Value, now) >= options.SidecarLostAfter
                ? HealthCheckResult.Unhealthy($"The sidecar has been away for {options.SidecarLostAfter}. {found.Description}")
                : HealthCheckResult.Healthy("The sidecar is away.");
        }
    }
}
