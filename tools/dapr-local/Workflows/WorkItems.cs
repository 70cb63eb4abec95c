using System.Globalization;
using Dapr.TaskHub.Protos;

namespace DaprLocal.Workflows;

/// <summary>Builds what a worker gets.</summary>
internal static class WorkItems
{
    /// <summary>The item of a turn.</summary>
    public static WorkItem ForTurn(TurnInFlight turn) => new()
    {
        WorkflowRequest = new WorkflowRequest
        {
            InstanceId = turn.State.InstanceId,
            PastEvents = { turn.State.Events },
            NewEvents = { turn.Plan.NewEvents },
        },
        CompletionToken = turn.Token,
    };

    /// <summary>The item of an activity.</summary>
    public static WorkItem ForActivity(ActivityWork work)
    {
        var task = work.Scheduled.TaskScheduled;
        return new WorkItem
        {
            ActivityRequest = new ActivityRequest
            {
                Name = task.Name,
                Version = task.Version,
                Input = task.Input,
                WorkflowInstance = new WorkflowInstance { InstanceId = work.Run.InstanceId },
                TaskId = work.TaskId,
                ParentTraceContext = task.ParentTraceContext,
                TaskExecutionId = task.TaskExecutionId,
            },
            CompletionToken = string.Create(CultureInfo.InvariantCulture, $"{work.Run.ExecutionId}:{work.TaskId}"),
        };
    }

    /// <summary>Reads an activity's token; it stays valid over reconnects and restarts, because it names the scheduled task and not the dispatch.</summary>
    public static ActivityKey? ParseActivityToken(string token)
    {
        var colon = token.LastIndexOf(':');
        return colon > 0 && int.TryParse(token.AsSpan(colon + 1), CultureInfo.InvariantCulture, out var taskId) ? new ActivityKey(token[..colon], taskId) : null;
    }
}
