using Dapr.TaskHub.Protos;
using static Dapr.TaskHub.Protos.HistoryEvent;

namespace Dapr.Workflow.Client;

/// <summary>The public kind of a recorded event.</summary>
internal static class HistoryEventTypes
{
    public static WorkflowHistoryEventType Of(HistoryEvent recorded) => recorded.EventTypeCase switch
    {
        EventTypeOneofCase.ExecutionStarted => WorkflowHistoryEventType.ExecutionStarted,
        EventTypeOneofCase.ExecutionCompleted => WorkflowHistoryEventType.ExecutionCompleted,
        EventTypeOneofCase.ExecutionTerminated => WorkflowHistoryEventType.ExecutionTerminated,
        EventTypeOneofCase.TaskScheduled => WorkflowHistoryEventType.TaskScheduled,
        EventTypeOneofCase.TaskCompleted => WorkflowHistoryEventType.TaskCompleted,
        EventTypeOneofCase.TaskFailed => WorkflowHistoryEventType.TaskFailed,
        EventTypeOneofCase.ChildWorkflowInstanceCreated => WorkflowHistoryEventType.SubOrchestrationInstanceCreated,
        EventTypeOneofCase.ChildWorkflowInstanceCompleted => WorkflowHistoryEventType.SubOrchestrationInstanceCompleted,
        EventTypeOneofCase.ChildWorkflowInstanceFailed => WorkflowHistoryEventType.SubOrchestrationInstanceFailed,
        EventTypeOneofCase.TimerCreated => WorkflowHistoryEventType.TimerCreated,
        EventTypeOneofCase.TimerFired => WorkflowHistoryEventType.TimerFired,
        EventTypeOneofCase.WorkflowStarted => WorkflowHistoryEventType.OrchestratorStarted,
        EventTypeOneofCase.WorkflowCompleted => WorkflowHistoryEventType.OrchestratorCompleted,
        EventTypeOneofCase.EventSent => WorkflowHistoryEventType.EventSent,
        EventTypeOneofCase.EventRaised => WorkflowHistoryEventType.EventRaised,
        EventTypeOneofCase.ContinueAsNew => WorkflowHistoryEventType.ContinueAsNew,
        EventTypeOneofCase.ExecutionSuspended => WorkflowHistoryEventType.ExecutionSuspended,
        EventTypeOneofCase.ExecutionResumed => WorkflowHistoryEventType.ExecutionResumed,
        EventTypeOneofCase.ExecutionStalled => WorkflowHistoryEventType.ExecutionStalled,
        _ => WorkflowHistoryEventType.Unknown,
    };
}
