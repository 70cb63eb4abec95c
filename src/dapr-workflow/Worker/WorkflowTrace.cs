using System.Diagnostics;
using Dapr.TaskHub.Protos;

namespace Dapr.Workflow.Worker;

/// <summary>Continues the traces of the sidecar.</summary>
internal static class WorkflowTrace
{
    /// <summary>The source of activity spans; its name is what applications listen to.</summary>
    private static readonly ActivitySource Source = new("Dapr.Workflow");

    /// <summary>Makes the trace of the workflow ambient for its code. No span of its own: the sidecar has the one that spans all turns.</summary>
    public static Activity? EnterWorkflow(ExecutionStartedEvent started)
    {
        if (started.ParentTraceContext is not { TraceParent.Length: > 0 } parent) return null;
        var activity = new Activity("workflow");
        activity.SetParentId(parent.TraceParent);
        activity.TraceStateString = parent.TraceState;
        return activity.Start();
    }

    /// <summary>Starts the span of an activity, under the span of the sidecar; null when nobody listens.</summary>
    public static Activity? StartActivity(ActivityRequest request)
    {
        if (!Source.HasListeners()) return null;
        ActivityContext parent = default;
        if (request.ParentTraceContext is { } trace) ActivityContext.TryParse(trace.TraceParent, trace.TraceState, isRemote: true, out parent);
        var span = Source.StartActivity($"WorkflowActivity {request.Name}", ActivityKind.Internal, parent);
        span?.SetTag("durabletask.type", "activity");
        span?.SetTag("durabletask.task.name", request.Name);
        span?.SetTag("durabletask.task.instance_id", request.WorkflowInstance?.InstanceId);
        span?.SetTag("durabletask.task.task_id", request.TaskId);
        return span;
    }
}
