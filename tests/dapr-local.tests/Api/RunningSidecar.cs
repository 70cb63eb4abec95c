using Dapr.TaskHub.Protos;
using DaprLocal.Config;
using DaprLocal.Sidecars;
using DaprLocal.Workflows;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging.Abstractions;
using OrderInventory.Testing.Processes;
using DaprClient = Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient;

namespace DaprLocal.Tests.Api;

/// <summary>A sidecar on free ports with its components in a directory of its own.</summary>
internal sealed class RunningSidecar : IAsyncDisposable
{
    private readonly bool _ownsDirectory;
    private readonly bool _ownsComponents;
    private readonly GrpcChannel _channel;

    private RunningSidecar(ComponentRegistry components, Sidecar sidecar, SidecarOptions options, string directory, bool ownsDirectory, bool ownsComponents = true)
    {
        Components = components;
        Sidecar = sidecar;
        Options = options;
        Directory = directory;
        _ownsDirectory = ownsDirectory;
        _ownsComponents = ownsComponents;
        _channel = GrpcChannel.ForAddress($"http://127.0.0.1:{options.GrpcPort}", new GrpcChannelOptions { MaxReceiveMessageSize = options.MaxBodySize });
        Grpc = new DaprClient(_channel);
        TaskHub = new TaskHubSidecarService.TaskHubSidecarServiceClient(_channel);
    }

    public ComponentRegistry Components { get; }
    public Sidecar Sidecar { get; }
    public WorkflowEngine Workflows => Sidecar.Workflows;
    public SidecarOptions Options { get; }
    public string Directory { get; }
    public DaprClient Grpc { get; }
    public TaskHubSidecarService.TaskHubSidecarServiceClient TaskHub { get; }

    /// <summary>The file of its workflows.</summary>
    public string WorkflowFile => Path.Combine(Directory, ComponentRegistry.WorkflowFile(Options.AppId));

    /// <summary>Calls of methods that the generated client does not have.</summary>
    public CallInvoker Calls => _channel.CreateCallInvoker();

    /// <summary>An empty store of the sidecar's own, named <c>store</c>.</summary>
    public static ComponentManifest Store => Component("store", "state.sqlite", ("connectionString", "state.db"));

    /// <summary>A broker of the sidecar's own, named <c>pubsub</c>.</summary>
    public static ComponentManifest Broker(params (string Name, string Value)[] metadata) => Component("pubsub", "pubsub.sqlite", [("connectionString", "pubsub.db"), .. metadata]);

    public static ComponentManifest Component(string name, string type, params (string Name, string Value)[] metadata) =>
        new(name, type, "v1", metadata.ToDictionary(pair => pair.Name, pair => pair.Value, StringComparer.OrdinalIgnoreCase), [], new SourcePosition("test.yaml", 1));

    public static async Task<RunningSidecar> StartAsync(IReadOnlyList<ComponentManifest> components, Func<SidecarOptions, SidecarOptions>? change = null, TimeProvider? time = null, string? directory = null)
    {
        var ownsDirectory = directory is null;
        directory ??= System.IO.Directory.CreateTempSubdirectory("dapr-local-test-").FullName;
        try
        {
            return await StartAsync(components, change, time ?? TimeProvider.System, directory, ownsDirectory);
        }
        catch when (ownsDirectory)
        {
            System.IO.Directory.Delete(directory, recursive: true);
            throw;
        }
    }

    private static async Task<RunningSidecar> StartAsync(IReadOnlyList<ComponentManifest> components, Func<SidecarOptions, SidecarOptions>? change, TimeProvider time, string directory, bool ownsDirectory)
    {
        var registry = await ComponentRegistry.OpenAsync(components, directory, time, NullLoggerFactory.Instance, CancellationToken.None);
        var options = new SidecarOptions { AppId = "me", HttpPort = FreePort(), GrpcPort = FreePort(), Components = components };
        options = change?.Invoke(options) ?? options;
        try
        {
            var sidecar = await Sidecar.StartAsync(options, registry, directory, time, NullLoggerFactory.Instance, CancellationToken.None);
            return new RunningSidecar(registry, sidecar, options, directory, ownsDirectory);
        }
        catch
        {
            await registry.DisposeAsync();
            throw;
        }
    }

    /// <summary>One more sidecar of the same app; it has to end first.</summary>
    public async Task<RunningSidecar> ReplicaAsync()
    {
        var options = Options with { HttpPort = FreePort(), GrpcPort = FreePort() };
        var sidecar = await Sidecar.StartAsync(options, Components, Directory, TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
        return new RunningSidecar(Components, sidecar, options, Directory, ownsDirectory: false, ownsComponents: false);
    }

    public static int FreePort() => LoopbackPorts.Free(1)[0];

    public Task<RawResponse> HttpAsync(string method, string path, byte[]? body = null, params (string Name, string Value)[] headers) =>
        RawHttp.SendAsync(Options.HttpPort, method, path, headers, body);

    /// <summary>The end as by kill -9, where what it does while it closes is lost; a folder with the workflows as they were at that moment.</summary>
    public async Task<string> KillAsync()
    {
        var copy = System.IO.Directory.CreateTempSubdirectory("dapr-local-test-").FullName;
        var file = Path.Combine(copy, ComponentRegistry.WorkflowFile(Options.AppId));
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        foreach (var part in new[] { "", "-wal" }) File.Copy(WorkflowFile + part, file + part);
        await DisposeAsync();
        return copy;
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await Sidecar.DisposeAsync();
        if (_ownsComponents) await Components.DisposeAsync();
        if (_ownsDirectory) System.IO.Directory.Delete(Directory, recursive: true);
    }
}
