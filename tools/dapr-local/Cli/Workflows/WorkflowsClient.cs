using Dapr.TaskHub.Protos;
using DaprLocal.Hosting;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace DaprLocal.Cli.Workflows;

/// <summary>
/// The workflow service of a running sidecar, be it dapr-local's or daprd's. What goes wrong is said in words
/// (<see cref="UserException"/>); an instance that does not exist is null.
/// </summary>
internal sealed class WorkflowsClient(SidecarAddress address, TimeProvider time, CancellationToken stop) : IDisposable
{
    private const int MaxParallel = 16;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly GrpcChannel _channel = GrpcChannel.ForAddress(
        $"http://127.0.0.1:{address.GrpcPort}",
        new GrpcChannelOptions { MaxReceiveMessageSize = null, HttpHandler = new SocketsHttpHandler { UseProxy = false }, DisposeHttpClient = true });

    private TaskHubSidecarService.TaskHubSidecarServiceClient Client => field ??= new(_channel);

    /// <summary>One page of instances, oldest first, with the token of the next page (null: this was the last). One that goes meanwhile is left out.</summary>
    public async Task<(IReadOnlyList<WorkflowState> Instances, string? Next)> ListAsync(string? after, int limit)
    {
        var request = new ListInstanceIDsRequest { PageSize = (uint)limit };
        if (after is not null) request.ContinuationToken = after;
        var page = await CallAsync(options => Client.ListInstanceIDsAsync(request, options));
        var states = new WorkflowState?[page.InstanceIds.Count];
        await Parallel.ForAsync(0, states.Length, new ParallelOptions { MaxDegreeOfParallelism = MaxParallel, CancellationToken = stop }, async (i, _) =>
            states[i] = await GetAsync(page.InstanceIds[i], withPayloads: false));
        return ([.. states.OfType<WorkflowState>()], page.HasContinuationToken ? page.ContinuationToken : null);
    }

    /// <summary>An instance.</summary>
    public async Task<WorkflowState?> GetAsync(string id, bool withPayloads)
    {
        var response = await CallAsync(options => Client.GetInstanceAsync(new GetInstanceRequest { InstanceId = id, GetInputsAndOutputs = withPayloads }, options));
        return response.Exists ? response.WorkflowState : null;
    }

    /// <summary>The history of an instance.</summary>
    public async Task<IReadOnlyList<HistoryEvent>?> HistoryAsync(string id) =>
        (await CallAsync(options => Client.GetInstanceHistoryAsync(new GetInstanceHistoryRequest { InstanceId = id }, options), error => error.StatusCode == StatusCode.NotFound))?.Events;

    /// <summary>Removes an instance that is over, with its children; how many were removed.</summary>
    public async Task<int?> PurgeAsync(string id) =>
        (await CallAsync(
            options => Client.PurgeInstancesAsync(new PurgeInstancesRequest { InstanceId = id, Recursive = true }, options),
            error => error.Status.Detail.EndsWith("no such instance exists", StringComparison.Ordinal)))?.DeletedInstanceCount;

    /// <inheritdoc/>
    public void Dispose() => _channel.Dispose();

    private async Task<T> CallAsync<T>(Func<CallOptions, AsyncUnaryCall<T>> call)
        where T : class, IMessage => (await CallAsync(call, _ => false))!;

    private async Task<T?> CallAsync<T>(Func<CallOptions, AsyncUnaryCall<T>> call, Func<RpcException, bool> isMissing)
        where T : class, IMessage
    {
        var headers = new Metadata();
        if (address.Token is { } token) headers.Add("dapr-api-token", token);
        try
        {
            return await call(new CallOptions(headers, (time.GetUtcNow() + Timeout).UtcDateTime, stop));
        }
        catch (RpcException error) when (isMissing(error))
        {
            return null;
        }
        catch (RpcException error)
        {
            throw new UserException(error.StatusCode switch
            {
                StatusCode.Unavailable => $"no sidecar answers at 127.0.0.1:{address.GrpcPort} (gRPC); start dapr-local first, or name another port with --dapr-grpc-port",
                StatusCode.Unauthenticated => $"the sidecar at 127.0.0.1:{address.GrpcPort} wants its API token; set DAPR_API_TOKEN",
                StatusCode.DeadlineExceeded => $"the sidecar at 127.0.0.1:{address.GrpcPort} did not answer within {Timeout.TotalSeconds} s",
                _ => $"the sidecar refused: {error.Status.Detail}",
            });
        }
    }
}
