using Dapr.Common.Serialization;
using Dapr.TaskHub.Protos;
using Google.Protobuf.WellKnownTypes;

namespace Dapr.Workflow.Worker.Replay;

/// <summary>Builds the actions that a turn returns.</summary>
internal static class ActionFactory
{
    public static WorkflowAction Activity(int id, string name, string input, string executionKey, WorkflowTaskOptions? options, string? ownAppId)
    {
        var task = new ScheduleTaskAction { Name = name, Input = input, TaskExecutionId = executionKey };
        if (Scope(options) is { } scope) task.HistoryPropagationScope = scope;
        return Route(new WorkflowAction { Id = id, ScheduleTask = task }, options, ownAppId);
    }

    public static WorkflowAction Child(int id, string name, string instanceId, string input, WorkflowTaskOptions? options, string? ownAppId)
    {
        var child = new CreateChildWorkflowAction { Name = name, InstanceId = instanceId, Input = input };
        if (Scope(options) is { } scope) child.HistoryPropagationScope = scope;
        return Route(new WorkflowAction { Id = id, CreateChildWorkflow = child }, options, ownAppId);
    }

    public static WorkflowAction Timer(int id, DateTime fireAt) =>
        new() { Id = id, CreateTimer = new CreateTimerAction { FireAt = Timestamp.FromDateTime(fireAt), CreateTimer = new TimerOriginCreateTimer() } };

    public static WorkflowAction EventTimeout(int id, DateTime fireAt, string eventName) => new()
    {
        Id = id,
        CreateTimer = new CreateTimerAction
        {
            FireAt = Timestamp.FromDateTime(fireAt),
            Name = eventName,
            ExternalEvent = new TimerOriginExternalEvent { Name = eventName },
        },
    };

    public static WorkflowAction ActivityRetry(int id, DateTime fireAt, string executionKey) => new()
    {
        Id = id,
        CreateTimer = new CreateTimerAction { FireAt = Timestamp.FromDateTime(fireAt), ActivityRetry = new TimerOriginActivityRetry { TaskExecutionId = executionKey } },
    };

    public static WorkflowAction ChildRetry(int id, DateTime fireAt, string firstInstanceId) => new()
    {
        Id = id,
        CreateTimer = new CreateTimerAction { FireAt = Timestamp.FromDateTime(fireAt), ChildWorkflowRetry = new TimerOriginChildWorkflowRetry { InstanceId = firstInstanceId } },
    };

    public static WorkflowAction Complete(int id, OrchestrationStatus status, string? result) =>
        new() { Id = id, CompleteWorkflow = new CompleteWorkflowAction { WorkflowStatus = status, Result = result } };

    public static WorkflowAction Fail(int id, TaskFailureDetails failure) =>
        new() { Id = id, CompleteWorkflow = new CompleteWorkflowAction { WorkflowStatus = OrchestrationStatus.Failed, FailureDetails = failure } };

    /// <summary>The wire form of a value: its runtime type counts, and null is the empty string.</summary>
    public static string Payload(this IDaprSerializer serializer, object? value) => value is null ? "" : serializer.Serialize(value, value.GetType());

    private static TaskHub.Protos.HistoryPropagationScope? Scope(WorkflowTaskOptions? options) =>
        options is null or { PropagationScope: HistoryPropagationScope.None } ? null : (TaskHub.Protos.HistoryPropagationScope)options.PropagationScope;

    private static WorkflowAction Route(WorkflowAction action, WorkflowTaskOptions? options, string? ownAppId)
    {
        if (!string.IsNullOrEmpty(options?.TargetAppId)) action.Router = new TaskRouter { SourceAppID = ownAppId ?? "", TargetAppID = options.TargetAppId };
        return action;
    }
}
