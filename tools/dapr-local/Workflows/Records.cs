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

    /// <summary>The record of a generation that has not had its first turn.</summary>
    public static InstanceRecord NextGeneration(TurnOutcome outcome, string instanceId)
    {
        var start = outcome.Events[1];
        return new InstanceRecord
        {
            Id = instanceId,
            ExecutionId = outcome.NextExecutionId!,
            Name = start.ExecutionStarted.Name,
            Status = OrchestrationStatus.Running,
            Created = Ticks(start),
            Updated = Ticks(start),
            Started = Ticks(outcome.Events[0]),
            Input = start.ExecutionStarted.Input,
            CustomStatus = string.IsNullOrEmpty(outcome.CustomStatus) ? null : outcome.CustomStatus,
            Parent = start.ExecutionStarted.ParentInstance,
        };
    }

    private static long Ticks(HistoryEvent? e) => e?.Timestamp.ToDateTime().Ticks ?? 0;
}
