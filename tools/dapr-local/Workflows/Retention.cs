using Dapr.TaskHub.Protos;
using DaprLocal.Config;
using DaprLocal.Storage;

namespace DaprLocal.Workflows;

/// <summary>
/// The end of instances that are over: each has a timer from the transaction that ended it, so the policy of that moment
/// counts, a restart changes nothing, and instances that ended without a policy stay, as with daprd. Every run goes on its own:
/// a parent has had the result of its child since the child's last commit, and a purge passes over children that are gone.
/// </summary>
internal static class Retention
{
    /// <summary>Id of the timer that purges an instance; negative, as no action of a workflow is.</summary>
    public const int Timer = -2;

    /// <summary>When the instance is to be purged (UTC ticks); null while it is not over, and for ever.</summary>
    public static long? DueOf(WorkflowRetention policy, InstanceRecord record)
    {
        if (!record.IsTerminal) return null;
        var keep = record.Status switch
        {
            OrchestrationStatus.Completed => policy.Completed,
            OrchestrationStatus.Failed => policy.Failed,
            OrchestrationStatus.Terminated => policy.Terminated,
            _ => null,
        };
        return record.Updated + (keep ?? policy.AnyTerminal)?.Ticks;
    }

    /// <summary>Removes the run, if the instance still is that run and over.</summary>
    public static void Purge(SqliteWriter writer, RunIdentity run, CommitEffects effects)
    {
        if (Rows.Head(writer, run.InstanceId) is { IsTerminal: true } head && head.ExecutionId == run.ExecutionId) Writes.Delete(writer, run, effects);
    }
}
