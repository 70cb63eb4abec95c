using System.Diagnostics;
using OrderInventory.Testing;
using OrderInventory.Testing.Processes;

namespace OrderInventory.System.Tests;

/// <summary>The default way to run: dapr-local starts the apps itself.</summary>
public sealed class FirstMinuteTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("oi-first-").FullName;
    private readonly int[] _ports = ServerProcess.FreePorts(6);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Run_KilledAndStartedAgain_EndsItsAppsAndShowsTheSameOrder()
    {
        using (var first = Start())
        {
            await ShownAsync(first, "CONFIRMED");
            var clock = Stopwatch.StartNew();
            await first.KillAsync();
            await Eventually.GetAsync(() => Task.FromResult(Apps()), apps => apps.Length == 0, TimeSpan.FromSeconds(10), "the apps have ended");
            Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        }

        using var second = Start();
        await ShownAsync(second, "Idempotency-Replayed: true");
        Assert.Contains("CONFIRMED", second.Output);
        Assert.Equal(2, Apps().Length);

        using (var third = Start())
        {
            Assert.NotEqual(0, await third.EndAsync(Limit));
            Assert.Contains(second.Id.ToString(global::System.Globalization.CultureInfo.InvariantCulture), third.Output);
        }

        Assert.Equal(0, await second.StopAsync());
        Assert.Empty(Apps());
    }

    [Fact]
    public async Task Run_TheShippedRunFile_ShowsAnOrderConfirmed()
    {
        await using var servers = await RealServers.StartAsync();
        // The paths are relative to the file; the ports may be taken by the reader's own system.
        string[] ports = ["5101", "5102", "3501", "50011", "3502", "50012"];
        var text = ports.Select((port, i) => (Shipped: port, Own: _ports[i].ToString(global::System.Globalization.CultureInfo.InvariantCulture)))
            .Aggregate(File.ReadAllText(Path.Combine(Repository.Root, "dapr.yaml")), (text, port) => text.Replace($"Port: {port.Shipped}\n", $"Port: {port.Own}\n", StringComparison.Ordinal))
            .Replace("./components/kafka-postgres", "./" + (RealServers.Components ?? "components/local"), StringComparison.Ordinal)
            .Replace("./", Repository.Root + "/", StringComparison.Ordinal)
            .Replace("\"--no-build\"", $"\"--no-build\", \"-c\", \"{Repository.Configuration}\"", StringComparison.Ordinal);
        var file = Path.Combine(_folder, "dapr.yaml");
        await File.WriteAllTextAsync(file, text);

        using var process = ServerProcess.Start(
            ServerProcess.Dll("dapr-local"),
            ["run", "-f", file, "--data", Path.Combine(_folder, "data")],
            _folder,
            new Dictionary<string, string?>(servers?.Environment ?? new Dictionary<string, string?>()) { ["DAPR_API_TOKEN"] = LocalSystem.SidecarToken });

        await ShownAsync(process, "CONFIRMED");
        Assert.All(_ports[..2], port => Assert.Contains($"127.0.0.1:{port}", process.Output, StringComparison.Ordinal));
        Assert.Equal(0, await process.StopAsync());
    }

    private static Task<string> ShownAsync(ServerProcess process, string text) => Eventually.GetAsync(
        () => Task.FromResult(process.HasExited ? throw new InvalidOperationException(process.Output) : process.Output),
        output => output.Contains(text, StringComparison.Ordinal) && output.Contains("Press Ctrl-C to stop", StringComparison.Ordinal),
        Limit,
        $"dapr-local shows {text}");

    /// <summary>Processes whose environment names this test's folder: the apps, whoever their parent is now.</summary>
    private string[] Apps() =>
    [
        .. Directory.EnumerateDirectories("/proc").Where(process =>
        {
            try
            {
                return File.ReadAllText(Path.Combine(process, "environ")).Contains("OI_TEST_FOLDER=" + _folder, StringComparison.Ordinal);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }),
    ];

    private ServerProcess Start()
    {
        string App(string id, int port, int http, int grpc) => $$"""
              - appID: {{id}}
                appDirPath: {{Path.GetDirectoryName(ServerProcess.Dll(id))}}
                appPort: {{port}}
                daprHTTPPort: {{http}}
                daprGRPCPort: {{grpc}}
                enableAppHealthCheck: true
                env: { OI_TEST_FOLDER: "{{_folder}}" }
                command: ["dotnet", "{{ServerProcess.Dll(id)}}"]
            """;
        var file = Path.Combine(_folder, "run.yaml");
        File.WriteAllText(file, $"""
            version: 1
            common:
              resourcesPaths: ["{Path.Combine(Repository.Root, "components/local")}"]
            apps:
            {App("order-app", _ports[0], _ports[2], _ports[3])}
            {App("inventory-app", _ports[1], _ports[4], _ports[5])}
            """);
        return ServerProcess.Start(ServerProcess.Dll("dapr-local"), ["run", "-f", file, "--data", Path.Combine(_folder, "data")], _folder);
    }
}
