using System.Globalization;
using DaprLocal.Costs;
using DaprLocal.Sidecars;
using Microsoft.AspNetCore.Connections;
using Microsoft.Data.Sqlite;

namespace DaprLocal.Hosting;

/// <summary>Why a run ends by itself; <paramref name="Failed"/> decides the exit code.</summary>
internal sealed record RunEnd(string Message, bool Failed);

/// <summary>
/// Everything that runs: components, one sidecar per app, the apps, the dashboard and the watchdog. Disposing it stops the apps first, while their
/// sidecars still answer and the dashboard listens, then the sidecars, then the components.
/// </summary>
internal sealed class RunSession(RunPlan plan, string dataDirectory, Terminal terminal, TimeProvider time, ILoggerFactory loggers, CancellationToken hurry)
    : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);

    // A Ctrl-C in the terminal reaches the apps as soon as us; one that ends by it has not failed.
    private static readonly TimeSpan SignalRace = TimeSpan.FromMilliseconds(250);

    private static readonly ConsoleColor[] Colors = [ConsoleColor.Cyan, ConsoleColor.Green, ConsoleColor.Magenta, ConsoleColor.Blue, ConsoleColor.DarkYellow];

    private static readonly TimeSpan SidecarAway = TimeSpan.FromSeconds(2);

    private readonly List<RunningApp> _apps = [];
    // Held while something is broken and put together again.
    private readonly SemaphoreSlim _faults = new(1);
    private IReadOnlyList<IReadOnlyList<string>> _commands = [];
    private TaskCompletionSource _mended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private FaultServer? _faultServer;
    private ComponentRegistry? _components;
    private Watchdog? _watchdog;
    private AppMeter? _meter;
    private AppProcess? _dashboard;
    private volatile bool _ending;

    /// <summary>Starts components, sidecars and apps; <paramref name="commands"/> are programs with arguments, in the order of the plan.</summary>
    public async Task StartAsync(IReadOnlyList<IReadOnlyList<string>> commands, CancellationToken stop)
    {
        _commands = commands;
        _components = await ComponentRegistry.OpenAsync(plan.Components, dataDirectory, time, loggers, stop);
        if (plan.Dashboard is not null || commands.Any(command => command.Count > 0))
            _watchdog = Watchdog.Start();
        if (plan.Dashboard is { } dashboard)
        {
            _dashboard = await dashboard.StartAsync(terminal, _watchdog, time, stop);
            _ = TellItsEndAsync(_dashboard, stop);
        }
        foreach (var (app, command) in plan.Apps.Zip(commands))
        {
            // In the list at once: whatever fails next, this sidecar is stopped.
            _apps.Add(new RunningApp(app, await StartSidecarAsync(app, _components, stop), null));
        }
        _faultServer = await FaultServer.StartAsync(this, plan, stop);
        for (var i = 0; i < _apps.Count; i++)
        {
            if (commands[i].Count == 0)
                continue;
            _apps[i] = _apps[i] with { Process = StartApp(i) };
            if (FaultServer.IsTold(_apps[i].Plan))
                _ = TellItsEndAsync(_apps[i].Process!, stop);
        }

        if (_apps.Select(app => app.Plan.Sidecar.Costs).FirstOrDefault(costs => costs.IsOn) is { } costs)
            _meter = new AppMeter(costs, [.. _apps.Select(app => app.Process).OfType<AppProcess>().Select(app => (app.AppId, (Func<TimeSpan?>)(() => app.ProcessorTime)))], time);
    }

    /// <summary>Waits until every app that we started listens, is healthy if it promises to tell, and its sidecar knows its subscriptions.</summary>
    public async Task WaitUntilReadyAsync(CancellationToken stop)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var exited = WaitForExitAsync(enough.Token);
        var late = Task.Delay(StartLimit, time, enough.Token);
        try
        {
            foreach (var app in _apps.Where(app => app.Process is not null))
            {
                var ready = app.Sidecar.AppReady;
                await Task.WhenAny(ready, exited, late);
                stop.ThrowIfCancellationRequested();
                if (ready.IsFaulted)
                    throw new UserException(WithLastLines($"the sidecar of '{app.Plan.App.AppId}' cannot serve its subscriptions: {ready.Exception.InnerException!.Message}", app.Process!));
                if (exited.IsCompleted)
                    throw new UserException((await exited).Message);
                if (!ready.IsCompleted)
                    throw new UserException(WithLastLines($"app '{app.Plan.App.AppId}' did not become ready: {Asked(app.Plan)} did not answer within {StartLimit.TotalSeconds} s", app.Process!));
            }
        }
        finally
        {
            await enough.CancelAsync();
        }
    }

    /// <summary>Ends when an app ends by itself (nothing is restarted), or has its sidecar shut down.</summary>
    public async Task<RunEnd> WaitForExitAsync(CancellationToken stop)
    {
        while (true)
        {
            // What was killed by order does not count, nor while its successor is started.
            await _faults.WaitAsync(stop);
            var (apps, mended) = (_apps.ToArray(), _mended.Task);
            _faults.Release();
            // What only looks on may end, and the others go on.
            var processes = apps.Where(app => !FaultServer.IsTold(app.Plan)).Select(app => app.Process).OfType<AppProcess>().ToArray();
            var never = Task.Delay(Timeout.InfiniteTimeSpan, time, stop);
            var first = await Task.WhenAny([never, mended, .. processes.Select(process => process.Exited), .. apps.Select(app => app.Sidecar.ShutdownRequested)]);
            if (first == never)
                await never;
            await Task.Delay(SignalRace, time, stop);
            if (mended.IsCompleted || _faults.CurrentCount == 0)
                continue;
            if (apps.FirstOrDefault(app => app.Sidecar.ShutdownRequested == first) is { } asking)
                return new RunEnd($"the sidecar of '{asking.Plan.App.AppId}' was asked to shut down", Failed: false);
            var ended = processes.First(process => process.Exited.IsCompleted);
            var code = await ended.Exited;
            return new RunEnd(WithLastLines($"app '{ended.AppId}' ended by itself with exit code {code.ToString(CultureInfo.InvariantCulture)}", ended), Failed: true);
        }
    }

    /// <summary>Kills the replicas of an app and starts them again. Their sidecars stay.</summary>
    public Task KillAppAsync(string appId) => BreakAsync(appId, async i =>
    {
        terminal.Line($"killing app '{appId}', as asked; it is started again");
        await _apps[i].Process!.KillAsync();
        await _apps[i].Process!.DisposeAsync();
        _apps[i] = _apps[i] with { Process = StartApp(i) };
    });

    /// <summary>Takes an app's sidecar away without a word, and starts it again a moment later. The app stays.</summary>
    public Task CutSidecarAsync(string appId) => BreakAsync(appId, async i =>
    {
        terminal.Line($"taking the sidecar of '{appId}' away, as asked; it is started again");
        await _apps[i].Sidecar.CutAsync();
        await Task.Delay(SidecarAway, time);
        _apps[i] = _apps[i] with { Sidecar = await StartSidecarAsync(_apps[i].Plan, _components!, CancellationToken.None) };
    });

    /// <summary>Has all state stores answer nobody for so long.</summary>
    public void FreezeStores(TimeSpan length)
    {
        terminal.Line(string.Create(CultureInfo.InvariantCulture, $"freezing the state store for {length.TotalSeconds:0} s, as asked"));
        _components!.Freeze(Task.Delay(length, time));
    }

    private async Task BreakAsync(string appId, Func<int, Task> fault)
    {
        await _faults.WaitAsync();
        try
        {
            for (var i = 0; i < _apps.Count && !_ending; i++)
            {
                if (_apps[i].Plan.App.AppId == appId) await fault(i);
            }
        }
        finally
        {
            var mended = _mended;
            _mended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _faults.Release();
            mended.SetResult();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _ending = true;
        if (_faultServer is not null)
            await _faultServer.DisposeAsync();
        await _faults.WaitAsync();
        if (_meter is not null)
            await _meter.DisposeAsync();
        var processes = _apps.Select(app => app.Process).OfType<AppProcess>().ToArray();
        await Task.WhenAll(processes.Select(process => process.StopAsync(StopPatience, hurry)));
        foreach (var process in processes)
            await process.DisposeAsync();
        foreach (var app in _apps)
            await app.Sidecar.DisposeAsync();
        if (_components is not null)
            await _components.DisposeAsync();
        if (_dashboard is not null)
        {
            await _dashboard.StopAsync(StopPatience, hurry);
            await _dashboard.DisposeAsync();
        }
        if (_watchdog is not null)
            await _watchdog.DisposeAsync();
    }

    // The apps go on without it, and nothing starts it again.
    private async Task TellItsEndAsync(AppProcess onlooker, CancellationToken stop)
    {
        var code = await onlooker.Exited;
        await Task.Delay(SignalRace, time, CancellationToken.None);
        if (!stop.IsCancellationRequested && !_ending)
            terminal.Error(string.Create(CultureInfo.InvariantCulture, $"the {onlooker.AppId} ended with exit code {code}; the apps go on without it"));
    }

    private static string Asked(AppPlan plan) => $"{plan.Url}{plan.App.HealthCheck?.Path.TrimStart('/')}";

    private async Task<Sidecar> StartSidecarAsync(AppPlan app, ComponentRegistry components, CancellationToken stop)
    {
        try
        {
            return await Sidecar.StartAsync(app.Sidecar, components, dataDirectory, time, loggers, stop);
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException)
        {
            throw new UserException($"the sidecar of '{app.App.AppId}' cannot listen: {exception.Message}");
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw DataFolder.Unusable(dataDirectory, exception);
        }
    }

    private AppProcess StartApp(int i)
    {
        var (app, command) = (_apps[i].Plan, _commands[i]);
        var environment = _faultServer is { } faults && FaultServer.IsTold(app) ? new Dictionary<string, string?>(app.Environment) { [FaultServer.Variable] = faults.Address.ToString() } : app.Environment;
        return AppProcess.Start(new AppCommand(app.App.AppId, command[0], [.. command.Skip(1)], app.App.AppDirectory, environment), terminal, Colors[i % Colors.Length], _watchdog, time);
    }

    private static string WithLastLines(string message, AppProcess process) => process.LastLines is { Count: > 0 } lines
        ? $"{message}; its last lines:{Environment.NewLine}{string.Join(Environment.NewLine, lines.Select(line => $"  | {line}"))}"
        : $"{message}; it wrote nothing";

    // The process is null when someone else starts the app.
    private sealed record RunningApp(AppPlan Plan, Sidecar Sidecar, AppProcess? Process);
}
