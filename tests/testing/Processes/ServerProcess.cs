using System.Diagnostics;

namespace OrderInventory.Testing.Processes;

/// <summary>What a process uses.</summary>
/// <param name="Bytes">Resident memory.</param>
/// <param name="Handles">Open files, sockets and the like.</param>
/// <param name="Lines">Lines that it has written since its start.</param>
public sealed record ProcessUsage(long Bytes, int Handles, long Lines);

/// <summary>One real process with its last lines of output.</summary>
public sealed class ServerProcess : IDisposable
{
    private const int KeptLines = 200;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Queue<string> _lines = new();
    private long _written;

    private ServerProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>What it uses now.</summary>
    public ProcessUsage Usage
    {
        get
        {
            _process.Refresh();
            lock (_lines) return new ProcessUsage(_process.WorkingSet64, _process.HandleCount, _written);
        }
    }

    /// <summary>What it wrote last.</summary>
    public string Output
    {
        get { lock (_lines) return string.Join('\n', _lines); }
    }

    /// <summary>What a project of src was built to, in the configuration of the caller.</summary>
    public static string Dll(string project) => Repository.Built(project);

    /// <summary>Starts <c>dotnet dll arguments</c>; variables with a null value are removed.</summary>
    public static ServerProcess Start(string dll, IEnumerable<string> arguments, string folder, IReadOnlyDictionary<string, string?>? environment = null) =>
        StartCommand("dotnet", [dll, .. arguments], folder, environment);

    /// <summary>Starts <c>file arguments</c>; variables with a null value are removed.</summary>
    public static ServerProcess StartCommand(string file, IEnumerable<string> arguments, string folder, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var start = new ProcessStartInfo(file, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>()) start.Environment[name] = value;
        var process = Process.Start(start)!;
        var server = new ServerProcess(process);
        process.OutputDataReceived += (_, line) => server.Keep(line.Data);
        process.ErrorDataReceived += (_, line) => server.Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return server;
    }

    /// <summary>Waits until <paramref name="address"/> answers with success; fails with the output when the process ends or takes too long.</summary>
    public async Task AnswersAsync(Uri address)
    {
        using var http = new HttpClient();
        await Eventually.GetAsync(
            async () =>
            {
                if (HasExited) throw new InvalidOperationException($"The server of {address} ended with {ExitCode}:\n{Output}");
                try { return (await http.GetAsync(address)).IsSuccessStatusCode; } catch (HttpRequestException) { return false; }
            },
            ok => ok,
            StartLimit,
            $"{address} answers");
    }

    /// <summary>SIGKILL to this process alone.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, and the exit code it ends with.</summary>
    public async Task<int> StopAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", Id.ToString(System.Globalization.CultureInfo.InvariantCulture)])) await kill.WaitForExitAsync();
        return await EndAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>The exit code, once it has ended by itself and all that it wrote is in <see cref="Output"/>.</summary>
    public async Task<int> EndAsync(TimeSpan limit)
    {
        using var patience = new CancellationTokenSource(limit);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        try { if (!_process.HasExited) _process.Kill(entireProcessTree: true); } catch (InvalidOperationException) { /* ended meanwhile */ }
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        lock (_lines)
        {
            _written++;
            _lines.Enqueue(line);
            if (_lines.Count > KeptLines) _lines.Dequeue();
        }
    }
}
