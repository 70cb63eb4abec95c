using System.Diagnostics;

namespace OrderInventory.System.Tests.Foreign;

/// <summary>Programs in <c>Foreign/node</c> that use the npm package @dapr/dapr as it is published.</summary>
internal static class NodeProgram
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Foreign", "node");
    private static readonly Lazy<Task> Installed = new(InstallAsync);

    /// <summary>True when node and npm can be started.</summary>
    public static bool IsNodeHere { get; } = IsOnPath("node") && IsOnPath("npm");

    /// <summary>Runs a program, and fails with all that it wrote when it does not end with 0.</summary>
    public static async Task RunAsync(string program, string protocol, IReadOnlyDictionary<string, string> environment)
    {
        await Installed.Value;
        await RunAsync("node", [program + ".js", protocol], environment);
    }

    // Exactly the locked versions, without scripts of other people; once for a test run.
    private static Task InstallAsync() =>
        RunAsync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--cache", Path.Combine(Folder, ".npm-cache")], new Dictionary<string, string>());

    private static async Task RunAsync(string command, string[] arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(command, arguments) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(Limit);
        var output = Task.WhenAll(process.StandardOutput.ReadToEndAsync(CancellationToken.None), process.StandardError.ReadToEndAsync(CancellationToken.None));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
        }

        var text = string.Join('\n', await output);
        Assert.False(patience.IsCancellationRequested, $"{command} {string.Join(' ', arguments)} did not end within {Limit}:\n{text}");
        Assert.True(process.ExitCode == 0, $"{command} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{text}");
    }

    private static bool IsOnPath(string command) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, command)));
}
