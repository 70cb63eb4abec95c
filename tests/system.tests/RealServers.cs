using System.Diagnostics;
using OrderInventory.Testing;
using OrderInventory.Testing.Processes;

namespace OrderInventory.System.Tests;

/// <summary>
/// PostgreSQL, Redis and Kafka of one test (eng/servers), empty and on free ports. The suite runs on them when OI_COMPONENTS
/// names a folder of components, as components/kafka-postgres; without it, on the embedded ones.
/// </summary>
internal sealed class RealServers : IAsyncDisposable
{
    private readonly string _folder;

    private RealServers(string folder, Dictionary<string, string?> environment)
    {
        _folder = folder;
        Environment = environment;
    }

    public static string? Components { get; } = global::System.Environment.GetEnvironmentVariable("OI_COMPONENTS") is { Length: > 0 } folder ? folder : null;

    /// <summary>The servers that those components use, by the names of eng/servers; none for the embedded ones.</summary>
    public static IReadOnlyList<string> InUse { get; } = Components switch
    {
        null => [],
        _ when Components.EndsWith("redis", StringComparison.Ordinal) => ["redis", "kafka"],
        _ => ["postgres", "kafka"],
    };

    /// <summary>The variables that the components read their secrets from.</summary>
    public Dictionary<string, string?> Environment { get; }

    /// <summary>The folder of components to run on. Those of OI_COMPONENTS are copied into <paramref name="folder"/> without scopes, because tests have more apps than the two.</summary>
    public static string ComponentsFor(string folder) => Components is { } components
        ? RunFile.CopyComponents(folder, Directory.GetFiles(Path.Combine(Repository.Root, components), "*.yaml"))
        : Path.Combine(Repository.Root, "components/local");

    public static async Task<RealServers> StartAsync()
    {
        // Its own folder, not one inside a test's: PostgreSQL runs as another user and must reach it.
        var folder = Directory.CreateTempSubdirectory("oi-servers-").FullName;
        var exports = await RunAsync("start", folder);
        return new RealServers(folder, exports.Split('\n').Where(line => line.StartsWith("export ", StringComparison.Ordinal))
            .Select(line => line["export ".Length..].Split('=', 2)).ToDictionary(pair => pair[0], pair => (string?)pair[1].Trim('\'')));
    }

    /// <summary>kill -9 of postgres, redis or kafka.</summary>
    public Task KillAsync(string server) => RunAsync("kill", _folder, server);

    /// <summary>Starts a killed one again, on what it had stored.</summary>
    public Task StartAgainAsync(string server) => RunAsync("again", _folder, server);

    public async ValueTask DisposeAsync()
    {
        await RunAsync("stop", _folder);
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<string> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Repository.Root, "eng", "servers"), arguments) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"eng/servers {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }
}
