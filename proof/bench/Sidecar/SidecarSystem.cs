using System.Collections.Concurrent;
using System.Globalization;
using Grpc.Net.Client;
using OrderInventory.Testing.Processes;
using DaprClient = Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient;

namespace OrderInventory.Bench.Sidecar;

/// <summary>
/// dapr-local as a process with every component that can be had here, and bench as its app: it subscribes to one topic of
/// each broker and answers invocations.
/// </summary>
internal sealed class SidecarSystem : IAsyncDisposable
{
    public const string Topic = "bench";
    private const int Channels = 4;

    private readonly string _folder = Directory.CreateTempSubdirectory("oi-bench-").FullName;
    private readonly int[] _ports = ServerProcess.FreePorts(3);
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _awaited = new();
    private readonly WebApplication _app;
    private readonly GrpcChannel[] _channels;
    private readonly DaprClient[] _clients;
    private ServerProcess? _process;
    private uint _next;

    private SidecarSystem(WebApplication app)
    {
        _app = app;
        _channels = [.. Enumerable.Range(0, Channels).Select(_ => GrpcChannel.ForAddress($"http://127.0.0.1:{Port(2)}"))];
        _clients = [.. _channels.Select(channel => new DaprClient(channel))];
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{Port(1)}/v1.0/") };
    }

    /// <summary>An id of this run, so that a server's data of earlier ones is not its own.</summary>
    public string AppId => Path.GetFileName(_folder);

    /// <summary>The sidecar's HTTP API.</summary>
    public HttpClient Http { get; }

    /// <summary>A client of the gRPC API; callers are spread over several connections.</summary>
    public DaprClient Client => _clients[Interlocked.Increment(ref _next) % Channels];

    public static async Task<SidecarSystem> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var system = new SidecarSystem(builder.Build());
        try
        {
            await system.StartProcessAsync();
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends when the app has got the message of that id.</summary>
    public Task DeliveredAsync(string id) => _awaited.GetOrAdd(id, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        foreach (var channel in _channels) channel.Dispose();
        _process?.Dispose();
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartProcessAsync()
    {
        var resources = Directory.CreateDirectory(Path.Combine(_folder, "components")).FullName;
        foreach (var component in SidecarComponents.Here) await File.WriteAllTextAsync(Path.Combine(resources, component.Name + ".yaml"), component.Manifest(AppId));
        RunFile.Write(_folder, resources, "bench-token", [new RunFileApp(AppId, _ports[0], _ports[1], _ports[2])]);
        _app.Urls.Add($"http://127.0.0.1:{Port(0)}");
        _app.MapGet("/dapr/subscribe", () => SidecarComponents.Brokers.Select(broker => new { pubsubname = broker, topic = Topic, route = "/delivered" }));
        _app.MapPost("/delivered", Deliver);
        _app.MapPost("/echo", (HttpRequest request) => Results.Stream(request.Body, request.ContentType));
        await _app.StartAsync();
        _process = RunFile.Run(_folder);
        await _process.AnswersAsync(new Uri(Http.BaseAddress!, "healthz"));
    }

    private async Task Deliver(HttpRequest request)
    {
        var message = await request.ReadFromJsonAsync<Delivery>() ?? throw new BadHttpRequestException("no message");
        if (_awaited.TryRemove(message.Id, out var awaited)) awaited.TrySetResult();
    }

    private string Port(int index) => _ports[index].ToString(CultureInfo.InvariantCulture);

    private sealed record Delivery(string Id);
}
