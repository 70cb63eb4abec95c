using System.Collections.Concurrent;
using System.Threading.Channels;
using Dapr.TaskHub.Protos;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OrderInventory.Testing;

/// <summary>A workflow service on a free loopback port that accepts starts and events and runs only the turns that a test asks for.</summary>
public sealed class FakeTaskHub : TaskHubSidecarService.TaskHubSidecarServiceBase, IAsyncDisposable
{
    private readonly Channel<WorkItem> _work = Channel.CreateUnbounded<WorkItem>();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<WorkflowResponse>> _answers = new();
    private WebApplication? _host;

    public ConcurrentQueue<CreateInstanceRequest> Started { get; } = new();

    public ConcurrentQueue<RaiseEventRequest> Raised { get; } = new();

    /// <summary>The API token of each call that starts a workflow or asks for work; null for one without.</summary>
    public ConcurrentDictionary<string, string?> Tokens { get; } = new();

    /// <summary>While true, every call fails as it does when the sidecar is down.</summary>
    public bool Down { get; set; }

    public int Port { get; private set; }

    public static async Task<FakeTaskHub> StartAsync()
    {
        var hub = new FakeTaskHub();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(hub);
        hub._host = builder.Build();
        hub._host.MapGrpcService<FakeTaskHub>();
        await hub._host.StartAsync();
        hub.Port = new Uri(hub._host.Urls.First()).Port;
        return hub;
    }

    public override Task<Empty> Hello(Empty request, ServerCallContext context) => Task.FromResult(request);

    /// <summary>Lets the connected app run one turn of a workflow and returns its answer.</summary>
    public async Task<WorkflowResponse> RunTurnAsync(WorkflowRequest request)
    {
        var answer = _answers[request.InstanceId] = new TaskCompletionSource<WorkflowResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _work.Writer.WriteAsync(new WorkItem { WorkflowRequest = request, CompletionToken = request.InstanceId });
        return await answer.Task.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
    }

    public override async Task GetWorkItems(GetWorkItemsRequest request, IServerStreamWriter<WorkItem> responseStream, ServerCallContext context)
    {
        Tokens[nameof(GetWorkItems)] = context.RequestHeaders.GetValue("dapr-api-token");
        try
        {
            await foreach (var item in _work.Reader.ReadAllAsync(context.CancellationToken)) await responseStream.WriteAsync(item, context.CancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The app went away, or the test ends.
        }
    }

    public override Task<CompleteTaskResponse> CompleteOrchestratorTask(WorkflowResponse request, ServerCallContext context)
    {
        _answers[request.InstanceId].TrySetResult(request);
        return Task.FromResult(new CompleteTaskResponse());
    }

    public override Task<CompleteTaskResponse> CompleteWorkflowTask(WorkflowResponse request, ServerCallContext context) => CompleteOrchestratorTask(request, context);

    public override Task<CreateInstanceResponse> StartInstance(CreateInstanceRequest request, ServerCallContext context)
    {
        Tokens[nameof(StartInstance)] = context.RequestHeaders.GetValue("dapr-api-token");
        ThrowIfDown();
        lock (Started)
        {
            if (Started.Any(started => started.InstanceId == request.InstanceId))
                throw new RpcException(new Status(StatusCode.AlreadyExists, $"failed to create workflow instance: an active workflow with ID '{request.InstanceId}' already exists"));
            Started.Enqueue(request);
        }

        return Task.FromResult(new CreateInstanceResponse { InstanceId = request.InstanceId });
    }

    public override Task<RaiseEventResponse> RaiseEvent(RaiseEventRequest request, ServerCallContext context)
    {
        ThrowIfDown();
        if (Started.All(started => started.InstanceId != request.InstanceId)) throw new RpcException(new Status(StatusCode.Unknown, "no such instance exists"));
        Raised.Enqueue(request);
        return Task.FromResult(new RaiseEventResponse());
    }

    public override Task<GetInstanceResponse> GetInstance(GetInstanceRequest request, ServerCallContext context)
    {
        ThrowIfDown();
        var exists = Started.Any(started => started.InstanceId == request.InstanceId);
        return Task.FromResult(exists
            ? new GetInstanceResponse { Exists = true, WorkflowState = new WorkflowState { InstanceId = request.InstanceId, Name = "OrderGroupWorkflow", WorkflowStatus = OrchestrationStatus.Running } }
            : new GetInstanceResponse());
    }

    public override Task<PurgeInstancesResponse> PurgeInstances(PurgeInstancesRequest request, ServerCallContext context)
    {
        ThrowIfDown();
        return Task.FromResult(new PurgeInstancesResponse { DeletedInstanceCount = 1 });
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is null) return;
        using var hurry = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        try { await _host.StopAsync(hurry.Token); } catch (OperationCanceledException) { }
        await _host.DisposeAsync();
    }

    private void ThrowIfDown()
    {
        if (Down) throw new RpcException(new Status(StatusCode.Unavailable, "down"));
    }
}
