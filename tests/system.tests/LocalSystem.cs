using System.Net.Http.Json;
using System.Reflection.PortableExecutable;
using System.Text.Json;
using Dapr.TaskHub.Protos;
using Grpc.Core;
using Grpc.Net.Client;
using OrderInventory.Testing;
using OrderInventory.Testing.Processes;

namespace OrderInventory.System.Tests;

/// <summary>
/// The product as processes: dapr-local with the sidecars, and the two apps beside it, so that each of the three can be
/// killed and started alone. A third sidecar belongs to the observer, which reads every topic.
/// </summary>
internal sealed class LocalSystem : IAsyncDisposable
{
    /// <summary>What <see cref="StartAsync(string)"/> and <see cref="KillAsync"/> take beside the servers in use.</summary>
    public static IReadOnlyList<string> Processes { get; } = ["order-app", "inventory-app", "dapr-local"];

    /// <summary>What the sidecars want to see, as in every deployment.</summary>
    public const string SidecarToken = "system-test-sidecar-token";

    private const string FeedApp = "order-feed";
    private const string Token = "system-test-token";

    // The apps run as built, or from the container images that eng/images unpacked to this folder.
    private static readonly string? Images = Environment.GetEnvironmentVariable("OI_IMAGES") is { Length: > 0 } folder ? folder : null;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("oi-system-").FullName;
    private readonly int[] _ports = LoopbackPorts.Free(14);
    private readonly Dictionary<string, ServerProcess> _running = [];

    private readonly IReadOnlyDictionary<string, string> _orderSettings;
    private readonly Uri? _collector;
    private readonly bool _withFeed;
    private OwnServers? _servers;

