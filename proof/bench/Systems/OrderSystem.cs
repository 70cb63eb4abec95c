using System.Collections.Concurrent;
using System.Globalization;
using OrderInventory.Testing;
using OrderInventory.Testing.Processes;

namespace OrderInventory.Bench.Systems;

/// <summary>
/// The whole product as processes: dapr-local with the sidecars, and both apps, each of which can be killed and started
/// alone. The data lies in a folder that disappears, and in the servers that the components name. With an earlier version there are
/// two replicas of each app, one of either version.
/// </summary>
internal sealed class OrderSystem : IAsyncDisposable
{
    private const string Token = "bench-token";
    private const string Sidecars = "dapr-local";
    private const string OrderApp = "order-app";
    private const string InventoryApp = "inventory-app";
    private const string Naive = "naive-app";
    private const int PortsOfAnApp = 3;

    private readonly string _folder = Directory.CreateTempSubdirectory("oi-bench-").FullName;
    private readonly int[] _ports;
    private readonly ConcurrentDictionary<string, ServerProcess> _running = new();
    private readonly IReadOnlyList<App> _apps;
    private readonly IReadOnlyList<string> _killedServers;
    private readonly OwnServers? _servers;

    private OrderSystem(IReadOnlyList<App> apps, IReadOnlyList<string> killedServers, OwnServers? servers)
    {
        (_apps, _killedServers, _servers) = (apps, killedServers, servers);
        _ports = LoopbackPorts.Free(apps.Count * PortsOfAnApp);
    }

    /// <summary>What can be killed: processes, and servers that it has of its own.</summary>
    public IReadOnlyList<string> Victims => [.. Processes, .. _killedServers];

    /// <summary>Whether it began with replicas of another version.</summary>
    public bool HasEarlier => _apps.Any(app => app.IsEarlier);

    private IReadOnlyList<string> Processes => [.. _apps.Select(app => app.Name), Sidecars];

    /// <summary>Folders of components that come with the product.</summary>
    public static IReadOnlyList<string> Components { get; } = ["local", "kafka-postgres", "kafka-redis"];

    /// <summary>Address of order-app.</summary>
    public Uri Orders => Address(_apps[0]);

    /// <summary>Address of inventory-app.</summary>
    public Uri Inventory => Address(_apps.First(app => app.Id != OrderApp));

    /// <summary>Address of each replica of order-app, without the earlier one when it is gone.</summary>
    public IReadOnlyList<Uri> OrderReplicas => [Orders, .. _apps.Where(app => app is { Id: OrderApp, IsEarlier: true } && _running.ContainsKey(app.Name)).Select(Address)];

    /// <summary>HTTP API of order-app's sidecar.</summary>
    public Uri OrderSidecar => new($"http://127.0.0.1:{Port(1)}");

    /// <summary>The variable that says where a server of <paramref name="components"/> is, when it has to be set and is not; otherwise null.</summary>
    public static string? MissingVariable(string components) =>
        Variables(components).FirstOrDefault(variable => Environment.GetEnvironmentVariable(variable) is not { Length: > 0 });

    /// <summary>
    /// Starts the product on <paramref name="components"/> and waits until it is ready; with <paramref name="hasOwnServers"/>
    /// the servers that these need are its own (<c>eng/servers</c>) and can be killed.
    /// </summary>
    /// <exception cref="InvalidOperationException">The servers cannot be started.</exception>
    public static Task<OrderSystem> StartAsync(string components, bool hasOwnServers = false) => StartAsync(components, [Built(OrderApp), Built(InventoryApp)], hasOwnServers);

    /// <summary>The same for proof/naive-app, which is both apps in one.</summary>
    public static Task<OrderSystem> StartNaiveAsync(string components) => StartAsync(components, [Built(Naive)], hasOwnServers: false);

    /// <summary>The same with a replica of another version beside each app: its published apps are in <paramref name="folder"/>.</summary>
    public static Task<OrderSystem> StartBesideAsync(string components, string folder) =>
        StartAsync(components, [Built(OrderApp), Built(InventoryApp), Earlier(folder, OrderApp), Earlier(folder, InventoryApp)], hasOwnServers: false);

    /// <summary>The first app of another version that <paramref name="folder"/> lacks; null when both are there.</summary>
    public static string? MissingIn(string folder) => new[] { OrderApp, InventoryApp }.Select(app => Earlier(folder, app).Dll).FirstOrDefault(dll => !File.Exists(dll));

    /// <summary>The end of an upgrade: the replicas of the other version stop, and order-app begins again without regard to them.</summary>
    public async Task EndUpgradeAsync()
    {
        foreach (var app in _apps.Where(app => app.IsEarlier)) await StopAsync(app.Name);
        await StopAsync(OrderApp);
        await StartProcessAsync(OrderApp);
    }

    /// <summary>Whether a power cut can leave a torn write in the files of one of <see cref="Victims"/>.</summary>
    public static bool CanTear(string victim) => victim == Sidecars || TornWrite.Servers.Contains(victim);

