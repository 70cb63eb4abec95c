using System.Diagnostics;
using System.Text.RegularExpressions;

namespace OrderInventory.Testing.Processes;

/// <summary>PostgreSQL, Redis and Kafka of one test alone (<c>eng/servers</c>), empty and on free ports, so that it may kill them.</summary>
public sealed partial class OwnServers : IAsyncDisposable
{
    // Its own folder, not one inside a test's: PostgreSQL runs as another user and must reach it.
    private readonly string _folder = Directory.CreateTempSubdirectory("oi-servers-").FullName;

    private OwnServers()
    {
    }

    /// <summary>Where their data lies: <c>postgres</c>, <c>redis</c> and <c>kafka</c>.</summary>
    public string Folder => _folder;

    /// <summary>What tells where they are and how to get in: the variables that the shipped components read.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; private set; } = new Dictionary<string, string?>();

    /// <summary>
    /// Starts those that <paramref name="names"/> name, or all; <paramref name="tls"/>: so that they speak TLS only and want passwords,
    /// for the components named …-tls.
    /// </summary>
    /// <exception cref="InvalidOperationException">They cannot be started; with what <c>eng/servers</c> wrote.</exception>
    public static async Task<OwnServers> StartAsync(bool tls, params IEnumerable<string> names)
    {
        var servers = new OwnServers();
        var exports = await servers.RunAsync("start", [.. tls ? (string[])["tls"] : [], .. names]);
        servers.Environment = Exported().Matches(exports).ToDictionary(export => export.Groups["name"].Value, export => (string?)export.Groups["value"].Value);
        return servers;
    }

    /// <summary>kill -9 of postgres, redis or kafka.</summary>
    public Task KillAsync(string server) => RunAsync("kill", server);

    /// <summary>Starts a killed one again, on what it had stored.</summary>
    public Task StartAgainAsync(string server) => RunAsync("again", server);

    /// <summary>Stops one in its tracks: it holds its connections and answers nothing.</summary>
    public Task FreezeAsync(string server) => RunAsync("freeze", server);

    /// <summary>Lets a frozen one go on.</summary>
    public Task ThawAsync(string server) => RunAsync("thaw", server);

    public async ValueTask DisposeAsync()
    {
        await RunAsync("stop");
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<string> RunAsync(string command, params string[] more)
    {
        // The output goes through a file: the servers inherit it, and a pipe would stay open as long as they run.
        var output = Path.Combine(_folder, "output");
        var start = new ProcessStartInfo("bash", ["-c", "\"$0\" \"$@\" > \"$OUTPUT\" 2>&1", Path.Combine(Repository.Root, "eng", "servers"), command, _folder, .. more]);
        start.Environment["OUTPUT"] = output;
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        var text = await File.ReadAllTextAsync(output);
        return process.ExitCode == 0 ? text : throw new InvalidOperationException($"eng/servers {command}: {text}");
    }

    [GeneratedRegex("^export (?<name>\\w+)='(?<value>[^']*)'$", RegexOptions.Multiline)]
    private static partial Regex Exported();
}
