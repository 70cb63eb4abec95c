using DaprLocal.Sidecars;
using Microsoft.AspNetCore.Connections;

namespace DaprLocal.Hosting;

/// <summary>One app's sidecar with its workflow engine: the one place where a sidecar is put together.</summary>
internal sealed class AppSidecar : IAsyncDisposable
{
    private readonly Sidecar _sidecar;

    private AppSidecar(Sidecar sidecar) => _sidecar = sidecar;

    /// <summary>Completes when the sidecar has reached its app and read its subscriptions.</summary>
    public Task AppReady => _sidecar.AppReady;

    /// <summary>Opens the app's workflow file below <paramref name="dataDirectory"/> and starts its sidecar.</summary>
    public static async Task<AppSidecar> StartAsync(
        AppPlan plan, ComponentRegistry components, string dataDirectory, TimeProvider time, ILoggerFactory loggers, CancellationToken ct)
    {
        Directory.CreateDirectory(Path.Combine(dataDirectory, "workflows"));
        try
        {
            return new AppSidecar(await Sidecar.StartAsync(plan.Sidecar, components, services: null, endpoints: null, time, loggers, ct));
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException)
        {
            throw new UserException($"the sidecar of '{plan.App.AppId}' cannot listen: {exception.Message}");
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _sidecar.DisposeAsync();
}
