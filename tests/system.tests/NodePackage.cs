using System.Diagnostics;

namespace OrderInventory.System.Tests;

/// <summary>A folder with programs for Node.js and the npm packages that they use, as these are published.</summary>
internal sealed class NodePackage
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly string _folder;
    private readonly Lazy<Task> _installed;

    private NodePackage(string folder)
    {
        _folder = Path.Combine(AppContext.BaseDirectory, folder, "node");
        _installed = new Lazy<Task>(InstallAsync);
    }

    /// <summary>Clients of a sidecar that use @dapr/dapr.</summary>
    public static NodePackage Foreign { get; } = new("Foreign");

    /// <summary>What reads the documents of the APIs.</summary>
    public static NodePackage Contract { get; } = new("Contract");

    /// <summary>True when node and npm can be started.</summary>
    public static bool IsNodeHere { get; } = IsOnPath("node") && IsOnPath("npm");

    /// <summary>Runs a program of the folder, and fails with all that it wrote when it does not end with 0; the output.</summary>
    public async Task<string> RunAsync(string program, string[] arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        await _installed.Value;
        return await StartAsync("node", [program, .. arguments], environment ?? new Dictionary<string, string>());
    }

    // Exactly the locked versions, without scripts of other people; once for a test run.
    private Task<string> InstallAsync() =>
        StartAsync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--cache", Path.Combine(_folder, ".npm-cache")], new Dictionary<string, string>());

    private async Task<string> StartAsync(string command, string[] arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(command, arguments) { WorkingDirectory = _folder, RedirectStandardOutput = true, RedirectStandardError = true };
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
        return text;
    }

    private static bool IsOnPath(string command) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, command)));
}
