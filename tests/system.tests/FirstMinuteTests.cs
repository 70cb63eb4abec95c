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
