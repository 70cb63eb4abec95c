using System.Diagnostics;
using Dapr.Common.Serialization;
using Dapr.TaskHub.Protos;
using Dapr.Workflow.Client;
using Dapr.Workflow.Registration;
using Dapr.Workflow.Worker.Replay;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Dapr.Workflow;

/// <summary>Starts, observes and steers workflow instances. Failures of the sidecar come as <see cref="RpcException"/>.</summary>
public sealed class DaprWorkflowClient : IDaprWorkflowClient
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    private readonly TaskHubSidecarService.TaskHubSidecarServiceClient _client;
    private readonly IDaprSerializer _serializer;
    private readonly TimeProvider _time;

    private readonly SidecarConnection? _connection;

    /// <summary>A client with a connection of its own.</summary>
    internal DaprWorkflowClient(SidecarConnection connection, IDaprSerializer serializer, TimeProvider time)
        : this(connection.Client, serializer, time) => _connection = connection;

    internal DaprWorkflowClient(TaskHubSidecarService.TaskHubSidecarServiceClient client, IDaprSerializer serializer, TimeProvider time) =>
        (_client, _serializer, _time) = (client, serializer, time);

    /// <inheritdoc />
    public Task<string> ScheduleNewWorkflowAsync(string name, string? instanceId = null, object? input = null) =>
        ScheduleNewWorkflowAsync(name, instanceId, input, (DateTimeOffset?)null);

    /// <inheritdoc />
    public Task<string> ScheduleNewWorkflowAsync(string name, string? instanceId, object? input, DateTime? startTime) =>
        ScheduleNewWorkflowAsync(name, instanceId, input, startTime is { } time ? new DateTimeOffset(time) : null);

    /// <inheritdoc />
    public async Task<string> ScheduleNewWorkflowAsync(string name, string? instanceId, object? input, DateTimeOffset? startTime, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (string.IsNullOrEmpty(instanceId)) instanceId = Guid.CreateVersion7(_time.GetUtcNow()).ToString("N");
        else InstanceIds.Validate(instanceId, nameof(instanceId));

        var response = await _client.StartInstanceAsync(
            new CreateInstanceRequest
            {
                Name = name,
                InstanceId = instanceId,
                Input = _serializer.Payload(input),
                ScheduledStartTimestamp = startTime is { } time ? Timestamp.FromDateTimeOffset(time) : null,
                ParentTraceContext = CurrentTrace(),
            },
            cancellationToken: cancellation);
        return response.InstanceId;
    }

    /// <inheritdoc />
    public async Task<WorkflowState> GetWorkflowStateAsync(string instanceId, bool getInputsAndOutputs = true, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        try
        {
            return ToState(await _client.GetInstanceAsync(Query(instanceId, getInputsAndOutputs), cancellationToken: cancellation));
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            return new WorkflowState(null, _serializer);
        }
    }

    /// <inheritdoc />
    public async Task<WorkflowState> WaitForWorkflowStartAsync(string instanceId, bool getInputsAndOutputs = true, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        var query = Query(instanceId, getInputsAndOutputs);
        return Existing(instanceId, await WaitAsync(token => _client.WaitForInstanceStartAsync(query, cancellationToken: token), cancellation));
    }

    /// <inheritdoc />
    public async Task<WorkflowState> WaitForWorkflowCompletionAsync(string instanceId, bool getInputsAndOutputs = true, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);

        // The payloads are fetched once, at the end, and not with every attempt.
        var query = Query(instanceId, withPayloads: false);
        var state = Existing(instanceId, await WaitAsync(token => _client.WaitForInstanceCompletionAsync(query, cancellationToken: token), cancellation));
        if (!getInputsAndOutputs) return state;
        var full = Query(instanceId, withPayloads: true);
        return Existing(instanceId, await WaitAsync(token => _client.GetInstanceAsync(full, cancellationToken: token), cancellation));
    }

    /// <inheritdoc />
    public async Task TerminateWorkflowAsync(string instanceId, object? output = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        await _client.TerminateInstanceAsync(
            new TerminateRequest { InstanceId = instanceId, Output = _serializer.Payload(output), Recursive = true },
            cancellationToken: cancellation);
    }

    /// <inheritdoc />
    public async Task RaiseEventAsync(string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        await _client.RaiseEventAsync(
            new RaiseEventRequest { InstanceId = instanceId, Name = eventName, Input = _serializer.Payload(eventPayload) },
            cancellationToken: cancellation);
    }

    /// <inheritdoc />
    public async Task SuspendWorkflowAsync(string instanceId, string? reason = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        await _client.SuspendInstanceAsync(new SuspendRequest { InstanceId = instanceId, Reason = reason }, cancellationToken: cancellation);
    }

    /// <inheritdoc />
    public async Task ResumeWorkflowAsync(string instanceId, string? reason = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        await _client.ResumeInstanceAsync(new ResumeRequest { InstanceId = instanceId, Reason = reason }, cancellationToken: cancellation);
    }

    /// <inheritdoc />
    public async Task<bool> PurgeInstanceAsync(string instanceId, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        var response = await _client.PurgeInstancesAsync(new PurgeInstancesRequest { InstanceId = instanceId, Recursive = true }, cancellationToken: cancellation);
        return response.DeletedInstanceCount > 0;
    }

    /// <inheritdoc />
    public async Task<WorkflowInstancePage> ListInstanceIdsAsync(string? continuationToken = null, int? pageSize = null, CancellationToken cancellation = default)
    {
        var request = new ListInstanceIDsRequest();
        if (continuationToken is not null) request.ContinuationToken = continuationToken;
        if (pageSize is { } size)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(size, 1, nameof(pageSize));
            request.PageSize = (uint)size;
        }

        var response = await _client.ListInstanceIDsAsync(request, cancellationToken: cancellation);
        return new WorkflowInstancePage([.. response.InstanceIds], response.HasContinuationToken ? response.ContinuationToken : null);
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<WorkflowHistoryEvent>> GetInstanceHistoryAsync(string instanceId, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        var response = await _client.GetInstanceHistoryAsync(new GetInstanceHistoryRequest { InstanceId = instanceId }, cancellationToken: cancellation);
        return [.. response.Events.Select(static e => new WorkflowHistoryEvent(e.EventId, HistoryEventTypes.Of(e), e.Timestamp?.ToDateTime() ?? default))];
    }

    /// <inheritdoc />
    public async Task<string> RerunWorkflowFromEventAsync(string sourceInstanceId, uint eventId, RerunWorkflowFromEventOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(sourceInstanceId);
        var request = new RerunWorkflowFromEventRequest { SourceInstanceID = sourceInstanceId, EventID = eventId };
        if (options?.NewInstanceId is { } id)
        {
            InstanceIds.Validate(id, nameof(options));
            request.NewInstanceID = id;
        }

        if (options is { OverwriteInput: true }) (request.OverwriteInput, request.Input) = (true, _serializer.Payload(options.Input));
        else if (options?.Input is not null) throw new ArgumentException("A new input is used only with OverwriteInput.", nameof(options));
        return (await _client.RerunWorkflowFromEventAsync(request, cancellationToken: cancellation)).NewInstanceID;
    }

    /// <summary>Closes the connection of a client that was built by itself; that of an app belongs to the app.</summary>
    public void Dispose() => _connection?.Dispose();

    /// <summary>As <see cref="Dispose"/>.</summary>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private static GetInstanceRequest Query(string instanceId, bool withPayloads) => new() { InstanceId = instanceId, GetInputsAndOutputs = withPayloads };

    private static TraceContext? CurrentTrace() => Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id } activity
        ? new TraceContext { TraceParent = id, TraceState = activity.TraceStateString }
        : null;

    // A wait ends with the sidecar that serves it, and is then put again to its successor.
    private async Task<GetInstanceResponse> WaitAsync(Func<CancellationToken, AsyncUnaryCall<GetInstanceResponse>> wait, CancellationToken cancellation)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                using var call = wait(cancellation);
                return await call;
            }
            catch (RpcException e) when (e.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded && !cancellation.IsCancellationRequested)
            {
                await Task.Delay(pause, _time, cancellation);
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.Cancelled && cancellation.IsCancellationRequested)
            {
                throw new OperationCanceledException(e.Message, e, cancellation);
            }
        }
    }

    private WorkflowState ToState(GetInstanceResponse response) => new(response.Exists ? response.WorkflowState : null, _serializer);

    private WorkflowState Existing(string instanceId, GetInstanceResponse response) =>
        response.Exists ? ToState(response) : throw new InvalidOperationException($"Workflow instance '{instanceId}' does not exist.");
}
