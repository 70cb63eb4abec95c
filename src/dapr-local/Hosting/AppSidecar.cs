using DaprLocal.Sidecars;
using Microsoft.AspNetCore.Connections;

namespace DaprLocal.Hosting;

/// <summary>One app's sidecar with its workflow engine: the one place where a sidecar is put together.</summary>
internal sealed class AppSidecar : IAsyncDisposable
{
    private readonly Sidecar _sidecar;

    private readonly TaskCompletionSource _shutdown = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private AppSidecar(Sidecar sidecar)
    {
        _sidecar = sidecar;
        sidecar.ShutdownRequested += () => _shutdown.TrySetResult();
    }

    /// <summary>Completes when a caller asked the sidecar to end (<c>POST /v1.0/shutdown</c>).</summary>
    public Task ShutdownRequested => _shutdown.Task;

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
