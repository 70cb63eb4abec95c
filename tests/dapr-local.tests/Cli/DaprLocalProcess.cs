using OrderInventory.Testing;
using OrderInventory.Testing.Processes;

namespace DaprLocal.Tests.Cli;

/// <summary>The built dapr-local as a real process.</summary>
internal static class DaprLocalProcess
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);

    private static string Dll => Path.Combine(AppContext.BaseDirectory, "dapr-local.dll");

    public static ServerProcess Start(string directory, params string[] arguments) => ServerProcess.Start(Dll, arguments, directory);

    /// <summary>With variables of its own.</summary>
    public static ServerProcess StartWith(IReadOnlyDictionary<string, string?> environment, string directory, params string[] arguments) => ServerProcess.Start(Dll, arguments, directory, environment);

    /// <summary>With a limit (bytes or unlimited) on the size of the files it writes: a write beyond it fails in it, and does not end it.</summary>
    public static ServerProcess WithFileLimit(string limit, string directory, params string[] arguments) =>
        // The runtime maps its code from a large file of its own, unless it is told not to.
        ServerProcess.StartCommand("prlimit", [$"--fsize={limit}:unlimited", "env", "--ignore-signal=XFSZ", "DOTNET_EnableWriteXorExecute=0", "dotnet", Dll, .. arguments], directory);

    /// <summary>Started as a developer does; the process is then <c>dotnet run</c>, and dapr-local its child.</summary>
    public static ServerProcess UnderDotnetRun(string directory, params string[] arguments) =>
        ServerProcess.StartCommand("dotnet", ["run", "--no-build", "-c", Repository.Configuration, "--project", Repository.Folder("dapr-local"), "--", .. arguments], directory);

    /// <summary>Waits until the output holds a text.</summary>
    public static Task ShowsAsync(this ServerProcess process, string text) => Eventually.TrueAsync(
        () =>
        {
            var hasExited = process.HasExited;
            if (process.Output.Contains(text, StringComparison.Ordinal)) return true;
            return hasExited ? throw new Xunit.Sdk.XunitException($"ended without '{text}':\n{process.Output}") : false;
        },
        $"'{text}' is shown",
        // A process starts, beside others that do.
        seconds: 60);

    /// <summary>The number that an app wrote behind a word.</summary>
    public static int NumberBehind(this ServerProcess process, string word) =>
        int.Parse(process.Output.Split('\n').First(line => line.Contains(word, StringComparison.Ordinal)).Split(word)[1], null);

    /// <summary>The exit code, once it has ended by itself.</summary>
    public static Task<int> ExitCodeAsync(this ServerProcess process) => process.EndAsync(EndLimit);
}
