using DaprLocal.Config;
using DaprLocal.Tests.Api;
using Microsoft.Extensions.Time.Testing;

namespace DaprLocal.Tests.Workflows;

/// <summary>A sidecar with a worker that can be killed and started again, as the recorded daprd was.</summary>
internal sealed class GoldenHost(Func<SidecarOptions, SidecarOptions> change, FakeTimeProvider time) : IAsyncDisposable
{
    private const string Database = "workflows.db";
    private DirectoryInfo _folder = Directory.CreateTempSubdirectory("golden-workflows-");
    private RunningSidecar? _sidecar;
    private ScriptedWorker? _worker;

    public FakeTimeProvider Time => time;

    public bool IsRunning => _sidecar is not null;

    public RunningSidecar Sidecar => _sidecar ?? throw new InvalidOperationException("The sidecar is down.");

    public async Task StartAsync() =>
        _sidecar = await RunningSidecar.StartAsync([], options => change(options with { AppId = "wf" }), time, _folder.FullName, hasWorkflows: true);

    /// <summary>The stream of work, opened when it is first asked for.</summary>
    public async Task<ScriptedWorker> WorkerAsync() => _worker ??= await ScriptedWorker.ConnectAsync(new(Sidecar.Calls));

    /// <summary>Another stream of work instead of the one there was, which closes then.</summary>
    public async Task ReconnectAsync()
    {
        var old = _worker;
        _worker = null;
        await WorkerAsync();
        if (old is not null) await old.DisposeAsync();
    }

    /// <summary>The end of the sidecar; with <paramref name="isKill"/> what it does while it closes is lost, as in a crash.</summary>
    public async Task StopAsync(bool isKill)
    {
        var old = _folder;
        if (isKill)
        {
            _folder = Directory.CreateTempSubdirectory("golden-workflows-");
            foreach (var name in new[] { Database, Database + "-wal" }) File.Copy(Path.Combine(old.FullName, name), Path.Combine(_folder.FullName, name));
        }

        if (_worker is not null) await _worker.DisposeAsync();
        await Sidecar.DisposeAsync();
        (_sidecar, _worker) = (null, null);
        if (isKill) old.Delete(recursive: true);
    }

    public async ValueTask DisposeAsync()
    {
        if (_sidecar is not null) await StopAsync(isKill: false);
        _folder.Delete(recursive: true);
    }
}
