using System.Diagnostics;
using System.Globalization;

namespace DaprLocal.Hosting;

/// <summary>
/// Ends the apps when dapr-local itself is killed and cannot. It is a second process of this program, connected by a pipe:
/// the kernel closes the pipe however dapr-local ends, and the watchdog then ends every tree it was told of.
/// A line on the pipe: <c>ID STARTED</c>. A process that has ended in good order is told from another one with its id by its start.
/// </summary>
internal sealed class Watchdog : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Process _process;

    private Watchdog(Process process) => _process = process;

    /// <summary>Starts the watchdog process.</summary>
    public static Watchdog Start() => new(Process.Start(SelfCommand.Create("watchdog")) ?? throw new UserException("the watchdog process cannot be started"));

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>From now on the tree of the process ends with us.</summary>
    public void Watch(ProcessIdentity process)
    {
        lock (_lock)
        {
            try
            {
                _process.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{process.Id} {process.Started}"));
                _process.StandardInput.Flush();
            }
            catch (IOException)
            {
                // Someone ended the watchdog; the run goes on without that safety net.
            }
        }
    }

    /// <summary>Closes the pipe; by then every app has ended, so the watchdog just ends.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
            _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>The watchdog process itself: runs until the pipe ends.</summary>
    public static async Task<int> RunAsync(TextReader pipe)
    {
        var watched = new HashSet<ProcessIdentity>();
        while (await pipe.ReadLineAsync() is { } line)
        {
            if (Parse(line) is { } process)
                watched.Add(process);
        }
        // The trees are read before anything is killed: a child whose parent is gone can no longer be found.
        foreach (var process in watched.Where(process => process.IsRunning).SelectMany(process => process.Tree()).ToArray())
            process.Kill();
        return 0;
    }

    private static ProcessIdentity? Parse(string line)
    {
        var parts = line.Split(' ');
        return parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var started)
            ? new ProcessIdentity(id, started)
            : null;
    }
}
