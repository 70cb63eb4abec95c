using System.Globalization;
using OrderInventory.Testing.Processes;

namespace OrderInventory.System.Tests.Browser;

/// <summary>The console as a process, which can be killed and started again on the same port.</summary>
internal sealed class ConsoleProcess(Uri orders, Uri inventory, Uri? sidecar = null) : IDisposable
{
    // It lives longer than most processes of tests, and what it costs is measured: 30 calls, as the runtime has it by default.
    private const string CompileAgainAfter = "1E";

    private readonly int _port = LoopbackPorts.Free(1)[0];
    private ServerProcess? _process;

    /// <summary>Where it is, without a slash at the end.</summary>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}");

    public int Id => _process!.Id;

    public async Task StartAsync()
    {
        var dll = ServerProcess.Dll("order-inventory");
        string[] arguments = ["console", "--port", _port.ToString(CultureInfo.InvariantCulture), "--order-app", orders.ToString(), "--inventory-app", inventory.ToString(), .. sidecar is null ? (string[])[] : ["--sidecar", sidecar.ToString()]];
        _process = ServerProcess.Start(dll, arguments, Path.GetDirectoryName(dll)!, new Dictionary<string, string?> { ["DAPR_API_TOKEN"] = LocalSystem.SidecarToken, ["DOTNET_TC_CallCountThreshold"] = CompileAgainAfter });
        await _process.AnswersAsync(new Uri(Address + "/audit"));
    }

    public async Task KillAsync()
    {
        await _process!.KillAsync();
        _process.Dispose();
    }

    public async Task StopAsync()
    {
        Assert.Equal(0, await _process!.StopAsync());
        _process.Dispose();
    }

    public void Dispose() => _process?.Dispose();
}
