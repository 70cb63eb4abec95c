using System.Globalization;
using OrderInventory.Testing;
using OrderInventory.Testing.Processes;

namespace OrderInventory.Bench.Systems;

/// <summary>
/// The whole product as processes: dapr-local with the sidecars, and both apps, each of which can be killed and started
/// alone. The data lies in a folder that disappears, and in the servers that the components name.
/// </summary>
internal sealed class OrderSystem : IAsyncDisposable
{
    private const string Token = "bench-token";
    private const string Sidecars = "dapr-local";
    private const string Naive = "naive-app";
    private const int PortsOfAnApp = 3;

    private readonly string _folder = Directory.CreateTempSubdirectory("oi-bench-").FullName;
    private readonly int[] _ports = ServerProcess.FreePorts(6);
    private readonly Dictionary<string, ServerProcess> _running = [];
    private readonly IReadOnlyList<string> _apps;
    private readonly IReadOnlyList<string> _killedServers;
    private readonly OwnServers? _servers;

    private OrderSystem(IReadOnlyList<string> apps, IReadOnlyList<string> killedServers, OwnServers? servers) => (_apps, _killedServers, _servers) = (apps, killedServers, servers);

    /// <summary>What can be killed: processes, and servers that it has of its own.</summary>
    public IReadOnlyList<string> Victims => [.. Processes, .. _killedServers];

    private IReadOnlyList<string> Processes => [.. _apps, Sidecars];

    /// <summary>Folders of components that come with the product.</summary>
    public static IReadOnlyList<string> Components { get; } = ["local", "kafka-postgres", "kafka-redis"];

    /// <summary>Address of order-app.</summary>
    public Uri Orders => Address(0);

    /// <summary>Address of inventory-app.</summary>
    public Uri Inventory => Address(_apps.Count - 1);

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
    public static Task<OrderSystem> StartAsync(string components, bool hasOwnServers = false) => StartAsync(components, ["order-app", "inventory-app"], hasOwnServers);

    /// <summary>The same for proof/naive-app, which is both apps in one.</summary>
    public static Task<OrderSystem> StartNaiveAsync(string components) => StartAsync(components, [Naive], hasOwnServers: false);

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

    private static async Task<OrderSystem> StartAsync(string components, IReadOnlyList<string> apps, bool hasOwnServers)
    {
        IReadOnlyList<string> killed = hasOwnServers ? Servers(components) : [];
        var system = new OrderSystem(apps, killed, killed.Count > 0 ? await OwnServers.StartAsync(tls: false, killed) : null);
        try
        {
            if (system._servers is { } servers && Variables(components).FirstOrDefault(variable => !servers.Environment.ContainsKey(variable)) is { } missing)
                throw new InvalidOperationException($"eng/servers started nothing that {missing} could name; see its help in CONTRIBUTING.md (for Kafka, OI_KAFKA_HOME).");
            RunFile.Write(
                system._folder,
                RunFile.CopyComponents(system._folder, Directory.GetFiles(Path.Combine(Repository.Root, "components", components), "*.yaml"), apps),
                Token,
                apps.Select((app, i) => new RunFileApp(app, system._ports[i * PortsOfAnApp], system._ports[(i * PortsOfAnApp) + 1], system._ports[(i * PortsOfAnApp) + 2])));
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
        var app = _apps.ToList().IndexOf(name);
        var dll = ServerProcess.Dll(name);
        var process = _running[name] = app < 0 ? RunFile.Run(_folder, _servers?.Environment) : ServerProcess.Start(dll, [], Path.GetDirectoryName(dll)!, AppEnvironment(app * PortsOfAnApp));
        await process.AnswersAsync(app < 0 ? new Uri($"http://127.0.0.1:{Port(1)}/v1.0/healthz/outbound") : new Uri(Address(app), "/readyz"));
    }

    private static string[] Variables(string components) => components switch { "kafka-postgres" => ["OI_KAFKA", "OI_POSTGRES"], "kafka-redis" => ["OI_KAFKA", "OI_REDIS"], _ => [] };

    private static IReadOnlyList<string> Servers(string components) => components switch { "kafka-postgres" => ["kafka", "postgres"], "kafka-redis" => ["kafka", "redis"], _ => [] };

    // As Dapr gives it to its apps.
    private Dictionary<string, string?> AppEnvironment(int first) => new()
    {
        ["APP_PORT"] = Port(first),
        ["DAPR_HTTP_PORT"] = Port(first + 1),
        ["DAPR_GRPC_PORT"] = Port(first + 2),
        ["APP_API_TOKEN"] = Token,
    };

    private Uri Address(int app) => new($"http://127.0.0.1:{Port(app * PortsOfAnApp)}");

    private string Port(int index) => _ports[index].ToString(CultureInfo.InvariantCulture);
}
