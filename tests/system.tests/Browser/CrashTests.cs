using OrderInventory.Testing;
using OrderInventory.Testing.Processes;

namespace OrderInventory.System.Tests.Browser;

/// <summary>The demo that the README begins with, on the shipped run file.</summary>
[Collection(BrowserTestGroup.Name)]
public sealed class CrashTests(BrowserSystem system) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("oi-crash-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [BrowserFact]
    public async Task Crash_ThreeFaultsUnderLoad_LoseNothingAndTheAuditPasses()
    {
        // The ports may be taken by the reader's own system.
        string[] shipped = ["5100", "5101", "5102", "3500", "3501", "3502", "50010", "50011", "50012"];
        var ports = shipped.Zip(LoopbackPorts.Free(shipped.Length)).ToDictionary(pair => pair.First, pair => pair.Second.ToString(global::System.Globalization.CultureInfo.InvariantCulture));
        var text = ports.Aggregate(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "dapr.local.yaml")), (text, port) => text
                .Replace($"Port: {port.Key}\n", $"Port: {port.Value}\n", StringComparison.Ordinal)
                .Replace($"\"{port.Key}\"", $"\"{port.Value}\"", StringComparison.Ordinal)
                .Replace($"127.0.0.1:{port.Key}\"", $"127.0.0.1:{port.Value}\"", StringComparison.Ordinal))
            .Replace("\"console\", \"--port\"", $"\"console\", \"--order-app\", \"http://127.0.0.1:{ports["5101"]}\", \"--inventory-app\", \"http://127.0.0.1:{ports["5102"]}\", \"--port\"", StringComparison.Ordinal)
            .Replace("./", Repository.Root + "/", StringComparison.Ordinal)
            .Replace("\"--no-build\"", $"\"--no-build\", \"-c\", \"{Repository.Configuration}\"", StringComparison.Ordinal);
        var file = Path.Combine(_folder, "dapr.local.yaml");
        await File.WriteAllTextAsync(file, text);
        using var run = ServerProcess.Start(ServerProcess.Dll("dapr-local"), ["run", "-f", file, "--data", Path.Combine(_folder, "data"), "--no-sample"], _folder);
        await Eventually.TrueAsync(() => run.HasExited || run.Output.Contains("running. Press Ctrl-C", StringComparison.Ordinal), "the system runs", seconds: 90);
        Assert.False(run.HasExited, run.Output);
        var picture = Environment.GetEnvironmentVariable("UPDATE_SCREENSHOTS") == "1" ? ScreenshotTests.File("console-crash.png") : null;

        await system.RunAsync("crash.js", new { faults = new[] { "kill-order-app", "sidecar-inventory-app", "kill-inventory-app" }, picture }, at: $"http://127.0.0.1:{ports["5100"]}");
        await system.RunAsync("look.js", new { pages = new[] { new Visit("Crash", "/crash", "What was broken") } }, at: $"http://127.0.0.1:{ports["5100"]}");

        Assert.Equal(0, await run.StopAsync());
    }
}
