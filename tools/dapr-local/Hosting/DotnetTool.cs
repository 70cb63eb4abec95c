using System.Collections.Concurrent;
using System.Diagnostics;

namespace DaprLocal.Hosting;

/// <summary>Runs <c>dotnet</c> commands to their end, one after another.</summary>
internal static class DotnetTool
{
    /// <summary>What <c>dotnet run</c> leaves behind for its own MSBuild: no child process should inherit it, whose SDK may be another one (global.json).</summary>
    public static IReadOnlyList<string> LeftBehind { get; } = ["MSBuildSDKsPath", "MSBuildExtensionsPath", "MSBUILD_EXE_PATH", "MSBuildLoadMicrosoftTargetsReadOnly"];

    /// <summary>Exit code and the lines of both outputs. Cancelling kills the command.</summary>
    public static async Task<(int ExitCode, IReadOnlyList<string> Lines)> RunAsync(string directory, IReadOnlyList<string> arguments, TimeProvider time, CancellationToken ct)
    {
        var start = new ProcessStartInfo(SelfCommand.DotnetPath, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var name in LeftBehind)
            start.Environment.Remove(name);
        // Build servers would outlive us, and hold our pipes open while they do.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";

        var lines = new ConcurrentQueue<string>();
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = Task.WhenAll(LineReader.ReadAsync(process.StandardOutput, lines.Enqueue), LineReader.ReadAsync(process.StandardError, lines.Enqueue));
        try
        {
            await process.WaitForExitAsync(ct);
            await Task.WhenAny(output, Task.Delay(TimeSpan.FromSeconds(5), time, ct));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        return (process.ExitCode, [.. lines]);
    }
}
