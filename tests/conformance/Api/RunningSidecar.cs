using System.Net;
using System.Net.Sockets;
using DaprLocal.Config;
using DaprLocal.Sidecars;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging.Abstractions;
using DaprClient = Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient;

namespace DaprLocal.Tests.Api;

/// <summary>A sidecar on free ports with its components in a directory of its own.</summary>
internal sealed class RunningSidecar : IAsyncDisposable
{
    private readonly bool _ownsDirectory;
    private readonly GrpcChannel _channel;

    private RunningSidecar(ComponentRegistry components, Sidecar sidecar, SidecarOptions options, string directory, bool ownsDirectory)
    {
        Components = components;
        Sidecar = sidecar;
        Options = options;
        Directory = directory;
        _ownsDirectory = ownsDirectory;
        _channel = GrpcChannel.ForAddress($"http://127.0.0.1:{options.GrpcPort}");
        Grpc = new DaprClient(_channel);
    }

    public ComponentRegistry Components { get; }
    public Sidecar Sidecar { get; }
    public SidecarOptions Options { get; }
    public string Directory { get; }
    public DaprClient Grpc { get; }

    public static ComponentManifest Component(string name, string type, params (string Name, string Value)[] metadata) =>
        new(name, type, "v1", metadata.ToDictionary(pair => pair.Name, pair => pair.Value, StringComparer.OrdinalIgnoreCase), [], new SourcePosition("test.yaml", 1));

    public static async Task<RunningSidecar> StartAsync(IReadOnlyList<ComponentManifest> components, Func<SidecarOptions, SidecarOptions>? change = null, TimeProvider? time = null, string? directory = null)
    {
        var ownsDirectory = directory is null;
        directory ??= System.IO.Directory.CreateTempSubdirectory("dapr-local-test-").FullName;
        var registry = await ComponentRegistry.OpenAsync(components, directory, time ?? TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
        for (var attempt = 1; ; attempt++)
        {
            var options = new SidecarOptions { AppId = "me", HttpPort = FreePort(), GrpcPort = FreePort(), Components = components };
            options = change?.Invoke(options) ?? options;
            try
            {
                var sidecar = await Sidecar.StartAsync(options, registry, null, null, time ?? TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
                return new RunningSidecar(registry, sidecar, options, directory, ownsDirectory);
            }
            catch (IOException) when (attempt < 5)
            {
                // Somebody else took the port in between.
            }
        }
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public Task<RawResponse> HttpAsync(string method, string path, byte[]? body = null, params (string Name, string Value)[] headers) =>
        RawHttp.SendAsync(Options.HttpPort, method, path, headers, body);

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await Sidecar.DisposeAsync();
        await Components.DisposeAsync();
        if (_ownsDirectory) System.IO.Directory.Delete(Directory, recursive: true);
    }
}
