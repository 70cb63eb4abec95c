using Dapr.TaskHub.Protos;
using DaprLocal.Storage;

namespace DaprLocal.Workflows;

/// <summary>The rules by which an instance id may be used again, and how instances are removed. Runs inside a write.</summary>
internal static class InstanceCreation
{
    /// <summary>Frees the id if a finished instance has it; what stands against it, or null.</summary>
    public static string? MakeRoom(SqliteWriter writer, string id, CommitEffects effects)
    {
        var head = Rows.Head(writer, id);
        if (head is null) return null;
        if (!head.IsTerminal) return WorkflowFault.Active(id).Message;
        var run = new RunIdentity(id, head.ExecutionId);
        if (ActiveDescendant(writer, run) is { } child) return $"cannot recreate workflow with ID '{id}': child workflow '{child}': orchestration has not yet completed";
        Writes.Delete(writer, run, effects);
        return null;
    }

    /// <summary>Removes an instance, its descendants first if <paramref name="recursive"/>; the number removed.</summary>
    /// <exception cref="WorkflowFault">There is no such instance, or one of them is not over and <paramref name="force"/> is not given.</exception>
    public static int Purge(SqliteWriter writer, string id, bool recursive, bool force, CommitEffects effects)
    {
        var head = Rows.Head(writer, id) ?? throw new WorkflowFault(WorkflowFaultKind.NoSuchInstance,
            (recursive ? "failed to fetch workflow state: " : "") + WorkflowFault.NoSuchInstance().Message);
        if (!force && head.Status == OrchestrationStatus.Stalled) throw WorkflowFault.Stalled(id);
        if (!force && !head.IsTerminal) throw WorkflowFault.NotCompleted();
        var run = new RunIdentity(id, head.ExecutionId);
        var count = recursive ? Rows.Children(writer, run).Sum(child => PurgeChild(writer, child, force, effects)) : 0;
        Writes.Delete(writer, run, effects);
        return count + 1;
    }

    private static int PurgeChild(SqliteWriter writer, string id, bool force, CommitEffects effects)
    {
        try
        {
            return Purge(writer, id, recursive: true, force, effects);
        }
        catch (WorkflowFault fault) when (fault.Kind is WorkflowFaultKind.NotCompleted or WorkflowFaultKind.Stalled)
        {
            throw new WorkflowFault(fault.Kind, "failed to purge child workflow: " + fault.Message);
        }
    }

    private static string? ActiveDescendant(SqliteWriter writer, RunIdentity run)
    {
        foreach (var child in Rows.Children(writer, run))
        {
            if (Rows.Head(writer, child) is not { } head) continue;
            if (!head.IsTerminal) return child;
            if (ActiveDescendant(writer, new RunIdentity(child, head.ExecutionId)) is { } deeper) return deeper;
        }

        return null;
    }
}
