using System.Net;
using System.Net.Sockets;
using DaprLocal.Hosting;
using DaprLocal.Tests.Hosting;
using OrderInventory.Testing.Processes;

namespace DaprLocal.Tests.Cli;

/// <summary><c>--dashboard</c>: what is refused before anything starts. Where it starts is a test of the whole system.</summary>
public sealed class DashboardOptionTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public DashboardOptionTests()
    {
        _folder.Write("dapr.local.yaml", "version: 1\napps:\n- {appDirPath: ., appID: a, command: [sh, -c, 'echo a runs']}\n");
        _folder.Write("NuGet.Config", "<configuration><packageSources><clear/><add key='none' value='.'/></packageSources></configuration>");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--dashboard", "PORT", "--no-sample")]
    [InlineData("run", "--dashboard", "PORT")]
    [InlineData("run", "--no-sample", "--dashboard=PORT")]
    public async Task Dashboard_PortTaken_IsOneMessage(params string[] arguments)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        // The second of its ports: it is asked for the one before.
        await FailsAsync($"error: port {port} (of the dashboard, which takes two) is in use, perhaps by another dapr-local; stop what listens there, or name another with --dashboard PORT", [.. arguments.Select(argument => argument.Replace("PORT", $"{port - 1}", StringComparison.Ordinal))]);
        await FailsAsync($"error: port {port} (of the dashboard", [.. arguments.Select(argument => argument.Replace("PORT", $"{port}", StringComparison.Ordinal))]);
    }

    [Theory]
    [InlineData("65535")]
    [InlineData("0")]
    [InlineData("-1")]
    public Task Dashboard_ImpossiblePort_IsOneMessage(string port) => FailsAsync("error: --dashboard takes a port from 1 to 65534, not " + port, "--dashboard=" + port);

    [Fact]
    public Task Dashboard_WordForAPort_IsRefused() => FailsAsync("Cannot parse argument 'here' for option '--dashboard'", "--dashboard=here");

    [Fact]
    public async Task Dashboard_PackageNotToBeHad_SaysWhatToDoAndStartsNothing()
    {
        var output = await FailsAsync("error: the dashboard is not to be had: " + Dashboard.Package.Id + " " + Dashboard.Package.Version, "--dashboard", FreePort());

        Assert.Contains("\n  | error", output, StringComparison.Ordinal);
        Assert.EndsWith("Do it once where that can be reached, or run without --dashboard.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dashboard_PackageWithoutItsProgram_SaysWhatToDelete()
    {
        var package = Write(".nupkg.metadata", "{}");

        await FailsAsync($"Aspire.Dashboard does not exist; delete {Path.GetDirectoryName(package)}, so that it is fetched again", "--dashboard", FreePort());
    }

    [Fact]
    public async Task Dashboard_ThatEndsAtOnce_IsToldWithItsLastLines()
    {
        Write(".nupkg.metadata", "{}");
        var program = Write("tools/Aspire.Dashboard", "#!/bin/sh\necho no room; exit 3\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        await FailsAsync("error: the dashboard does not start; its last lines:\nno room", "--dashboard", FreePort());
    }

    // The dashboard takes the port behind it, too.
    private static string FreePort()
    {
        int[] ports;
        do ports = LoopbackPorts.Free(2);
        while (ports[1] != ports[0] + 1);
        return $"{ports[0]}";
    }

    private string Write(string name, string text) => _folder.Write($"packages/{Dashboard.Package.Id.ToLowerInvariant()}/{Dashboard.Package.Version}/{name}", text);

    private async Task<string> FailsAsync(string message, params string[] arguments)
    {
        using var run = DaprLocalProcess.StartWith(new Dictionary<string, string?> { ["NUGET_PACKAGES"] = Path.Combine(_folder.Path, "packages") }, _folder.Path, arguments);

        Assert.Equal(1, await run.ExitCodeAsync());
        Assert.Contains(message, run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("a runs", run.Output, StringComparison.Ordinal);
        return run.Output;
    }
}
