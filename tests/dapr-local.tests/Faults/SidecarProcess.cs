using DaprLocal.Config;
using DaprLocal.Tests.Cli;
using DaprLocal.Tests.Hosting;
using DaprLocal.Tests.PubSub;
using Grpc.Core;
using Grpc.Net.Client;
using OrderInventory.Testing.Processes;
using DaprClient = Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient;

namespace DaprLocal.Tests.Faults;

/// <summary>dapr-local as a process that can be killed and started again, with SQLite state, a broker, and an app that outlives it.</summary>
internal sealed class SidecarProcess : IAsyncDisposable
{
    public const string Store = "store";
    public const string PubSub = "pubsub";
    private readonly TestFolder _folder = new();
    private readonly int[] _ports;
    private readonly GrpcChannel _channel;
    private ServerProcess _process = null!;

    private SidecarProcess(TestApp app, int[] ports, string? data)
    {
        App = app;
        _ports = ports;
        Data = data ?? Path.Combine(_folder.Path, "data");
        _channel = GrpcChannel.ForAddress($"http://127.0.0.1:{ports[2]}", new GrpcChannelOptions { InitialReconnectBackoff = TimeSpan.FromMilliseconds(50) });
        Grpc = new DaprClient(_channel);
    }

    public TestApp App { get; }

    public DaprClient Grpc { get; }

    /// <summary>Calls of other services.</summary>
    public CallInvoker Calls => _channel.CreateCallInvoker();

    /// <summary>The data folder.</summary>
    public string Data { get; }

    public int Id => _process.Id;

    /// <summary>All that the present process has written.</summary>
    public string Output => _process.Output;

    /// <summary>Starts it with an app that subscribes to <c>t</c> and takes everything.</summary>
    public static async Task<SidecarProcess> StartAsync(TestBroker broker, string? data = null)
    {
        await broker.CreateAsync(12, broker.Topic("t"));
        var ports = LoopbackPorts.Free(3);
        var app = await TestApp.StartAsync(ports[0], broker.WithTopics("""[{"pubsubname":"pubsub","topic":"{t}","route":"/on/t"}]"""));
        var sidecar = new SidecarProcess(app, ports, data);
        sidecar.Write(broker.Component());
        await sidecar.StartAsync();
        return sidecar;
    }

    /// <summary>Starts it again on its data; returns when calls reach it, so that none fails because of a connection that waits to be tried again.</summary>
    public async Task StartAsync()
    {
        _process = Run("unlimited");
        await _process.ShowsAsync("running. Press Ctrl-C");
        await _channel.ConnectAsync();
    }

    /// <summary>Starts it where it cannot; what it says. <paramref name="limit"/>: of the size of its files.</summary>
    public async Task<string> FailToStartAsync(string limit)
    {
        _process.Dispose();
        _process = Run(limit);
        Assert.Equal(1, await _process.ExitCodeAsync());
        return Output;
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        await _process.KillAsync();
        _process.Dispose();
    }

    /// <summary>SIGTERM; the exit code.</summary>
    public Task<int> StopAsync() => _process.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        await App.DisposeAsync();
        _channel.Dispose();
        _folder.Dispose();
    }

    private ServerProcess Run(string limit) => DaprLocalProcess.WithFileLimit(limit, _folder.Path, "run", "-f", "run.yaml", "--data", Data, "--no-sample");

    private void Write(ComponentManifest broker)
    {
        var state = new Dictionary<string, string> { ["connectionString"] = "state.db" };
        var resources = Directory.CreateDirectory(Path.Combine(_folder.Path, "resources")).FullName;
        File.WriteAllText(Path.Combine(resources, "components.yaml"), Yaml(Store, "state.sqlite", state) + "\n---\n" + Yaml(PubSub, broker.Type, broker.Metadata));
        File.WriteAllText(Path.Combine(_folder.Path, "run.yaml"), $$"""
            version: 1
            apps:
              - { appID: me, appDirPath: ., resourcesPaths: [resources], appPort: {{_ports[0]}}, daprHTTPPort: {{_ports[1]}}, daprGRPCPort: {{_ports[2]}} }
            """);
    }

    private static string Yaml(string name, string type, IReadOnlyDictionary<string, string> metadata) => $$"""
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: { name: {{name}} }
        spec:
          type: {{type}}
          version: v1
          metadata:
        {{string.Join('\n', metadata.Select(pair => $"    - {{ name: {pair.Key}, value: \"{pair.Value}\" }}"))}}
        """;
}
