using System.Globalization;
using Dapr.TaskHub.Protos;
using DaprLocal.Workflows;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Data.Sqlite;

namespace DaprLocal.Grpc;

/// <summary>
/// The workflow service as daprd 1.18 serves it: translates between the wire and the engine, with daprd's codes and texts.
/// </summary>
internal sealed class TaskHubService(WorkflowEngine engine) : TaskHubSidecarService.TaskHubSidecarServiceBase
{
    private const string CreateFailed = "failed to create workflow instance: ";
    private const string TerminateFailed = "failed to submit termination request: ";
    private const string PurgeFailed = "failed to purge workflow state: ";

    /// <inheritdoc />
    public override Task<Empty> Hello(Empty request, ServerCallContext context) => Task.FromResult(request);

    /// <inheritdoc />
    public override Task<CreateInstanceResponse> StartInstance(CreateInstanceRequest request, ServerCallContext context) => Guard(async () =>
    {
        if (request.ParentTraceContext is null && context.RequestHeaders.GetValue("traceparent") is { } parent)
        {
            var fromHeader = new TraceContext { TraceParent = parent, TraceState = context.RequestHeaders.GetValue("tracestate") };
            // A broken header is a matter of the transport and does not fail the call.
            if (TraceContexts.IsValid(fromHeader)) request.ParentTraceContext = fromHeader;
        }

        if (request.ParentTraceContext is { } trace)
        {
            if (!TraceContexts.IsValid(trace)) throw new RpcException(new Status(StatusCode.Unknown, $"'{trace.TraceParent}' is no trace parent"));
            request.ParentTraceContext = new TraceContext { TraceParent = trace.TraceParent, TraceState = trace.TraceState };
        }

        await engine.StartAsync(request, context.CancellationToken);
        return new CreateInstanceResponse { InstanceId = request.InstanceId };
    }, CreateFailed, context);

    /// <inheritdoc />
    public override Task<GetInstanceResponse> GetInstance(GetInstanceRequest request, ServerCallContext context) =>
        Guard(() => Task.FromResult(Describe(engine.Get(request.InstanceId), request.GetInputsAndOutputs, waited: false)), "", context);

    /// <inheritdoc />
    public override Task<GetInstanceResponse> WaitForInstanceStart(GetInstanceRequest request, ServerCallContext context) =>
        WaitAsync(request, status => status is not (OrchestrationStatus.Pending or OrchestrationStatus.Stalled), context);

    /// <inheritdoc />
    public override Task<GetInstanceResponse> WaitForInstanceCompletion(GetInstanceRequest request, ServerCallContext context) =>
        WaitAsync(request, status => status.IsTerminal(), context);

    /// <inheritdoc />
    public override Task<RaiseEventResponse> RaiseEvent(RaiseEventRequest request, ServerCallContext context) => Guard(async () =>
    {
        await engine.RaiseEventAsync(request.InstanceId, request.Name, request.Input, context.CancellationToken);
        return new RaiseEventResponse();
    }, "", context);

    /// <inheritdoc />
    public override Task<TerminateResponse> TerminateInstance(TerminateRequest request, ServerCallContext context) => Guard(async () =>
    {
        await engine.TerminateAsync(request.InstanceId, request.Output, request.Recursive, context.CancellationToken);
        return new TerminateResponse();
    }, TerminateFailed, context);

    /// <inheritdoc />
    public override Task<SuspendResponse> SuspendInstance(SuspendRequest request, ServerCallContext context) => Guard(async () =>
    {
        await engine.SuspendAsync(request.InstanceId, request.Reason, context.CancellationToken);
        return new SuspendResponse();
    }, "", context);

    /// <inheritdoc />
    public override Task<ResumeResponse> ResumeInstance(ResumeRequest request, ServerCallContext context) => Guard(async () =>
    {
        await engine.ResumeAsync(request.InstanceId, request.Reason, context.CancellationToken);
        return new ResumeResponse();
    }, "", context);

    /// <inheritdoc />
    public override Task<PurgeInstancesResponse> PurgeInstances(PurgeInstancesRequest request, ServerCallContext context) => Guard(async () =>
    {
        if (request.RequestCase == PurgeInstancesRequest.RequestOneofCase.PurgeInstanceFilter)
        {
            throw new RpcException(new Status(StatusCode.Unknown, "multi-instance purge is not unimplemented"));
        }

        return new PurgeInstancesResponse
        {
            DeletedInstanceCount = await engine.PurgeAsync(request.InstanceId, request.Recursive, request.Force, context.CancellationToken),
        };
    }, PurgeFailed, context);

