using System.Diagnostics;
using Dapr.TaskHub.Protos;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Microsoft.Extensions.Configuration;

namespace Dapr.Workflow.Registration;

/// <summary>The channel to the sidecar, with the headers that every call carries.</summary>
internal sealed class SidecarConnection : IDisposable
{
    private const string DefaultPort = "50001";
    private static readonly string UserAgent = $"dapr-sdk-dotnet/v{typeof(SidecarConnection).Assembly.GetName().Version?.ToString(3)}";

    private readonly GrpcChannel _channel;
    private readonly HttpClient? _http;
    private readonly string? _apiToken;

    /// <summary>Takes address and token from the configuration, else from the environment. Nothing is connected yet.</summary>
    public SidecarConnection(WorkflowRuntimeOptions options, IConfiguration? configuration)
        : this(
            GrpcChannel.ForAddress(
                Setting(configuration, "DAPR_GRPC_ENDPOINT") ?? $"http://localhost:{Setting(configuration, "DAPR_GRPC_PORT") ?? DefaultPort}",
                ChannelOptions(options.GrpcChannelOptions)),
            Setting(configuration, "DAPR_API_TOKEN"))
    {
    }

    /// <summary>Takes a channel, which is disposed with the connection.</summary>
    /// <param name="channel">The channel to the sidecar.</param>
    /// <param name="apiToken">The token of the sidecar; null or empty means that it wants none.</param>
    /// <param name="http">What the channel sends with, if it does not dispose that itself.</param>
    public SidecarConnection(GrpcChannel channel, string? apiToken, HttpClient? http = null)
    {
        _http = http;
        _apiToken = string.IsNullOrEmpty(apiToken) ? null : apiToken;
        _channel = channel;
        Client = new TaskHubSidecarService.TaskHubSidecarServiceClient(_channel.Intercept(AddHeaders));
    }

    public TaskHubSidecarService.TaskHubSidecarServiceClient Client { get; }

    public void Dispose()
    {
        _channel.Dispose();
        _http?.Dispose();
    }

    private static GrpcChannelOptions ChannelOptions(GrpcChannelOptions? given)
    {
        // A history is sent whole; only the sidecar limits its size.
        var options = given ?? new GrpcChannelOptions { MaxReceiveMessageSize = null, ThrowOperationCanceledOnCancellation = true };
        if (options.HttpHandler is null && options.HttpClient is null)
        {
            options.HttpHandler = new SocketsHttpHandler
            {
                EnableMultipleHttp2Connections = true,
                KeepAlivePingDelay = TimeSpan.FromSeconds(60),
                KeepAlivePingTimeout = TimeSpan.FromSeconds(30),
                KeepAlivePingPolicy = HttpKeepAlivePingPolicy.Always,
                PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            };
            options.DisposeHttpClient = true;
        }

        return options;
    }

    private static string? Setting(IConfiguration? configuration, string key) =>
        configuration?[key] is { Length: > 0 } configured ? configured
        : Environment.GetEnvironmentVariable(key) is { Length: > 0 } value ? value
        : null;

    private Metadata AddHeaders(Metadata headers)
    {
        if (_apiToken is not null) headers.Add("dapr-api-token", _apiToken);
        headers.Add("user-agent", UserAgent);
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id } current)
        {
            headers.Add("traceparent", id);
            if (current.TraceStateString is { Length: > 0 } state) headers.Add("tracestate", state);
        }

        return headers;
    }
}
