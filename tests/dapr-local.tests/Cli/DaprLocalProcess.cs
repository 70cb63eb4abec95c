using System.Collections.Concurrent;
using System.Diagnostics;
using DaprLocal.Hosting;
using OrderInventory.Testing;

namespace DaprLocal.Tests.Cli;

/// <summary>The built dapr-local as a real process, its output collected.</summary>
internal sealed class DaprLocalProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly Task _output;

    public DaprLocalProcess(string directory, params string[] arguments)
        : this(directory, ["dotnet", Dll], arguments)
    {
    }

    private DaprLocalProcess(string directory, string[] program, string[] arguments)
    {
        var start = new ProcessStartInfo(program[0], [.. program[1..], .. arguments])
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        _output = Task.WhenAll(LineReader.ReadAsync(_process.StandardOutput, _lines.Enqueue), LineReader.ReadAsync(_process.StandardError, _lines.Enqueue));
    }

    public int Id => _process.Id;

    private static string Dll => Path.Combine(AppContext.BaseDirectory, "dapr-local.dll");

    /// <summary>With a limit (bytes or unlimited) on the size of the files it writes: a write beyond it fails in it, and does not end it.</summary>
    public static DaprLocalProcess WithFileLimit(string limit, string directory, params string[] arguments) =>
        // The runtime maps its code from a large file of its own, unless it is told not to.
        new(directory, ["prlimit", $"--fsize={limit}:unlimited", "env", "--ignore-signal=XFSZ", "DOTNET_EnableWriteXorExecute=0", "dotnet", Dll], arguments);

    /// <summary>Started as a developer does; the process is then <c>dotnet run</c>, and dapr-local its child.</summary>
    public static DaprLocalProcess UnderDotnetRun(string directory, params string[] arguments) =>
        new(directory, ["dotnet", "run", "--no-build", "-c", Repository.Configuration, "--project", Repository.Folder("dapr-local"), "--"], arguments);

    public string Output => string.Join('\n', _lines);

    /// <summary>Waits until the output holds a text.</summary>
    public Task ShowsAsync(string text) => Eventually.TrueAsync(
        () => Output.Contains(text, StringComparison.Ordinal) ? true : _process.HasExited && _output.IsCompleted ? throw new Xunit.Sdk.XunitException($"ended without '{text}':\n{Output}") : false,
        $"'{text}' is shown",
        // A process starts, beside others that do.
        seconds: 60);

    /// <summary>The number that an app wrote behind a word.</summary>
    public int NumberBehind(string word) => int.Parse(_lines.First(line => line.Contains(word, StringComparison.Ordinal)).Split(word)[1], null);

    public void Terminate() => Assert.True(ProcessIdentity.Of(Id)!.AskToEnd());

    public void Kill() => _process.Kill();

    public async Task<int> ExitCodeAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        await _output.WaitAsync(TimeSpan.FromSeconds(5));
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
