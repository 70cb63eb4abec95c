using OrderInventory.Testing;
using OrderInventory.Testing.Processes;
using IoPath = System.IO.Path;

namespace OrderInventory.System.Tests.Browser;

/// <summary>One Chromium for all tests, on this machine's own installation.</summary>
internal sealed class Chromium : IDisposable
{
    // The first draws no window around each page, and so takes less than half of the processor time.
    private static readonly string[] Names = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"];

    private readonly ServerProcess _process;

    private Chromium(ServerProcess process, string endpoint) => (_process, Endpoint) = (process, endpoint);

    /// <summary>The browser: what OI_CHROMIUM names, else the first one of the usual names; null when there is none.</summary>
    public static string? Path { get; } = Environment.GetEnvironmentVariable("OI_CHROMIUM") is { Length: > 0 } chosen ? chosen
        : Names.SelectMany(name => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(IoPath.PathSeparator).Select(folder => IoPath.Combine(folder, name))).FirstOrDefault(File.Exists);

    /// <summary>Where programs connect to it.</summary>
    public string Endpoint { get; }

    public static async Task<Chromium> StartAsync()
    {
        await NodePackage.Browser.InstalledAsync();
        var process = ServerProcess.StartCommand("node", ["browser.js", Path!], NodePackage.Browser.Folder);
        await Eventually.TrueAsync(() => process.HasExited || process.Output.Contains("ws://", StringComparison.Ordinal), "Chromium is there");
        Assert.False(process.HasExited, process.Output);
        return new Chromium(process, process.Output.Split('\n').First(line => line.StartsWith("ws://", StringComparison.Ordinal)));
    }

    public void Dispose() => _process.Dispose();
}
