using Dapr.Common.Serialization;
using Dapr.Workflow.Worker.Replay;
using Google.Protobuf.WellKnownTypes;
using Protos = Dapr.TaskHub.Protos;

namespace Dapr.Workflow;

/// <summary>The state of a workflow instance at one moment.</summary>
public sealed class WorkflowState
{
    private readonly Protos.WorkflowState? _state;
    private readonly IDaprSerializer _serializer;

    internal WorkflowState(Protos.WorkflowState? state, IDaprSerializer serializer) => (_state, _serializer) = (state, serializer);

    /// <summary>Whether the instance exists.</summary>
    public bool Exists => _state is not null;

    /// <summary>The name of the workflow; empty before its first turn.</summary>
    public string? WorkflowName => _state?.Name;

    /// <summary>Whether the status is <see cref="WorkflowRuntimeStatus.Running"/>.</summary>
    public bool IsWorkflowRunning => RuntimeStatus == WorkflowRuntimeStatus.Running;

    /// <summary>Whether the instance has completed, failed or was terminated.</summary>
    public bool IsWorkflowCompleted => RuntimeStatus is WorkflowRuntimeStatus.Completed or WorkflowRuntimeStatus.Failed or WorkflowRuntimeStatus.Terminated;

    /// <summary>When the instance was created.</summary>
    public DateTimeOffset CreatedAt => ToTime(_state?.CreatedTimestamp);

    /// <summary>When the last event was recorded.</summary>
    public DateTimeOffset LastUpdatedAt => ToTime(_state?.LastUpdatedTimestamp);

    /// <summary>The status; <see cref="WorkflowRuntimeStatus.Unknown"/> when the instance does not exist.</summary>
    public WorkflowRuntimeStatus RuntimeStatus =>
        _state is { WorkflowStatus: >= Protos.OrchestrationStatus.Running and <= Protos.OrchestrationStatus.Stalled } known
            ? (WorkflowRuntimeStatus)known.WorkflowStatus
            : WorkflowRuntimeStatus.Unknown;

    /// <summary>Why the instance failed; null when it did not, or payloads were not asked for.</summary>
    public WorkflowTaskFailureDetails? FailureDetails => _state?.FailureDetails is { } failure ? TaskFailures.ToDetails(failure) : null;

    /// <summary>The input; default when there is none, or payloads were not asked for.</summary>
    /// <typeparam name="T">The type of the input.</typeparam>
    public T? ReadInputAs<T>() => Read<T>(_state?.Input);

    /// <summary>The result; default when there is none, or payloads were not asked for.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    public T? ReadOutputAs<T>() => Read<T>(_state?.Output);

    /// <summary>The custom status; default when there is none, or payloads were not asked for.</summary>
    /// <typeparam name="T">The type of the custom status.</typeparam>
    public T? ReadCustomStatusAs<T>() => Read<T>(_state?.CustomStatus);

    private static DateTimeOffset ToTime(Timestamp? time) => time is null ? default : time.ToDateTimeOffset();

    private T? Read<T>(string? payload) => string.IsNullOrEmpty(payload) ? default : _serializer.Deserialize<T>(payload);
}
