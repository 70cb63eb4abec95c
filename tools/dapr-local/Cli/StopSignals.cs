using System.Globalization;
using System.Runtime.InteropServices;
using DaprLocal.Hosting;

namespace DaprLocal.Cli;

/// <summary>
/// Turns signals into cancellation: the first one asks for a clean stop, the second for a quick one. The end of the <c>dotnet run</c>
/// that started us asks for a quick one too.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private static readonly TimeSpan ParentCheck = TimeSpan.FromMilliseconds(250);
    private static readonly PosixSignal[] Signals = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP];

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _hurry = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly ITimer? _parentTimer;

    /// <summary>Begins to listen.</summary>
    public StopSignals(TimeProvider time)
    {
        _registrations = [.. Signals.Select(signal => PosixSignalRegistration.Create(signal, OnSignal))];
        if (DotnetRunAbove() is { } parent)
            _parentTimer = time.CreateTimer(_ => EndWith(parent), null, ParentCheck, ParentCheck);
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Cancelled by the second signal.</summary>
    public CancellationToken Hurry => _hurry.Token;

    public void Dispose()
    {
        _parentTimer?.Dispose();
        foreach (var registration in _registrations)
            registration.Dispose();
        _stop.Dispose();
        _hurry.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (_stop.IsCancellationRequested)
            _hurry.Cancel();
        else
            _stop.Cancel();
    }

    private void EndWith(ProcessIdentity parent)
    {
        if (parent.IsRunning)
            return;
        _parentTimer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _hurry.Cancel();
        _stop.Cancel();
    }

    // Whoever kills `dotnet run` means to kill dapr-local, but the signal reaches only `dotnet run`. Null when another process
    // started us, and where /proc cannot tell.
    private static ProcessIdentity? DotnetRunAbove()
    {
        if (!OperatingSystem.IsLinux() || ProcessIdentity.ParentOf(Environment.ProcessId) is not { } parent)
            return null;
        try
        {
            var command = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{parent.Id}/cmdline")).Split('\0');
            return command is [var program, "run", ..] && Path.GetFileName(program) == "dotnet" ? parent : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