    /// <summary>
    /// kill -9 of one of <see cref="Victims"/>, then a new one in its place; returns when that is ready. In between
    /// <paramref name="torn"/> adds to its files what a write that was cut off leaves.
    /// </summary>
    public async Task KillAsync(string name, bool torn = false)
    {
        if (_killedServers.Contains(name))
        {
            await _servers!.KillAsync(name);
            if (torn) TornWrite.OfServer(name, Path.Combine(_servers.Folder, name));
            await _servers.StartAgainAsync(name);
            return;
        }

        await _running[name].KillAsync();
        _running[name].Dispose();
        if (torn) TornWrite.OfSidecars(_folder);
        await StartProcessAsync(name);
    }

    /// <summary>What each process uses now.</summary>
    public IReadOnlyDictionary<string, ProcessUsage> Usage() => _running.ToDictionary(process => process.Key, process => process.Value.Usage);

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _running.Values) process.Dispose();
        if (_servers is not null) await _servers.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<OrderSystem> StartAsync(string components, IReadOnlyList<App> apps, bool hasOwnServers)
    {
        IReadOnlyList<string> killed = hasOwnServers ? Servers(components) : [];
        var system = new OrderSystem(apps, killed, killed.Count > 0 ? await OwnServers.StartAsync(tls: false, killed) : null);
        try
        {
            if (system._servers is { } servers && Variables(components).FirstOrDefault(variable => !servers.Environment.ContainsKey(variable)) is { } missing)
                throw new InvalidOperationException($"eng/servers started nothing that {missing} could name; see its help in CONTRIBUTING.md (for Kafka, OI_KAFKA_HOME).");
            RunFile.Write(
                system._folder,
                RunFile.CopyComponents(system._folder, Directory.GetFiles(Path.Combine(Repository.Root, "components", components), "*.yaml"), apps.Select(app => app.Id).Distinct()),
                Token,
                apps.Select((app, i) => new RunFileApp(app.Id, system._ports[i * PortsOfAnApp], system._ports[(i * PortsOfAnApp) + 1], system._ports[(i * PortsOfAnApp) + 2], CanLeave: app.IsEarlier)));
            foreach (var name in system.Processes.Reverse()) await system.StartProcessAsync(name);
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    private async Task StartProcessAsync(string name)
    {
        if (_apps.FirstOrDefault(app => app.Name == name) is not { } app)
        {
            _running[name] = RunFile.Run(_folder, _servers?.Environment);
            await _running[name].AnswersAsync(new Uri($"http://127.0.0.1:{Port(1)}/v1.0/healthz/outbound"));
            return;
        }

        _running[name] = ServerProcess.Start(app.Dll, [], Path.GetDirectoryName(app.Dll)!, AppEnvironment(app));
        await _running[name].AnswersAsync(new Uri(Address(app), "/readyz"));
    }

    private async Task StopAsync(string name)
    {
        if (!_running.TryRemove(name, out var process)) return;
        using (process) await process.StopAsync();
    }

    private static App Built(string id) => new(id, id, ServerProcess.Dll(id), IsEarlier: false);

    private static App Earlier(string folder, string id) => new("earlier " + id, id, Path.GetFullPath(Path.Combine(folder, id, id + ".dll")), IsEarlier: true);

    private static string[] Variables(string components) => components switch { "kafka-postgres" => ["OI_KAFKA", "OI_POSTGRES"], "kafka-redis" => ["OI_KAFKA", "OI_REDIS"], _ => [] };

    private static IReadOnlyList<string> Servers(string components) => components switch { "kafka-postgres" => ["kafka", "postgres"], "kafka-redis" => ["kafka", "redis"], _ => [] };

    // As Dapr gives it to its apps; order-app is also told when an earlier version runs beside it, and does not wait minutes for that one.
    private Dictionary<string, string?> AppEnvironment(App app)
    {
        var environment = new Dictionary<string, string?>
        {
            ["APP_PORT"] = Port(First(app)),
            ["DAPR_HTTP_PORT"] = Port(First(app) + 1),
            ["DAPR_GRPC_PORT"] = Port(First(app) + 2),
            ["APP_API_TOKEN"] = Token,
        };
        if (app is not { Id: OrderApp, IsEarlier: false } || !HasEarlier) return environment;
        environment["Orders__StuckAfter"] = "00:00:10";
        if (OrderReplicas.Count > 1) environment["Orders__BesideEarlierVersion"] = "true";
        return environment;
    }

    private Uri Address(App app) => new("http://127.0.0.1:" + Port(First(app)));

    private int First(App app) => _apps.ToList().IndexOf(app) * PortsOfAnApp;

    private string Port(int index) => _ports[index].ToString(CultureInfo.InvariantCulture);

    // A name of its own for each process, the app's id, and what is run.
    private sealed record App(string Name, string Id, string Dll, bool IsEarlier);
}
