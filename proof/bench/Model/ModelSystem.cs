using System.Globalization;
using OrderInventory.Bench.Systems;
using OrderInventory.Testing;
using OrderInventory.Testing.Processes;

namespace OrderInventory.Bench.Model;

/// <summary>
/// Apps on <c>dapr-local --costs</c>, which starts them itself, so that it knows the processor time that they use; bench looks on
/// as one more app, which costs nothing.
/// </summary>
internal sealed class ModelSystem : IAsyncDisposable
{
    private const int PortsOfAnApp = 3;
    private const string Watcher = "bench";

    private readonly string _folder = Directory.CreateTempSubdirectory("oi-model-").FullName;
    private readonly int[] _ports;
    private readonly int _apps;
    private readonly HttpClient _sidecar;
    private ServerProcess? _process;
    private DecidedOrders? _decided;

    private ModelSystem(int apps)
    {
        _apps = apps;
        _ports = LoopbackPorts.Free((apps + 1) * PortsOfAnApp);
        _sidecar = new HttpClient { BaseAddress = Address(0, 1) };
    }

    /// <summary>Address of the first app.</summary>
    public Uri Orders => Address(0);

    /// <summary>Address of the last app.</summary>
    public Uri Inventory => Address(_apps - 1);

    /// <summary>Where orders are decided.</summary>
    public DecidedOrders Decided => _decided!;

    /// <summary>Starts these apps of the repository on a list of prices and waits until they are ready.</summary>
    public static async Task<ModelSystem> StartAsync(IReadOnlyList<string> apps, string costs, TimeProvider time)
    {
        var system = new ModelSystem(apps.Count);
        try
        {
            system._decided = await DecidedOrders.StartAsync(system.Address(apps.Count), time);
            string[] all = [.. apps, Watcher];
            RunFile.Write(
                system._folder,
                RunFile.CopyComponents(system._folder, Directory.GetFiles(Path.Combine(Repository.Root, "components", "local"), "*.yaml"), all, anyTopic: true),
                "model-token",
                all.Select((app, i) => new RunFileApp(app, system.Port(i, 0), system.Port(i, 1), system.Port(i, 2), app == Watcher ? null : ServerProcess.Dll(app))));
            system._process = RunFile.Run(system._folder, null, "--costs", Path.GetFullPath(costs));
            for (var app = 0; app < apps.Count; app++) await system._process.AnswersAsync(new Uri(system.Address(app), "/readyz"));
            await system._process.AnswersAsync(new Uri(system.Address(apps.Count, 1), "/v1.0/healthz"));
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    /// <summary>What was charged since the start.</summary>
    public Task<Charged> ChargedAsync() => Charged.AskAsync(_sidecar);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.StopAsync();
            _process.Dispose();
        }

        if (_decided is not null) await _decided.DisposeAsync();
        _sidecar.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private int Port(int app, int which) => _ports[(app * PortsOfAnApp) + which];

    private Uri Address(int app, int which = 0) => new("http://127.0.0.1:" + Port(app, which).ToString(CultureInfo.InvariantCulture));
}
