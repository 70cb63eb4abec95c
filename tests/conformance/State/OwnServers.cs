using System.Diagnostics;
using System.Text.RegularExpressions;
using DaprLocal.Config;
using DaprLocal.Tests.Api;
using OrderInventory.Testing;

namespace DaprLocal.Tests.State;

/// <summary>PostgreSQL and Redis of one test alone, by <c>eng/servers</c>, because it kills them.</summary>
internal sealed partial class OwnServers : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("oi-servers-").FullName;
    private string _exports = "";

    /// <summary>Starts them.</summary>
    public static async Task<OwnServers> StartAsync()
    {
        var servers = new OwnServers();
        servers._exports = await servers.RunAsync("start");
        return servers;
    }

    /// <summary>The store of that name on the server of this test.</summary>
    public ComponentManifest Component(string store) => store == "redis"
        ? RunningSidecar.Component("store", "state.redis", ("redisHost", Exported("OI_REDIS")))
        : RunningSidecar.Component("store", "state.postgresql", ("connectionString", Exported("OI_POSTGRES"))) with { Version = "v2" };

    /// <summary>Does something to the server of a store: kill, again, freeze, thaw.</summary>
    public Task DoAsync(string command, string store) => RunAsync(command, store == "redis" ? "redis" : "postgres");

    public async ValueTask DisposeAsync()
    {
        await RunAsync("stop");
        Directory.Delete(_directory, recursive: true);
    }

    private async Task<string> RunAsync(string command, params string[] more)
    {
        // The output goes through a file: the servers inherit it, and a pipe would stay open as long as they run.
        var output = Path.Combine(_directory, "output");
        var start = new ProcessStartInfo("bash", ["-c", "\"$0\" \"$@\" > \"$OUTPUT\" 2>&1", Path.Combine(Repository.Root, "eng", "servers"), command, _directory, .. more]);
        start.Environment["OUTPUT"] = output;
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        var text = await File.ReadAllTextAsync(output);
        Assert.True(process.ExitCode == 0, $"eng/servers {command}: {text}");
        return text;
    }

    private string Exported(string name) => ExportPattern().Matches(_exports).Single(match => match.Groups["name"].Value == name).Groups["value"].Value;

    [GeneratedRegex("^export (?<name>[A-Z_]+)='?(?<value>[^'\n]*)", RegexOptions.Multiline)]
    private static partial Regex ExportPattern();
}
