using Dapr.TaskHub.Protos;
using DaprLocal.Storage;
using Google.Protobuf.WellKnownTypes;

namespace DaprLocal.Workflows;

/// <summary>Moves timers that are due into inboxes, begins scheduled instances and purges expired ones, many in one transaction.</summary>
internal static class TimerFiring
{
    private const int Batch = 500;

    /// <summary>Fires what is due at <paramref name="now"/>; the due time of the next timer, if any.</summary>
    public static (CommitEffects Effects, long? Next) FireDue(SqliteWriter writer, Writes writes, long now)
    {
        var effects = new CommitEffects();
        var at = new DateTimeOffset(now, TimeSpan.Zero);
        foreach (var timer in Due(writer, now))
        {
            Writes.Disarm(writer, timer.Run.ExecutionId, timer.Id);
            if (timer.Id == Retention.Timer)
            {
                Retention.Purge(writer, timer.Run, effects);
                continue;
            }

            if (timer.Id == Writes.ScheduledStart)
            {
                if (Rows.Head(writer, timer.Run.InstanceId)?.ExecutionId != timer.Run.ExecutionId) continue;
                Writes.Release(writer, timer.Run.InstanceId);
            }
            else
            {
                var fired = Events.New(at);
                fired.TimerFired = new TimerFiredEvent { TimerId = timer.Id, FireAt = timer.FireAt };
                if (!writes.Deliver(writer, timer.Run, fired)) continue;
            }

            effects.Ready.Add(timer.Run.InstanceId);
        }

        return (effects, Rows.NextDue(writer));
    }

    private static List<(RunIdentity Run, int Id, Timestamp? FireAt)> Due(SqliteWriter writer, long now)
    {
        var timers = new List<(RunIdentity, int, Timestamp?)>();
        using var row = writer.Command("SELECT instance_id, execution_id, timer_id, fire_at FROM timers WHERE due <= $1 ORDER BY due LIMIT $2", now, Batch).ExecuteReader();
        while (row.Read())
        {
            var fireAt = row.IsDBNull(3) ? null : Timestamp.Parser.ParseFrom(Rows.Blob(row, 3));
            timers.Add((new RunIdentity(row.GetString(0), row.GetString(1)), row.GetInt32(2), fireAt));
        }

        return timers;
    }
}
