using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace DaprLocal.Hosting;

/// <summary>A process by id and start time, so that an id used again by another process is never mistaken for it.</summary>
internal sealed record ProcessIdentity(int Id, long Started)
{
    private const int Terminate = 15;

    /// <summary>The identity of a running process; null when there is none with this id.</summary>
    public static ProcessIdentity? Of(int id) => OperatingSystem.IsLinux()
        ? ReadStat(id) is { } stat ? new ProcessIdentity(id, stat.Started) : null
        : OfOther(id);

    /// <summary>The process that started the one with this id, if it still runs.</summary>
    public static ProcessIdentity? ParentOf(int id) => ReadStat(id) is { } stat ? Of(stat.Parent) : null;

    /// <summary>True while this very process runs (a process waiting to be reaped no longer does).</summary>
    public bool IsRunning => OperatingSystem.IsLinux()
        ? ReadStat(Id) is { } stat && stat.Started == Started && stat.State is not ('Z' or 'X')
        : OfOther(Id) == this;

    /// <summary>The process and everything it started, parents first; empty when it has ended.</summary>
    public IReadOnlyList<ProcessIdentity> Tree()
    {
        if (!IsRunning)
            return [];
        if (!OperatingSystem.IsLinux())
            return [this];
        var children = Directory.EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0)
            .Select(id => (id, stat: ReadStat(id)))
            .Where(process => process.stat is not null)
            .ToLookup(process => process.stat!.Value.Parent, process => new ProcessIdentity(process.id, process.stat!.Value.Started));
        var tree = new List<ProcessIdentity> { this };
        for (var i = 0; i < tree.Count; i++)
            tree.AddRange(children[tree[i].Id].Where(child => !tree.Contains(child)));
        return tree;
    }

    /// <summary>Asks the process to end, if it still is this one; false when it cannot be asked (Windows, already gone).</summary>
    public bool AskToEnd() => !OperatingSystem.IsWindows() && IsRunning && SendSignal(Id, Terminate) == 0;

    /// <summary>Ends the process at once, if it still is this one.</summary>
    public void Kill()
    {
        if (!IsRunning)
            return;
        try
        {
            using var process = Process.GetProcessById(Id);
            // Where trees cannot be read from /proc, the runtime knows how.
            process.Kill(entireProcessTree: !OperatingSystem.IsLinux());
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // It ended in the meantime.
        }
    }

    // /proc/PID/stat: "pid (name) state ppid … starttime"; the name may hold spaces and brackets, so read behind the last one.
    private static (char State, int Parent, long Started)? ReadStat(int id)
    {
        try
        {
            var text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat"));
            if (text.Length == 0)
                return null;
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return (fields[0][0], int.Parse(fields[1], CultureInfo.InvariantCulture), long.Parse(fields[19], CultureInfo.InvariantCulture));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static ProcessIdentity? OfOther(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return process.HasExited ? null : new ProcessIdentity(id, process.StartTime.Ticks);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return null;
        }
    }

    // .NET itself can only kill.
    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int processId, int signal);
}
