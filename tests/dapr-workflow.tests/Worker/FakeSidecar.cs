using System.Collections.Concurrent;
using System.Threading.Channels;
using Dapr.TaskHub.Protos;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DaprWorkflow.Tests.Worker;

/// <summary>A workflow service on a loopback port, whose work items and refusals the test decides.</summary>
internal sealed class FakeSidecar : TaskHubSidecarService.TaskHubSidecarServiceBase, IAsyncDisposable
{
    private readonly Channel<IServerStreamWriter<WorkItem>> _streams = Channel.CreateUnbounded<IServerStreamWriter<WorkItem>>();
    private readonly ConcurrentDictionary<IServerStreamWriter<WorkItem>, TaskCompletionSource> _ends = new();
    private WebApplication? _app;

    public string Address => _app!.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    public Channel<ActivityResponse> Activities { get; } = Channel.CreateUnbounded<ActivityResponse>();

    public Channel<WorkflowResponse> Turns { get; } = Channel.CreateUnbounded<WorkflowResponse>();

    public ConcurrentQueue<Metadata> Headers { get; } = new();

    /// <summary>What the next answers meet instead of being taken.</summary>
    public ConcurrentQueue<StatusCode> Refusals { get; } = new();

    /// <summary>How client calls are answered.</summary>
    public Func<string, object, object> Client { get; set; } = (call, _) => throw new RpcException(new Status(StatusCode.Unimplemented, call));

    public int StreamCount { get; private set; }

    public static async Task<FakeSidecar> StartAsync()
    {
        var sidecar = new FakeSidecar();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost0());
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(sidecar);
        sidecar._app = builder.Build();
        sidecar._app.MapGrpcService<FakeSidecar>();
        await sidecar._app.StartAsync();
        return sidecar;
    }

    /// <summary>The next stream that the worker opens.</summary>
    public async Task<IServerStreamWriter<WorkItem>> NextStreamAsync() => await _streams.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));

    public void End(IServerStreamWriter<WorkItem> stream, bool orderly = true)
    {
        if (orderly) _ends[stream].TrySetResult();
        else _ends[stream].TrySetException(new RpcException(new Status(StatusCode.Unavailable, "going down")));
    }

    public override Task<Empty> Hello(Empty request, ServerCallContext context)
    {
        Headers.Enqueue(context.RequestHeaders);
        return Task.FromResult(request);
    }

    public override async Task GetWorkItems(GetWorkItemsRequest request, IServerStreamWriter<WorkItem> responseStream, ServerCallContext context)
    {
        StreamCount++;
        var end = _ends.GetOrAdd(responseStream, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        _streams.Writer.TryWrite(responseStream);
        await using var aborted = context.CancellationToken.Register(() => end.TrySetResult());
        await end.Task;
    }

    public override async Task<CompleteTaskResponse> CompleteActivityTask(ActivityResponse request, ServerCallContext context)
    {
        Refuse();
        await Activities.Writer.WriteAsync(request);
        return new CompleteTaskResponse();
    }

    public override async Task<CompleteTaskResponse> CompleteOrchestratorTask(WorkflowResponse request, ServerCallContext context)
    {
        Refuse();
        await Turns.Writer.WriteAsync(request);
        return new CompleteTaskResponse();
    }

    public override Task<CreateInstanceResponse> StartInstance(CreateInstanceRequest request, ServerCallContext context) => Answer<CreateInstanceResponse>(request, context);

    public override Task<GetInstanceResponse> GetInstance(GetInstanceRequest request, ServerCallContext context) => Answer<GetInstanceResponse>(request, context);

    public override Task<GetInstanceResponse> WaitForInstanceStart(GetInstanceRequest request, ServerCallContext context) => Answer<GetInstanceResponse>(request, context);

    public override Task<GetInstanceResponse> WaitForInstanceCompletion(GetInstanceRequest request, ServerCallContext context) => Answer<GetInstanceResponse>(request, context);

    public override Task<RaiseEventResponse> RaiseEvent(RaiseEventRequest request, ServerCallContext context) => Answer<RaiseEventResponse>(request, context);

    public override Task<TerminateResponse> TerminateInstance(TerminateRequest request, ServerCallContext context) => Answer<TerminateResponse>(request, context);

    public override Task<SuspendResponse> SuspendInstance(SuspendRequest request, ServerCallContext context) => Answer<SuspendResponse>(request, context);

    public override Task<ResumeResponse> ResumeInstance(ResumeRequest request, ServerCallContext context) => Answer<ResumeResponse>(request, context);

    public override Task<PurgeInstancesResponse> PurgeInstances(PurgeInstancesRequest request, ServerCallContext context) => Answer<PurgeInstancesResponse>(request, context);

    public override Task<ListInstanceIDsResponse> ListInstanceIDs(ListInstanceIDsRequest request, ServerCallContext context) => Answer<ListInstanceIDsResponse>(request, context);

    public override Task<GetInstanceHistoryResponse> GetInstanceHistory(GetInstanceHistoryRequest request, ServerCallContext context) => Answer<GetInstanceHistoryResponse>(request, context);

    public override Task<RerunWorkflowFromEventResponse> RerunWorkflowFromEvent(RerunWorkflowFromEventRequest request, ServerCallContext context) => Answer<RerunWorkflowFromEventResponse>(request, context);

    public async ValueTask DisposeAsync()
    {
        foreach (var end in _ends.Values) end.TrySetResult();
        await _app!.DisposeAsync();
    }

    private Task<T> Answer<T>(object request, ServerCallContext context)
    {
        Headers.Enqueue(context.RequestHeaders);
        return Task.FromResult((T)Client(context.Method.Split('/')[^1], request));
    }

    private void Refuse()
    {
        if (Refusals.TryDequeue(out var status)) throw new RpcException(new Status(status, "refused by the test"));
    }
}

internal static class KestrelExtensions
{
    public static void ListenLocalhost0(this KestrelServerOptions kestrel) =>
        kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
}
