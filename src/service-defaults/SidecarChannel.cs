using Grpc.Core;
using Grpc.Net.Client;
using DaprGrpc = Dapr.Client.Autogen.Grpc.v1.Dapr;

namespace OrderInventory.ServiceDefaults;

/// <summary>
/// The gRPC connection to this app's sidecar, where <see cref="SidecarOptions"/> says. The generated client is used because
/// Dapr.Client drops the per-key errors of a bulk get and the token of a bulk save.
/// </summary>
internal sealed class SidecarChannel : IDisposable
{
    private readonly GrpcChannel? _channel;
    private readonly DaprGrpc.DaprClient _client;
    private readonly Metadata _headers = [];
    private readonly TimeProvider _time;

    public SidecarChannel(SidecarOptions options, TimeProvider time)
    {
        _time = time;
        var channel = new GrpcChannelOptions
        {
            MaxReceiveMessageSize = null,
            DisposeHttpClient = true,
            HttpHandler = new SocketsHttpHandler
            {
                EnableMultipleHttp2Connections = true,
                KeepAlivePingDelay = TimeSpan.FromSeconds(60),
                KeepAlivePingTimeout = TimeSpan.FromSeconds(30),
            },
        };
        SidecarReconnect.Soon(channel);
        _channel = GrpcChannel.ForAddress(options.GrpcEndpoint ?? $"http://127.0.0.1:{options.GrpcPort}", channel);
        if (options.SidecarToken is { } token) _headers.Add("dapr-api-token", token);
        _client = new DaprGrpc.DaprClient(_channel);
    }

    /// <summary>For a sidecar that is not behind a connection.</summary>
    public SidecarChannel(CallInvoker sidecar, TimeProvider time)
    {
        _time = time;
        _client = new DaprGrpc.DaprClient(sidecar);
    }

    /// <summary>
    /// Calls the sidecar and returns its answer. Every call carries a deadline: a save on PostgreSQL has no timeout of its own (design rule 9).
    /// </summary>
    /// <exception cref="RpcException">It failed, or was not answered in time; whatever it asks for may have been done.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up, which says nothing about the sidecar; the same holds.</exception>
    public async Task<T> CallAsync<T>(Func<DaprGrpc.DaprClient, CallOptions, AsyncUnaryCall<T>> call, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            return await call(_client, new CallOptions(_headers, _time.GetUtcNow().UtcDateTime + timeout, cancellationToken));
        }
        catch (RpcException error) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(error.Message, error, cancellationToken);
        }
    }

    public void Dispose() => _channel?.Dispose();
}
