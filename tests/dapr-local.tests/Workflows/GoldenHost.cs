using DaprLocal.Config;
using DaprLocal.Tests.Api;
using Microsoft.Extensions.Time.Testing;

namespace DaprLocal.Tests.Workflows;

/// <summary>A sidecar with a worker that can be killed and started again, as the recorded daprd was.</summary>
internal sealed class GoldenHost(Func<SidecarOptions, SidecarOptions> change, FakeTimeProvider time) : IAsyncDisposable
{
    private string _folder = Directory.CreateTempSubdirectory("golden-workflows-").FullName;
    private RunningSidecar? _sidecar;
    private ScriptedWorker? _worker;

    public FakeTimeProvider Time => time;

    public bool IsRunning => _sidecar is not null;

    public RunningSidecar Sidecar => _sidecar ?? throw new InvalidOperationException("The sidecar is down.");

    public async Task StartAsync() =>
        _sidecar = await RunningSidecar.StartAsync([], options => change(options with { AppId = "wf" }), time, _folder);

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
        var (old, worker) = (_folder, _worker);
        if (isKill) _folder = await Sidecar.KillAsync();
        else await Sidecar.DisposeAsync();
        if (worker is not null) await worker.DisposeAsync();
        (_sidecar, _worker) = (null, null);
        if (isKill) Directory.Delete(old, recursive: true);
    }

    public async ValueTask DisposeAsync()
    {
        if (_sidecar is not null) await StopAsync(isKill: false);
        Directory.Delete(_folder, recursive: true);
    }
}
