using System.Globalization;
using OrderInventory.Testing.Processes;

namespace OrderInventory.Bench.Systems;

/// <summary>
/// inventory-app and dapr-local as processes, and bench in the place of order-app. The data lies in a folder that
/// disappears; in a server, the app ids keep it apart from that of other runs.
/// </summary>
internal sealed class InventorySystem : IAsyncDisposable
{
    private const string Token = "bench-token";
    private const int MaxParallelPuts = 16;

    private readonly string _folder = Directory.CreateTempSubdirectory("oi-bench-").FullName;
    private readonly int[] _ports = ServerProcess.FreePorts(6);
    private readonly List<ServerProcess> _running = [];
    private BuyerApp? _buyers;

    private InventorySystem() => Inventory = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{Port(0)}") };

    /// <summary>The HTTP API of inventory-app.</summary>
    public HttpClient Inventory { get; }

    /// <summary>Who sends the commands and receives the results.</summary>
    public BuyerApp Buyers => _buyers!;

    /// <summary>gRPC address of the sidecar of bench.</summary>
    public string Sidecar => $"http://127.0.0.1:{Port(5)}";

    public static async Task<InventorySystem> StartAsync(string store)
    {
        var system = new InventorySystem();
        try
        {
            await system.StartProcessesAsync(store);
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
        foreach (var process in _running) process.Dispose();
        Inventory.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartProcessesAsync(string store)
    {
        var run = Path.GetFileName(_folder);
        var (inventory, buyers) = ("inventory-app-" + run, "bench-" + run);
        RunFile.Write(
            _folder,
            RunFile.CopyComponents(_folder, ShippedComponents.On(store), [inventory, buyers]),
            Token,
            [new RunFileApp(inventory, _ports[0], _ports[1], _ports[2]), new RunFileApp(buyers, _ports[3], _ports[4], _ports[5])]);
        var sidecars = RunFile.Run(_folder);
        _running.Add(sidecars);
        await sidecars.AnswersAsync(new Uri($"http://127.0.0.1:{Port(1)}/v1.0/healthz/outbound"));
        var dll = ServerProcess.Dll("inventory-app");
        var app = ServerProcess.Start(dll, [], Path.GetDirectoryName(dll)!, Environment(0));
        _running.Add(app);
        await app.AnswersAsync(new Uri(Inventory.BaseAddress!, "/readyz"));
        _buyers = await BuyerApp.StartAsync(Environment(3));
    }

    // As Dapr gives it to its apps.
    private Dictionary<string, string?> Environment(int first) => new()
    {
        ["APP_PORT"] = Port(first),
        ["DAPR_HTTP_PORT"] = Port(first + 1),
        ["DAPR_GRPC_PORT"] = Port(first + 2),
        ["APP_API_TOKEN"] = Token,
    };

    private string Port(int index) => _ports[index].ToString(CultureInfo.InvariantCulture);
}
