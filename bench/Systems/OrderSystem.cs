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

    private readonly string _folder = Directory.CreateTempSubdirectory("oi-bench-").FullName;
    private readonly int[] _ports = ServerProcess.FreePorts(6);
    private readonly Dictionary<string, ServerProcess> _running = [];

    private OrderSystem()
    {
    }

    /// <summary>The processes that can be killed.</summary>
    public static IReadOnlyList<string> Processes { get; } = ["order-app", "inventory-app", "dapr-local"];

    /// <summary>Folders of components that come with the product.</summary>
    public static IReadOnlyList<string> Components { get; } = ["local", "kafka-postgres", "kafka-redis"];

    /// <summary>Address of order-app.</summary>
    public Uri Orders => new($"http://127.0.0.1:{Port(0)}");

    /// <summary>Address of inventory-app.</summary>
    public Uri Inventory => new($"http://127.0.0.1:{Port(3)}");

    /// <summary>The variable that says where a server of <paramref name="components"/> is, when it has to be set and is not; otherwise null.</summary>
    public static string? MissingVariable(string components)
    {
        string[] variables = components switch { "kafka-postgres" => ["OI_KAFKA", "OI_POSTGRES"], "kafka-redis" => ["OI_KAFKA", "OI_REDIS"], _ => [] };
        return variables.FirstOrDefault(variable => Environment.GetEnvironmentVariable(variable) is not { Length: > 0 });
    }

    /// <summary>Starts everything on <paramref name="components"/> and waits until it is ready.</summary>
    public static async Task<OrderSystem> StartAsync(string components)
    {
        var system = new OrderSystem();
        try
        {
            RunFile.Write(
                system._folder,
                Path.Combine(Repository.Root, "components", components),
                Token,
                [new RunFileApp("order-app", system._ports[0], system._ports[1], system._ports[2]), new RunFileApp("inventory-app", system._ports[3], system._ports[4], system._ports[5])]);
            foreach (var name in Processes.Reverse()) await system.StartProcessAsync(name);
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    /// <summary>kill -9 of one of <see cref="Processes"/>, and a new one in its place; returns when that is ready.</summary>
    public async Task KillAsync(string name)
    {
        await _running[name].KillAsync();
        _running[name].Dispose();
        await StartProcessAsync(name);
    }

    public ValueTask DisposeAsync()
    {
        foreach (var process in _running.Values) process.Dispose();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task StartProcessAsync(string name)
    {
        var dll = ServerProcess.Dll(name);
        var process = _running[name] = name == "dapr-local" ? RunFile.Run(_folder) : ServerProcess.Start(dll, [], Path.GetDirectoryName(dll)!, AppEnvironment(name == "order-app" ? 0 : 3));
        await process.AnswersAsync(name switch
        {
            "dapr-local" => new Uri($"http://127.0.0.1:{Port(1)}/v1.0/healthz/outbound"),
            "order-app" => new Uri(Orders, "/readyz"),
            _ => new Uri(Inventory, "/readyz"),
        });
    }

    // As Dapr gives it to its apps.
    private Dictionary<string, string?> AppEnvironment(int first) => new()
    {
        ["APP_PORT"] = Port(first),
        ["DAPR_HTTP_PORT"] = Port(first + 1),
        ["DAPR_GRPC_PORT"] = Port(first + 2),
        ["APP_API_TOKEN"] = Token,
    };

    private string Port(int index) => _ports[index].ToString(CultureInfo.InvariantCulture);
}
