using System.Diagnostics;
using System.Globalization;

namespace DaprLocal.Tests.Faults;

/// <summary>
/// A disk that can refuse writes: a small tmpfs that is filled or made read-only, where this user may mount one, or (needs no
/// rights) a limit on the size of every file that dapr-local writes.
/// </summary>
internal sealed class TestDisk : IDisposable
{
    public const string ReadOnly = "read-only";
    private const string SizeLimit = "limit";
    private const string Tmpfs = "tmpfs";
    private const int Megabytes = 12;
    private readonly string _kind;

    public TestDisk(string kind)
    {
        _kind = kind;
        if (kind != SizeLimit && !TryRun("mount", "-t", Tmpfs, "-o", $"size={Megabytes}m", Tmpfs, Folder)) throw new InvalidOperationException("mount failed");
    }

    /// <summary>The kinds that can be had here.</summary>
    public static IReadOnlyList<string> Kinds { get; } = CanMount() ? [SizeLimit, Tmpfs, ReadOnly] : [SizeLimit];

    /// <summary>Where it is.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("dapr-local-disk-").FullName;

    private string Ballast => Path.Combine(Folder, "ballast");

    /// <summary>The limit of the size of its files for a process that is started on the full disk.</summary>
    public string Limit => _kind == SizeLimit ? "1000" : "unlimited";

    /// <summary>Refuses all writes from now on; <paramref name="pid"/>: of a process that runs on it.</summary>
    public void Fill(int? pid)
    {
        if (_kind == Tmpfs) FillUp();
        else if (_kind == ReadOnly) Assert.True(TryRun("mount", "-o", "remount,ro", Folder), "remount");
        else if (pid is { } running) SetLimit(running, Limit);
    }

    /// <summary>Takes writes again.</summary>
    public void MakeRoom(int? pid)
    {
        if (_kind == Tmpfs) File.Delete(Ballast);
        else if (_kind == ReadOnly) Assert.True(TryRun("mount", "-o", "remount,rw", Folder), "remount");
        else if (pid is { } running) SetLimit(running, "unlimited");
    }

    public void Dispose()
    {
        if (_kind != SizeLimit) TryRun("umount", Folder);
        Directory.Delete(Folder, recursive: true);
    }

    private void FillUp()
    {
        using var file = File.Create(Ballast);
        var block = new byte[4096];
        try
        {
            while (file.Length < Megabytes << 20)
            {
                file.Write(block);
                file.Flush();
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    private static void SetLimit(int pid, string bytes) => Assert.True(TryRun("prlimit", "--pid", pid.ToString(CultureInfo.InvariantCulture), $"--fsize={bytes}:unlimited"), "prlimit");

    private static bool CanMount()
    {
        var folder = Directory.CreateTempSubdirectory("dapr-local-disk-").FullName;
        var isMounted = Environment.IsPrivilegedProcess && TryRun("mount", "-t", Tmpfs, Tmpfs, folder) && TryRun("umount", folder);
        Directory.Delete(folder);
        return isMounted;
    }

    private static bool TryRun(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
