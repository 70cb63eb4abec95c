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
    private readonly GrpcChannel _channel;
    private readonly WorkflowEngine? _workflows;

    private RunningSidecar(ComponentRegistry components, Sidecar sidecar, WorkflowEngine? workflows, SidecarOptions options, string directory, bool ownsDirectory)
    {
        _workflows = workflows;
        Components = components;
        Sidecar = sidecar;
        Options = options;
        Directory = directory;
        _ownsDirectory = ownsDirectory;
        _channel = GrpcChannel.ForAddress($"http://127.0.0.1:{options.GrpcPort}", new GrpcChannelOptions { MaxReceiveMessageSize = options.MaxBodySize });
        Grpc = new DaprClient(_channel);
    }

    public ComponentRegistry Components { get; }
    public Sidecar Sidecar { get; }
    public WorkflowEngine Workflows => _workflows ?? throw new InvalidOperationException("This sidecar has no workflows.");
    public SidecarOptions Options { get; }
    public string Directory { get; }
    public DaprClient Grpc { get; }

    /// <summary>Calls of methods that the generated client does not have.</summary>
    public CallInvoker Calls => _channel.CreateCallInvoker();

    /// <summary>An empty store of the sidecar's own, named <c>store</c>.</summary>
    public static ComponentManifest Store => Component("store", "state.sqlite", ("connectionString", "state.db"));

    /// <summary>A broker of the sidecar's own, named <c>pubsub</c>.</summary>
    public static ComponentManifest Broker(params (string Name, string Value)[] metadata) => Component("pubsub", "pubsub.sqlite", [("connectionString", "pubsub.db"), .. metadata]);

    public static ComponentManifest Component(string name, string type, params (string Name, string Value)[] metadata) =>
        new(name, type, "v1", metadata.ToDictionary(pair => pair.Name, pair => pair.Value, StringComparer.OrdinalIgnoreCase), [], new SourcePosition("test.yaml", 1));

    public static async Task<RunningSidecar> StartAsync(IReadOnlyList<ComponentManifest> components, Func<SidecarOptions, SidecarOptions>? change = null, TimeProvider? time = null, string? directory = null, bool hasWorkflows = false)
    {
        var ownsDirectory = directory is null;
        directory ??= System.IO.Directory.CreateTempSubdirectory("dapr-local-test-").FullName;
        try
        {
            return await StartAsync(components, change, time ?? TimeProvider.System, directory, ownsDirectory, hasWorkflows);
        }
        catch when (ownsDirectory)
        {
            System.IO.Directory.Delete(directory, recursive: true);
            throw;
        }
    }

    private static async Task<RunningSidecar> StartAsync(IReadOnlyList<ComponentManifest> components, Func<SidecarOptions, SidecarOptions>? change, TimeProvider time, string directory, bool ownsDirectory, bool hasWorkflows)
    {
        var registry = await ComponentRegistry.OpenAsync(components, directory, time, NullLoggerFactory.Instance, CancellationToken.None);
        var options = new SidecarOptions { AppId = "me", HttpPort = FreePort(), GrpcPort = FreePort(), Components = components };
        options = change?.Invoke(options) ?? options;
        var workflows = hasWorkflows ? await WorkflowEngine.OpenAsync(options, Path.Combine(directory, "workflows.db"), time, NullLogger.Instance, CancellationToken.None) : null;
        var sidecar = await Sidecar.StartAsync(options, registry, workflows, time, NullLoggerFactory.Instance, CancellationToken.None);
        return new RunningSidecar(registry, sidecar, workflows, options, directory, ownsDirectory);
    }

    public static int FreePort() => ServerProcess.FreePorts(1)[0];

    public Task<RawResponse> HttpAsync(string method, string path, byte[]? body = null, params (string Name, string Value)[] headers) =>
        RawHttp.SendAsync(Options.HttpPort, method, path, headers, body);

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        if (_workflows is not null) await _workflows.DisposeAsync();
        await Sidecar.DisposeAsync();
        await Components.DisposeAsync();
        if (_ownsDirectory) System.IO.Directory.Delete(Directory, recursive: true);
    }
}
