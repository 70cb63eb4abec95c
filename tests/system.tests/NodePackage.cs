using System.Diagnostics;
using System.Text;

namespace OrderInventory.System.Tests;

/// <summary>A folder with programs for Node.js and the npm packages that they use, as these are published.</summary>
internal sealed class NodePackage
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private const string Question = "? ";

    private readonly Lazy<Task> _installed;

    private NodePackage(string folder)
    {
        Folder = Path.Combine(AppContext.BaseDirectory, folder, "node");
        _installed = new Lazy<Task>(InstallAsync);
    }

    /// <summary>Clients of a sidecar that use @dapr/dapr.</summary>
    public static NodePackage Foreign { get; } = new("Foreign");

    /// <summary>What reads the documents of the APIs.</summary>
    public static NodePackage Contract { get; } = new("Contract");

    /// <summary>What drives a browser.</summary>
    public static NodePackage Browser { get; } = new("Browser");

    /// <summary>Where its programs are.</summary>
    public string Folder { get; }

    /// <summary>True when node and npm can be started.</summary>
    public static bool IsNodeHere { get; } = IsOnPath("node") && IsOnPath("npm");

    /// <summary>Ends when the packages are there.</summary>
    public Task InstalledAsync() => _installed.Value;

    /// <summary>
    /// Runs a program of the folder, and fails with all that it wrote when it does not end with 0; the output. A line that begins with
    /// "? " is a question to <paramref name="answer"/>.
    /// </summary>
    public async Task<string> RunAsync(string program, string[] arguments, IReadOnlyDictionary<string, string>? environment = null, Func<string, Task<string>>? answer = null)
    {
        await InstalledAsync();
        return await StartAsync("node", [program, .. arguments], environment ?? new Dictionary<string, string>(), answer);
    }

    // Exactly the locked versions, without scripts of other people; once for each lock, as npm deletes whatever is there before it begins.
    private async Task InstallAsync()
    {
        var wanted = await File.ReadAllTextAsync(Path.Combine(Folder, "package-lock.json"));
        var installed = Path.Combine(Folder, "node_modules", ".installed-lock.json");
        if (File.Exists(installed) && await File.ReadAllTextAsync(installed) == wanted) return;
        await StartAsync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--cache", Path.Combine(Folder, ".npm-cache")], new Dictionary<string, string>());
        await File.WriteAllTextAsync(installed, wanted);
    }

    private async Task<string> StartAsync(string command, string[] arguments, IReadOnlyDictionary<string, string> environment, Func<string, Task<string>>? answer = null)
    {
        var start = new ProcessStartInfo(command, arguments) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = answer is not null };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(Limit);
        var output = Task.WhenAll(answer is null ? process.StandardOutput.ReadToEndAsync(CancellationToken.None) : AnswerAsync(process, answer), process.StandardError.ReadToEndAsync(CancellationToken.None));
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

    private static async Task<string> AnswerAsync(Process process, Func<string, Task<string>> answer)
    {
        var text = new StringBuilder();
        try
        {
            while (await process.StandardOutput.ReadLineAsync() is { } line)
            {
                text.AppendLine(line);
                if (line.StartsWith(Question, StringComparison.Ordinal)) await process.StandardInput.WriteLineAsync(await answer(line[Question.Length..]));
            }
        }
        catch (Exception error)
        {
            // The program would wait for an answer that does not come.
            process.Kill(entireProcessTree: true);
            text.AppendLine(error.ToString());
        }

        return text.ToString();
    }

    private static bool IsOnPath(string command) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, command)));
}
