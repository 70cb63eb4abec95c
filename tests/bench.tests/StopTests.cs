using OrderInventory.Testing;
using OrderInventory.Testing.Processes;

namespace OrderInventory.Bench.Tests;

/// <summary>A bench that is told to stop takes with it what it started.</summary>
public sealed class StopTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("oi-stop-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("256 buyers, turn 1", "stock", "--seconds", "60")]
    [InlineData("schedules", "prove", "--faults", "2", "--processes", "1")]
    [InlineData("answered", "load", "--duration", "60", "--rate", "50", "--kill", "1")]
    public async Task Bench_ToldToStop_LeavesNothingBehind(string progress, params string[] arguments)
    {
        var environment = new Dictionary<string, string?> { ["TMPDIR"] = _folder, ["DOTNET_EnableDiagnostics"] = "0" };
        using var bench = ServerProcess.Start(Repository.Built("bench"), arguments, _folder, environment);
        await Eventually.GetAsync(() => Task.FromResult(bench.Output), output => output.Contains(progress, StringComparison.Ordinal), Limit, "bench is at work");
        Assert.NotEmpty(Others(bench.Id));

        Assert.NotEqual(0, await bench.StopAsync());

        Assert.Empty(Others(bench.Id));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    /// <summary>Processes that have the folder of this test from bench.</summary>
    private string[] Others(int bench) =>
    [
        .. Directory.EnumerateDirectories("/proc").Where(process =>
        {
            try
            {
                return File.ReadAllText(Path.Combine(process, "environ")).Contains("TMPDIR=" + _folder, StringComparison.Ordinal) && process != "/proc/" + bench.ToString(System.Globalization.CultureInfo.InvariantCulture);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }),
    ];
}
