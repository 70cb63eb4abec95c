using Dapr.Client;
using Dapr.Client.Autogen.Grpc.v1;
using Grpc.Core;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace OrderInventory.ServiceDefaults.Health;

/// <summary>
/// Ready when the sidecar can be called: it says so (<c>/v1.0/healthz/outbound</c>), and it answers on the channel that carries
/// state and messages. The first says nothing about the second, which may still wait to connect again. A sidecar that hangs is told
/// within 4 seconds; probes must have that patience.
/// </summary>
internal sealed class SidecarHealth(DaprClient dapr, SidecarChannel sidecar, TimeProvider time) : IHealthCheck
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!await IsOutboundAsync(cancellationToken)) return HealthCheckResult.Unhealthy("The sidecar cannot be called.");
        try
        {
            await sidecar.CallAsync((client, options) => client.GetMetadataAsync(new GetMetadataRequest(), options), Timeout, cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (RpcException error)
        {
            return HealthCheckResult.Unhealthy("The sidecar does not answer over gRPC.", error);
        }
    }

    private async Task<bool> IsOutboundAsync(CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            return await dapr.CheckOutboundHealthAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
