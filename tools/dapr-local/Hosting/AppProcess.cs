using System.ComponentModel;
using System.Diagnostics;

namespace DaprLocal.Hosting;

/// <summary>One app as a child process: its lines go to the terminal, its end is observed, and it is stopped as a whole tree.</summary>
internal sealed class AppProcess : IAsyncDisposable
{
    private const int LinesKept = 30;

    private static readonly TimeSpan OutputAfterExit = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Queue<string> _lastLines = new(LinesKept + 1);
    private readonly Process _process;
    private readonly ProcessIdentity? _identity;
    private readonly TimeProvider _time;

    private AppProcess(Process process, AppCommand command, Terminal terminal, ConsoleColor color, Watchdog? watchdog, TimeProvider time)
    {
        (_process, AppId, _time) = (process, command.AppId, time);
        _identity = ProcessIdentity.Of(process.Id);
        if (_identity is not null)
            watchdog?.Watch(_identity);
        void OnLine(string line)
        {
            lock (_lock)
            {
                _lastLines.Enqueue(line);
                if (_lastLines.Count > LinesKept)
                    _lastLines.Dequeue();
            }
            terminal.AppLine(AppId, color, line);
        }
        var output = Task.WhenAll(LineReader.ReadAsync(process.StandardOutput, OnLine), LineReader.ReadAsync(process.StandardError, OnLine));
        Exited = ObserveAsync(output);
    }

    /// <summary>What of <see cref="StopAsync"/> the platform cannot do, for the user; null where everything works.</summary>
    public static string? Limits => LimitsOn(isWindows: OperatingSystem.IsWindows(), isLinux: OperatingSystem.IsLinux());

    /// <summary>The app's id.</summary>
    public string AppId { get; }

    /// <summary>The id of the process started.</summary>
    public int Id => _process.Id;

    /// <summary>The processor time that the process has used, without those that it started; null when it has ended.</summary>
    public TimeSpan? ProcessorTime
    {
        get
        {
            try { return _process.TotalProcessorTime; }
            catch (Exception error) when (error is InvalidOperationException or Win32Exception) { return null; }
        }
    }

    /// <summary>Ends with the exit code, after the last lines were shown.</summary>
    public Task<int> Exited { get; }

    /// <summary>The last lines the app wrote.</summary>
    public IReadOnlyList<string> LastLines
    {
        get
        {
            lock (_lock)
                return [.. _lastLines];
        }
    }

    /// <summary>The text of <see cref="Limits"/>.</summary>
    internal static string? LimitsOn(bool isWindows, bool isLinux) => isLinux ? null
        : isWindows ? "on Windows apps cannot be asked to end: stopping kills them with all that they started; what they stored is safe"
        : "on this system only the process of an app itself is asked to end; processes that it started and leaves behind go on";

    /// <summary>Starts the app.</summary>
    public static AppProcess Start(AppCommand command, Terminal terminal, ConsoleColor color, Watchdog? watchdog, TimeProvider time)
    {
        var start = new ProcessStartInfo(command.Program, command.Arguments)
        {
            WorkingDirectory = command.WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in command.Environment)
            start.Environment[name] = value;
        try
        {
            var process = Process.Start(start)!;
            process.StandardInput.Close();
            return new AppProcess(process, command, terminal, color, watchdog, time);
        }
        catch (Win32Exception exception)
        {
            throw new UserException($"app '{command.AppId}' cannot be started: '{command.Program}' in {command.WorkingDirectory}: {exception.Message}");
        }
    }

    /// <summary>Asks the app to end, waits at most <paramref name="patience"/>, then kills whatever of it is left.</summary>
    public async Task StopAsync(TimeSpan patience, CancellationToken hurry)
    {
        var tree = _identity?.Tree() ?? [];
        if (!Exited.IsCompleted)
        {
            // The whole tree is asked, as Ctrl-C in a terminal does: a shell passes no signal on to what it runs.
            var asked = false;
            foreach (var process in tree)
                asked |= process.AskToEnd();
            if (asked)
                await Task.WhenAny(Exited, Task.Delay(patience, _time, hurry));
        }
        foreach (var process in tree.Concat(_identity?.Tree() ?? []))
            process.Kill();
        await Exited;
    }

    /// <summary>Kills the app with all that it started, as a crash would.</summary>
    public async Task KillAsync()
    {
        foreach (var process in _identity?.Tree() ?? []) process.Kill();
        await Exited;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero, CancellationToken.None);
        _process.Dispose();
    }

    // Something the app left behind may hold its output open; the exit must be reported all the same.
    private async Task<int> ObserveAsync(Task output)
    {
        await _process.WaitForExitAsync();
        await Task.WhenAny(output, Task.Delay(OutputAfterExit, _time));
        return _process.ExitCode;
    }
}