    private LocalSystem(Observer observer, IReadOnlyDictionary<string, string> orderSettings, Uri? collector, bool withFeed)
    {
        _collector = collector;
        _withFeed = withFeed;
        _orderSettings = orderSettings;
        Observer = observer;
        Orders = new OrderClient(new Uri($"http://127.0.0.1:{_ports[0]}"));
        Inventory = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_ports[1]}") };
        Feed = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_ports[11]}") };
        OrderSidecar = Sidecar(_ports[2]);
        FeedSidecar = Sidecar(_ports[12]);
        InventorySidecar = Sidecar(_ports[4]);
    }

    public Observer Observer { get; }

    public OrderClient Orders { get; }

    public HttpClient Inventory { get; }

    /// <summary>The sample app order-feed, when it runs.</summary>
    public HttpClient Feed { get; }

    /// <summary>The HTTP API of order-feed's sidecar, with its token.</summary>
    public HttpClient FeedSidecar { get; }

    /// <summary>The HTTP API of order-app's sidecar, with its token.</summary>
    public HttpClient OrderSidecar { get; }

    /// <summary>The HTTP API of inventory-app's sidecar, with its token.</summary>
    public HttpClient InventorySidecar { get; }

    /// <summary>Where order-app and inventory-app show their metrics, when they have a collector.</summary>
    public int[] MetricsPorts => _ports[9..11];

    /// <summary>A folder that disappears with the system.</summary>
    public string Folder => _folder;

    /// <summary>The gRPC address of order-app's sidecar.</summary>
    public Uri OrderSidecarGrpc => new($"http://127.0.0.1:{_ports[3]}");

    /// <summary>The groups that have driven an order, in the order in which they asked inventory for it.</summary>
    public IReadOnlyList<string> GroupsOf(string orderId) =>
        [.. Observer.Of(OrderInventory.Contracts.Topics.InventoryDeduction).Where(seen => seen.Id.StartsWith(orderId, StringComparison.Ordinal)).Select(seen => JsonElement.Parse(seen.Data).GetProperty("correlationId").GetString()!).Distinct()];

    /// <summary>Whether the workflow engine still has the workflow of a group.</summary>
    public async Task<bool> HasWorkflowAsync(string group)
    {
        using var channel = GrpcChannel.ForAddress(OrderSidecarGrpc);
        var hub = new TaskHubSidecarService.TaskHubSidecarServiceClient(channel);
        return (await hub.GetInstanceAsync(new GetInstanceRequest { InstanceId = group }, new Metadata { { "dapr-api-token", SidecarToken } })).Exists;
    }

    /// <summary>
    /// Starts everything. <paramref name="orderSettings"/>: configuration of order-app by its environment names;
    /// <paramref name="collector"/>: where both apps send their telemetry, null for nowhere; <paramref name="withFeed"/>: also the
    /// sample app <c>samples/order-feed</c>, with its own component.
    /// </summary>
    public static async Task<LocalSystem> StartAsync(IReadOnlyDictionary<string, string>? orderSettings = null, Uri? collector = null, bool withFeed = false)
    {
        var system = new LocalSystem(await Observer.StartAsync(), orderSettings ?? new Dictionary<string, string>(), collector, withFeed);
        try
        {
            system._servers = await RealServers.StartAsync();
            system.WriteRunFile();
            await system.StartAsync("dapr-local");
            await Task.WhenAll(system.StartAsync("order-app"), system.StartAsync("inventory-app"), withFeed ? system.StartAsync(FeedApp) : Task.CompletedTask);
            return system;
        }
        catch
        {
            // Nobody else would stop what has been started.
            await system.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts one of the processes and waits until it answers, or one of the servers after it was killed.</summary>
    public async Task StartAsync(string name)
    {
        if (RealServers.InUse.Contains(name))
        {
            await _servers!.StartAgainAsync(name);
            return;
        }

        var process = name == "dapr-local"
            ? RunFile.Run(_folder, new Dictionary<string, string?>(_servers?.Environment ?? new Dictionary<string, string?>()) { ["DAPR_API_TOKEN"] = SidecarToken })
            : StartApp(name);
        lock (_running) _running[name] = process;
        await process.AnswersAsync(name == "dapr-local" ? new Uri($"http://127.0.0.1:{_ports[2]}/v1.0/healthz/outbound") : new Uri($"http://127.0.0.1:{_ports[AppPortOf(name)]}/healthz"));
    }

    /// <summary>The id of one of the processes, as the kernel knows it.</summary>
    public int ProcessIdOf(string name)
    {
        lock (_running) return _running[name].Id;
    }

    /// <summary>kill -9 of one of the processes or of the servers in use.</summary>
    public Task KillAsync(string name)
    {
        if (RealServers.InUse.Contains(name)) return _servers!.KillAsync(name);
        lock (_running) return _running[name].KillAsync();
    }

    public async Task PutStockAsync(string productId, long total)
    {
        // The first request may find an app that is still connecting to its sidecar.
        using var answer = await Eventually.GetAsync(
            () => Inventory.PutAsJsonAsync($"/api/inventory/{productId}", new { total }), answer => answer.IsSuccessStatusCode, StartLimit, "stock can be set");
    }

    public async Task<(long Total, long Available, long Reserved)> StockAsync(string productId)
    {
        var data = (await Inventory.ReadAsync($"/api/inventory/{productId}")).GetProperty("data");
        return (data.GetProperty("total").GetInt64(), data.GetProperty("available").GetInt64(), data.GetProperty("reserved").GetInt64());
    }

    /// <summary>What the processes wrote last, for the message of a failing test.</summary>
    public string Output()
    {
        lock (_running) return string.Join('\n', _running.Select(pair => $"--- {pair.Key}\n{pair.Value.Output}"));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _running.Values) process.Dispose();
        await Observer.DisposeAsync();
        Inventory.Dispose();
        Feed.Dispose();
        FeedSidecar.Dispose();
        OrderSidecar.Dispose();
        InventorySidecar.Dispose();
        Orders.Dispose();
        if (_servers is not null) await _servers.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        Observer.Verify();
    }

    private static HttpClient Sidecar(int port)
    {
        var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/v1.0/") };
        http.DefaultRequestHeaders.Add("dapr-api-token", SidecarToken);
        return http;
    }

    private static int AppPortOf(string name) => name switch { "order-app" => 0, "inventory-app" => 1, _ => 11 };

    private ServerProcess StartApp(string name) => Images is null || name == FeedApp
        ? ServerProcess.Start(ServerProcess.Dll(name), [], Path.GetDirectoryName(ServerProcess.Dll(name))!, AppEnvironment(name))
        : StartImage(Images, name);

    private ServerProcess StartImage(string images, string name)
    {
        // Without it everything passes, too: the first orders are slow, and no test here sees that.
        using var app = new PEReader(File.OpenRead(Path.Combine(images, name, "rootfs", "app", name + ".dll")));
        Assert.True(app.PEHeaders.CorHeader?.ManagedNativeHeaderDirectory.Size > 0, $"{name} is not compiled ahead (ReadyToRun) in the image.");
        return ServerProcess.StartCommand(Path.Combine(Repository.Root, "eng", "images"), ["run", images, name], _folder, AppEnvironment(name));
    }

    private Dictionary<string, string?> AppEnvironment(string name)
    {
        var i = AppPortOf(name);
        // The feed only listens.
        if (name == FeedApp) return new Dictionary<string, string?> { ["APP_PORT"] = Port(_ports[i]), ["APP_API_TOKEN"] = Token };
        var environment = new Dictionary<string, string?>
        {
            ["APP_PORT"] = Port(_ports[i]),
            ["DAPR_HTTP_PORT"] = Port(_ports[2 + (2 * i)]),
            ["DAPR_GRPC_PORT"] = Port(_ports[3 + (2 * i)]),
            ["APP_API_TOKEN"] = Token,
            ["DAPR_API_TOKEN"] = SidecarToken,
        };
        if (_collector is not null)
        {
            environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = _collector.ToString();
            environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
            environment["OTEL_BSP_SCHEDULE_DELAY"] = "100";
            environment["METRICS_PORT"] = Port(MetricsPorts[i]);
        }

        if (i == 0)
            foreach (var (setting, value) in _orderSettings) environment.Add(setting, value);
        return environment;
    }

    private void WriteRunFile()
    {
        var components = RealServers.ComponentsFor(_folder, ["order-app", "inventory-app", "observer"]);
        if (_withFeed) RunFile.CopyComponents(_folder, [RealServers.FeedComponent], [FeedApp]);
        RunFile.Write(
            _folder,
            components,
            Token,
            [
                new RunFileApp("order-app", _ports[0], _ports[2], _ports[3]),
                new RunFileApp("inventory-app", _ports[1], _ports[4], _ports[5]),
                new RunFileApp("observer", Observer.Port, _ports[6], _ports[7]),
                .. _withFeed ? (RunFileApp[])[new RunFileApp(FeedApp, _ports[11], _ports[12], _ports[13])] : [],
            ],
            Path.Combine(Repository.Root, "components/configuration.yaml"));
    }

    private static string Port(int port) => port.ToString(global::System.Globalization.CultureInfo.InvariantCulture);
}
