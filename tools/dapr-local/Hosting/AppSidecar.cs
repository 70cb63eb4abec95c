using DaprLocal.Sidecars;
using DaprLocal.Workflows;
using Microsoft.AspNetCore.Connections;
using Microsoft.Data.Sqlite;

namespace DaprLocal.Hosting;

/// <summary>One app's sidecar with its workflow engine: the one place where a sidecar is put together.</summary>
internal sealed class AppSidecar : IAsyncDisposable
{
    private readonly Sidecar _sidecar;
    private readonly WorkflowEngine _workflows;
    private readonly TaskCompletionSource _shutdown = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private AppSidecar(Sidecar sidecar, WorkflowEngine workflows)
    {
        _sidecar = sidecar;
        _workflows = workflows;
        sidecar.ShutdownRequested += () => _shutdown.TrySetResult();
    }

    /// <summary>The file of an app's workflows in the data folder.</summary>
    public static string WorkflowFile(string appId) => $"workflows/{appId}.db";

    /// <summary>Completes when a caller asked the sidecar to end (<c>POST /v1.0/shutdown</c>).</summary>
    public Task ShutdownRequested => _shutdown.Task;

    /// <summary>Completes when the sidecar has reached its app and read its subscriptions.</summary>
    public Task AppReady => _sidecar.AppReady;

    /// <summary>Opens the app's workflow file below <paramref name="dataDirectory"/> and starts its sidecar.</summary>
    public static async Task<AppSidecar> StartAsync(
        AppPlan plan, ComponentRegistry components, string dataDirectory, TimeProvider time, ILoggerFactory loggers, CancellationToken ct)
    {
        var appId = plan.Sidecar.AppId;
        var file = Path.Combine(dataDirectory, WorkflowFile(appId));
        var folder = Path.GetDirectoryName(file)!;
        WorkflowEngine workflows;
        try
        {
            Directory.CreateDirectory(folder);
            workflows = await WorkflowEngine.OpenAsync(plan.Sidecar, file, time, loggers.CreateLogger("DaprLocal.Workflows." + appId), ct);
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw DataFolder.Unusable(folder, exception);
        }

        try
        {
            var sidecar = await Sidecar.StartAsync(plan.Sidecar, components, workflows, time, loggers, ct);
            return new AppSidecar(sidecar, workflows);
        }
        catch (Exception exception)
        {
            await workflows.DisposeAsync();
            if (exception is IOException { InnerException: AddressInUseException })
                throw new UserException($"the sidecar of '{appId}' cannot listen: {exception.Message}");
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // The engine first: the streams of workers end with it, and the ports close only when they are ended.
        await _workflows.DisposeAsync();
        await _sidecar.DisposeAsync();
    }
}
