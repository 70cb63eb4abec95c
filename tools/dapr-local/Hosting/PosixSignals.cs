using System.Runtime.InteropServices;

namespace DaprLocal.Hosting;

/// <summary>Asks a process to end; .NET itself can only kill.</summary>
internal static class PosixSignals
{
    private const int Terminate = 15;

    /// <summary>Sends SIGTERM if it still is this process; false when it cannot be asked (Windows, already gone).</summary>
    public static bool AskToEnd(ProcessIdentity process) =>
        !OperatingSystem.IsWindows() && process.IsRunning && Kill(process.Id, Terminate) == 0;

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);
}