    /// <inheritdoc />
    public override async Task GetWorkItems(GetWorkItemsRequest request, IServerStreamWriter<WorkItem> responseStream, ServerCallContext context)
    {
        // Tells the worker that it is connected, although there may be no work for a long time.
        await context.WriteResponseHeadersAsync([]);
        try
        {
            await foreach (var item in engine.ConnectWorkerAsync(context.CancellationToken)) await responseStream.WriteAsync(item, context.CancellationToken);
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            // The worker has gone; what it had is queued again.
        }
    }

    /// <inheritdoc />
    public override Task<CompleteTaskResponse> CompleteActivityTask(ActivityResponse request, ServerCallContext context) => Guard(async () =>
    {
        await engine.CompleteActivityAsync(request);
        return new CompleteTaskResponse();
    }, "", context);

    /// <inheritdoc />
    public override Task<CompleteTaskResponse> CompleteOrchestratorTask(WorkflowResponse request, ServerCallContext context) => CompleteWorkflowTask(request, context);

    /// <inheritdoc />
    public override Task<CompleteTaskResponse> CompleteWorkflowTask(WorkflowResponse request, ServerCallContext context) => Guard(async () =>
    {
        await engine.CompleteTurnAsync(request);
        return new CompleteTaskResponse();
    }, "", context);

    /// <inheritdoc />
    public override Task<ListInstanceIDsResponse> ListInstanceIDs(ListInstanceIDsRequest request, ServerCallContext context)
    {
        var response = new ListInstanceIDsResponse();
        long after = 0;
        if (request.HasContinuationToken && !long.TryParse(request.ContinuationToken, CultureInfo.InvariantCulture, out after)) return Task.FromResult(response);
        var (ids, next) = engine.List(after, (int)Math.Min(request.PageSize, int.MaxValue));
        response.InstanceIds.AddRange(ids);
        if (next is { } token) response.ContinuationToken = token.ToString(CultureInfo.InvariantCulture);
        return Task.FromResult(response);
    }

    /// <inheritdoc />
    public override Task<GetInstanceHistoryResponse> GetInstanceHistory(GetInstanceHistoryRequest request, ServerCallContext context)
    {
        var history = engine.GetHistory(request.InstanceId) ?? throw new RpcException(new Status(StatusCode.NotFound, $"workflow instance '{request.InstanceId}' not found"));
        return Task.FromResult(new GetInstanceHistoryResponse { Events = { history } });
    }

    private Task<GetInstanceResponse> WaitAsync(GetInstanceRequest request, Func<OrchestrationStatus, bool> until, ServerCallContext context) => Guard(async () =>
        Describe(await engine.WaitAsync(request.InstanceId, until, context.CancellationToken), request.GetInputsAndOutputs, waited: true), "", context);

    private async Task<T> Guard<T>(Func<Task<T>> call, string prefix, ServerCallContext context)
    {
        try
        {
            return await call();
        }
        catch (Exception) when (engine.IsClosing)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "the sidecar is shutting down"));
        }
        catch (WorkflowFault fault)
        {
            throw new RpcException(fault.Kind switch
            {
                WorkflowFaultKind.AlreadyExists when prefix == CreateFailed => new Status(StatusCode.AlreadyExists, $"{prefix}rpc error: code = AlreadyExists desc = {fault.Message}"),
                WorkflowFaultKind.AlreadyExists => new Status(StatusCode.AlreadyExists, fault.Message),
                WorkflowFaultKind.StalledMeanwhile => new Status(StatusCode.Unknown, fault.Message),
                _ => new Status(StatusCode.Unknown, prefix + fault.Message),
            });
        }
        catch (SqliteException error)
        {
            // A full disk and the like: nothing was recorded, and the caller has to know why.
            throw new RpcException(new Status(StatusCode.Unknown, prefix + error.Message));
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            // The request itself, if accepted, stays accepted: only the waiting ends.
            throw new RpcException(new Status(StatusCode.Cancelled, "the caller has stopped waiting"));
        }
    }

    private static GetInstanceResponse Describe(InstanceRecord? record, bool withPayloads, bool waited)
    {
        if (record is null) return new GetInstanceResponse();
        var state = new WorkflowState
        {
            InstanceId = record.Id,
            Name = record.Name,
            WorkflowStatus = record.Status,
            Version = record.Version,
            CreatedTimestamp = At(record.Created),
            LastUpdatedTimestamp = At(record.Updated),
            StartedAt = record.Started is { } started ? At(started) : null,
        };
        if (withPayloads)
        {
            state.Input = record.Input;
            state.Output = record.Output;
            state.CustomStatus = record.CustomStatus;
            state.FailureDetails = record.Failure;
        }

        if (waited && record.Parent is { } parent)
        {
            state.ParentInstanceId = parent.WorkflowInstance.InstanceId;
            state.ParentAppId = parent.AppID;
        }

        return new GetInstanceResponse { Exists = true, WorkflowState = state };
    }

    private static Timestamp At(long ticks) => Timestamp.FromDateTime(new DateTime(ticks, DateTimeKind.Utc));
}
