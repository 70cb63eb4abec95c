using Dapr.Common;
using Dapr.Workflow.Client;

namespace Dapr.Workflow;

/// <summary>Starts, observes and steers workflow instances. Failures of the sidecar come as <see cref="Grpc.Core.RpcException"/>.</summary>
public interface IDaprWorkflowClient : IDaprClient, IAsyncDisposable
{
    /// <summary>Starts an instance and returns after its first turn.</summary>
    /// <param name="name">The name of the workflow.</param>
    /// <param name="instanceId">The id of the instance; null means a new one.</param>
    /// <param name="input">The input, or null.</param>
    /// <returns>The id of the instance.</returns>
    /// <exception cref="Grpc.Core.RpcException">ALREADY_EXISTS: an active instance has the id. A finished one is replaced.</exception>
    Task<string> ScheduleNewWorkflowAsync(string name, string? instanceId = null, object? input = null);

    /// <summary>Starts an instance at a given time.</summary>
    /// <param name="name">The name of the workflow.</param>
    /// <param name="instanceId">The id of the instance; null means a new one.</param>
    /// <param name="input">The input, or null.</param>
    /// <param name="startTime">When it starts; null means now. With a time, the call does not wait for the first turn.</param>
    /// <returns>The id of the instance.</returns>
    Task<string> ScheduleNewWorkflowAsync(string name, string? instanceId, object? input, DateTime? startTime);

    /// <summary>Starts an instance at a given time.</summary>
    /// <param name="name">The name of the workflow.</param>
    /// <param name="instanceId">The id of the instance; null means a new one.</param>
    /// <param name="input">The input, or null.</param>
    /// <param name="startTime">When it starts; null means now. With a time, the call does not wait for the first turn.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>The id of the instance.</returns>
    Task<string> ScheduleNewWorkflowAsync(string name, string? instanceId, object? input, DateTimeOffset? startTime, CancellationToken cancellation = default);

    /// <summary>The present state of an instance; one that does not exist has <see cref="WorkflowState.Exists"/> false.</summary>
    /// <param name="instanceId">The id of the instance.</param>
    /// <param name="getInputsAndOutputs">Whether payloads, custom status and failure are wanted too.</param>
    /// <param name="cancellation">Ends the call.</param>
    Task<WorkflowState> GetWorkflowStateAsync(string instanceId, bool getInputsAndOutputs = true, CancellationToken cancellation = default);

    /// <summary>Waits until the first turn of an instance is done. An unknown id is waited for, until the cancellation.</summary>
    /// <param name="instanceId">The id of the instance.</param>
    /// <param name="getInputsAndOutputs">Whether payloads, custom status and failure are wanted too.</param>
    /// <param name="cancellation">Ends the wait.</param>
    Task<WorkflowState> WaitForWorkflowStartAsync(string instanceId, bool getInputsAndOutputs = true, CancellationToken cancellation = default);

    /// <summary>Waits until an instance has ended, over restarts of the sidecar. An unknown id is waited for, until the cancellation.</summary>
    /// <param name="instanceId">The id of the instance.</param>
    /// <param name="getInputsAndOutputs">Whether payloads, custom status and failure are wanted too.</param>
    /// <param name="cancellation">Ends the wait.</param>
    Task<WorkflowState> WaitForWorkflowCompletionAsync(string instanceId, bool getInputsAndOutputs = true, CancellationToken cancellation = default);

    /// <summary>Ends an instance and its children; returns when the instance has ended. Activities that run are not stopped.</summary>
    /// <param name="instanceId">The id of the instance.</param>
    /// <param name="output">The output of the ended instance.</param>
    /// <param name="cancellation">Ends the call.</param>
    Task TerminateWorkflowAsync(string instanceId, object? output = null, CancellationToken cancellation = default);

    /// <summary>Sends an event to an instance. To one that has ended, it is dropped without an error.</summary>
    /// <remarks>Returns when the event is durable, which can take as long as the turn that the worker is running.</remarks>
    /// <param name="instanceId">The id of the instance.</param>
    /// <param name="eventName">The name of the event, without regard to case.</param>
    /// <param name="eventPayload">The payload, or null.</param>
    /// <param name="cancellation">Ends the call.</param>
    Task RaiseEventAsync(string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default);

    /// <summary>Pauses an instance: what arrives is kept, nothing new is done.</summary>
    /// <param name="instanceId">The id of the instance.</param>
    /// <param name="reason">Recorded in the history.</param>
    /// <param name="cancellation">Ends the call.</param>
    Task SuspendWorkflowAsync(string instanceId, string? reason = null, CancellationToken cancellation = default);

    /// <summary>Continues a paused instance.</summary>
    /// <param name="instanceId">The id of the instance.</param>
    /// <param name="reason">Recorded in the history.</param>
    /// <param name="cancellation">Ends the call.</param>
    Task ResumeWorkflowAsync(string instanceId, string? reason = null, CancellationToken cancellation = default);

    /// <summary>Deletes an instance that has ended, and its children.</summary>
    /// <param name="instanceId">The id of the instance.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>Whether something was deleted.</returns>
    /// <exception cref="Grpc.Core.RpcException">The instance does not exist or has not ended.</exception>
    Task<bool> PurgeInstanceAsync(string instanceId, CancellationToken cancellation = default);

    /// <summary>One page of the ids of all instances; needs a state store that can list its keys.</summary>
    /// <param name="continuationToken">The token of the page before; null means the first page.</param>
    /// <param name="pageSize">The most ids of a page; null means the sidecar's default.</param>
    /// <param name="cancellation">Ends the call.</param>
    Task<WorkflowInstancePage> ListInstanceIdsAsync(string? continuationToken = null, int? pageSize = null, CancellationToken cancellation = default);

    /// <summary>The recorded events of an instance.</summary>
    /// <param name="instanceId">The id of the instance.</param>
    /// <param name="cancellation">Ends the call.</param>
    Task<IReadOnlyList<WorkflowHistoryEvent>> GetInstanceHistoryAsync(string instanceId, CancellationToken cancellation = default);

    /// <summary>Runs a finished workflow again from one of its events, as a new instance with the history before it.</summary>
    /// <param name="sourceInstanceId">The id of the finished instance; it stays as it is.</param>
    /// <param name="eventId">The sequence number of an activity, a timer or a child workflow of its history.</param>
    /// <param name="options">The id and the input of the new instance; null means a generated id and the recorded input.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>The id of the new instance.</returns>
    /// <exception cref="ArgumentException">There is a new input, but not the order to use it.</exception>
    /// <exception cref="Grpc.Core.RpcException">The instance does not exist or has not ended, the event is none of its calls, or the new id is in use.</exception>
    Task<string> RerunWorkflowFromEventAsync(string sourceInstanceId, uint eventId, RerunWorkflowFromEventOptions? options = null, CancellationToken cancellation = default);
}
