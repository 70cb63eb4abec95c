using Dapr.TaskHub.Protos;

namespace DaprLocal.Workflows;

/// <summary>Derives what clients see from a run.</summary>
internal static class Records
{
    /// <summary>The record after a turn.</summary>
    public static InstanceRecord Of(RunState state, string? customStatus)
    {
        var started = state.Started?.ExecutionStarted;
        var completed = state.Completed?.ExecutionCompleted;
        return new InstanceRecord
        {
            Id = state.InstanceId,
            ExecutionId = state.ExecutionId,
            Name = started?.Name ?? "",
            Status = state.Status,
            Created = Ticks(state.Started),
            Updated = Ticks(state.Events.Count > 0 ? state.Events[^1] : null),
            Started = Ticks(state.Events.Count > 0 ? state.Events[0] : null),
            Version = state.Version,
            Input = started?.Input,
            Output = completed?.Result,
            CustomStatus = string.IsNullOrEmpty(customStatus) ? null : customStatus,
            Failure = completed?.FailureDetails,
            Parent = started?.ParentInstance,
            HistoryLength = state.Events.Count,
        };
    }

    /// <summary>The record of a run that has not had its first turn, by its start event.</summary>
    public static InstanceRecord OfStart(HistoryEvent start) => new()
    {
        Id = start.ExecutionStarted.WorkflowInstance.InstanceId,
        ExecutionId = start.ExecutionStarted.WorkflowInstance.ExecutionId,
        Name = start.ExecutionStarted.Name,
        Status = OrchestrationStatus.Pending,
        Created = Ticks(start),
        Updated = Ticks(start),
        Input = start.ExecutionStarted.Input,
        Parent = start.ExecutionStarted.ParentInstance,
    };

    /// <summary>The record of a generation that has not had its first turn.</summary>
    public static InstanceRecord NextGeneration(TurnOutcome outcome) => OfStart(outcome.Events[1]) with
    {
        Status = OrchestrationStatus.Running,
        Started = Ticks(outcome.Events[0]),
        CustomStatus = string.IsNullOrEmpty(outcome.CustomStatus) ? null : outcome.CustomStatus,
    };

    private static long Ticks(HistoryEvent? e) => e?.Timestamp.ToDateTime().Ticks ?? 0;
}
