using System.Globalization;
using OrderInventory.Testing.Processes;

namespace OrderInventory.Bench.Systems;

/// <summary>
/// inventory-app and dapr-local as processes, and bench in the place of order-app. The data lies in a folder that
/// disappears; in a server, the app ids keep it apart from that of other runs. With prices, inventory-app and what it has its sidecar
/// do are charged, bench is not.
/// </summary>
internal sealed class InventorySystem : IAsyncDisposable
{
    private const string Token = "bench-token";
    private const int MaxParallelPuts = 16;

    private readonly string _folder = Directory.CreateTempSubdirectory("oi-bench-").FullName;
    private readonly int[] _ports = LoopbackPorts.Free(6);
    private ServerProcess? _process;
    private BuyerApp? _buyers;

    private readonly HttpClient _sidecar;
    private bool _hasPrices;

    private InventorySystem() =>
        (Inventory, _sidecar) = (new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{Port(0)}") }, new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{Port(1)}") });

    /// <summary>The HTTP API of inventory-app.</summary>
    public HttpClient Inventory { get; }

    /// <summary>Who sends the commands and receives the results.</summary>
    public BuyerApp Buyers => _buyers!;

    /// <summary>gRPC address of the sidecar of inventory-app.</summary>
    public string Sidecar => $"http://127.0.0.1:{Port(2)}";

    /// <summary>What was charged since the start; null without prices.</summary>
    public async Task<Charged?> ChargedAsync() => _hasPrices ? await Charged.AskAsync(_sidecar) : null;

    public static async Task<InventorySystem> StartAsync(string store, string? costs)
    {
        var system = new InventorySystem();
        try
        {
            await system.StartProcessesAsync(store, costs);
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    /// <summary>Creates products, each with that total.</summary>
    public Task CreateAsync(IEnumerable<string> products, long total) => Parallel.ForEachAsync(
        products,
        new ParallelOptions { MaxDegreeOfParallelism = MaxParallelPuts },
        async (product, cancellationToken) => (await Inventory.PutAsJsonAsync($"/api/inventory/{product}", new { total }, cancellationToken)).EnsureSuccessStatusCode());

    public async ValueTask DisposeAsync()
    {
        if (_buyers is not null) await _buyers.DisposeAsync();
        if (_process is not null)
        {
            // It stops inventory-app.
            await _process.StopAsync();
            _process.Dispose();
        }

        Inventory.Dispose();
        _sidecar.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartProcessesAsync(string store, string? costs)
    {
        _hasPrices = costs is not null;
        var run = Path.GetFileName(_folder);
        var (inventory, buyers) = ("inventory-app-" + run, "bench-" + run);
        RunFile.Write(
            _folder,
            RunFile.CopyComponents(_folder, ShippedComponents.On(store), [inventory, buyers]),
            Token,
            [new RunFileApp(inventory, _ports[0], _ports[1], _ports[2], ServerProcess.Dll("inventory-app")), new RunFileApp(buyers, _ports[3], _ports[4], _ports[5])]);
        _process = RunFile.Run(_folder, null, costs is null ? [] : ["--costs", Path.GetFullPath(costs)]);
        await _process.AnswersAsync(new Uri(Inventory.BaseAddress!, "/readyz"));
        _buyers = await BuyerApp.StartAsync(BuyersEnvironment());
    }

    // As Dapr gives it to its apps.
    private Dictionary<string, string?> BuyersEnvironment() => new()
    {
        ["APP_PORT"] = Port(3),
        ["DAPR_HTTP_PORT"] = Port(4),
        ["DAPR_GRPC_PORT"] = Port(5),
        ["APP_API_TOKEN"] = Token,
    };

    private string Port(int index) => _ports[index].ToString(CultureInfo.InvariantCulture);
}
