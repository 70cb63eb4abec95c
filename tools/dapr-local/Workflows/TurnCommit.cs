using Dapr.TaskHub.Protos;
using DaprLocal.Storage;

namespace DaprLocal.Workflows;

/// <summary>What a committed write means for the rest of the engine.</summary>
internal sealed class CommitEffects
{
    /// <summary>Instances that have something to do now.</summary>
    public List<string> Ready { get; } = [];

    /// <summary>Activities to hand out.</summary>
    public List<ActivityWork> Activities { get; } = [];

    /// <summary>Earliest timer that was armed.</summary>
    public long? Due { get; set; }

    /// <summary>Runs that are gone.</summary>
    public List<RunIdentity> Removed { get; } = [];

    /// <summary>Activities that are not to be run any more.</summary>
    public List<ActivityKey> RemovedActivities { get; } = [];

    /// <summary>Notes a due time.</summary>
    public void NoteDue(long? due)
    {
        if (due < (Due ?? long.MaxValue)) Due = due;
    }
}

/// <summary>
/// One turn as one transaction: history, inbox, instance row, activities, timers, children and the messages to parent and
/// children change together or not at all. Nothing is written if the run is not where the turn began. A run that ends with
/// the turn is purged at <paramref name="purgeAt"/> (UTC ticks), or kept when that is null.
/// </summary>
internal sealed class TurnCommit(Writes writes, RunIdentity run, int historyLength, IReadOnlyList<long> consumed, TurnOutcome outcome, InstanceRecord record, long? purgeAt, DateTimeOffset now)
{
    /// <summary>Runs on the writer; null if the turn is out of date.</summary>
    public CommitEffects? Execute(SqliteWriter writer)
    {
        var head = Rows.Head(writer, run.InstanceId);
        if (head is null || head.ExecutionId != run.ExecutionId || head.HistoryLength != historyLength) return null;
        var effects = new CommitEffects();
        if (outcome.Verdict != TurnVerdict.Stall)
        {
            foreach (var sequence in consumed) Writes.Consume(writer, sequence);
        }

        if (outcome.Verdict == TurnVerdict.ContinueAsNew)
        {
            Continue(writer);
            effects.Ready.Add(run.InstanceId);
            return effects;
        }

        Writes.Append(writer, run.ExecutionId, historyLength, outcome.Events);
        if (outcome.Verdict == TurnVerdict.Stall)
        {
            Writes.Stall(writer, record);
            return effects;
        }

        Writes.Update(writer, record);
        foreach (var scheduled in outcome.Activities)
        {
            var work = new ActivityWork(run, scheduled);
            Writes.AddActivity(writer, work);
            effects.Activities.Add(work);
        }

        foreach (var timer in outcome.Timers) effects.NoteDue(Writes.Arm(writer, run, timer));
        foreach (var timerId in outcome.CancelledTimers) Writes.Disarm(writer, run.ExecutionId, timerId);
        foreach (var child in outcome.Children) Create(writer, child, effects);
        if (record.IsTerminal) End(writer, effects);
        return effects;
    }

    private void Continue(SqliteWriter writer)
    {
        var next = run with { ExecutionId = outcome.NextExecutionId! };
        writer.Command("DELETE FROM history WHERE execution_id = $1", run.ExecutionId).ExecuteNonQuery();
        Writes.Disarm(writer, run.ExecutionId);
        // Events from outside reach the next generation; results of the old generation's work do not.
        writer.Command("DELETE FROM inbox WHERE instance_id = $1 AND kind IS NOT NULL", run.InstanceId).ExecuteNonQuery();
        writer.Command("UPDATE inbox SET execution_id = $2 WHERE instance_id = $1", run.InstanceId, next.ExecutionId).ExecuteNonQuery();
        foreach (var e in outcome.Events) writes.AddToInbox(writer, next, e, first: true);
        Writes.Renew(writer, record);
    }

    private void Create(SqliteWriter writer, HistoryEvent start, CommitEffects effects)
    {
        var id = start.ExecutionStarted.WorkflowInstance.InstanceId;
        var problem = id == run.InstanceId ? WorkflowFault.Active(id).Message : InstanceCreation.MakeRoom(writer, id, effects);
        if (problem is null)
        {
            writes.Insert(writer, start, startAt: null);
            effects.Ready.Add(id);
            return;
        }

        var failed = Events.ChildFailed(now, start.ExecutionStarted.ParentInstance.TaskScheduledId, Events.Failure("WorkflowInstanceAlreadyExists", problem));
        if (!record.IsTerminal && writes.AddToInbox(writer, run, failed)) effects.Ready.Add(run.InstanceId);
    }

    private void End(SqliteWriter writer, CommitEffects effects)
    {
        Writes.Disarm(writer, run.ExecutionId);
        if (purgeAt is { } due) effects.NoteDue(Writes.Arm(writer, run, Retention.Timer, due));
        writer.Command("DELETE FROM inbox WHERE instance_id = $1", run.InstanceId).ExecuteNonQuery();
        if (outcome.ToParent is { } message && record.Parent?.WorkflowInstance is { } parent)
        {
            if (writes.Deliver(writer, new RunIdentity(parent.InstanceId, parent.ExecutionId), message)) effects.Ready.Add(parent.InstanceId);
        }

        if (outcome.ToChildren is not { } terminate) return;
        foreach (var child in Rows.Children(writer, run))
        {
            if (Rows.Head(writer, child) is { } head && writes.Deliver(writer, new RunIdentity(child, head.ExecutionId), terminate)) effects.Ready.Add(child);
        }
    }
}
