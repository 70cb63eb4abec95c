using Dapr.TaskHub.Protos;
using DaprLocal.Storage;
using Google.Protobuf;

namespace DaprLocal.Workflows;

/// <summary>
/// Writing statements. They run on the one writer, inside its transaction, so reading and deciding here is free of races.
/// Owns the order of the inbox: sequence numbers come from memory and are never given twice.
/// </summary>
internal sealed class Writes(long lastSequence)
{
    /// <summary>Id of the timer that begins a scheduled instance; negative, as no action of a workflow is.</summary>
    public const int ScheduledStart = -1;

    private static readonly long Never = new DateTime(9999, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;
    private long _sequence = lastSequence;

    /// <summary>Puts an event into the inbox; false if it is the second resolution of the same work.</summary>
    public bool AddToInbox(SqliteWriter writer, RunIdentity run, HistoryEvent e, bool first = false)
    {
        var work = Resolution.ResolvedBy(e);
        return writer.Command(
            "INSERT OR IGNORE INTO inbox (seq, instance_id, execution_id, rank, kind, work_id, event) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            ++_sequence, run.InstanceId, run.ExecutionId, first ? 0 : 1, (int?)work?.Kind, work?.Id, e.ToByteArray()).ExecuteNonQuery() > 0;
    }

    /// <summary>Puts an event into the inbox of an instance if that run is current and not over; a held instance is released by it.</summary>
    public bool Deliver(SqliteWriter writer, RunIdentity run, HistoryEvent e)
    {
        var head = Rows.Head(writer, run.InstanceId);
        if (head is null || head.IsTerminal || head.ExecutionId != run.ExecutionId) return false;
        if (head.Held) Release(writer, run.InstanceId);
        return AddToInbox(writer, run, e);
    }

    /// <summary>Lets a scheduled instance begin.</summary>
    public static void Release(SqliteWriter writer, string instanceId) =>
        writer.Command("UPDATE instances SET held = 0 WHERE id = $1", instanceId).ExecuteNonQuery();

    /// <summary>Creates an instance with its start event; the id must be free. A start time makes it wait.</summary>
    public void Insert(SqliteWriter writer, HistoryEvent start, long? startAt)
    {
        var record = Records.OfStart(start) with { Held = startAt is not null };
        writer.Command(
            """
            INSERT INTO instances (id, execution_id, name, status, created, updated, input, parent, parent_id, parent_execution_id, history_length, held)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11)
            """,
            record.Id, record.ExecutionId, record.Name, (int)record.Status, record.Created, record.Updated, record.Input, record.Parent?.ToByteArray(),
            record.Parent?.WorkflowInstance.InstanceId, record.Parent?.WorkflowInstance.ExecutionId, record.Held).ExecuteNonQuery();
        var run = new RunIdentity(record.Id, record.ExecutionId);
        AddToInbox(writer, run, start, first: true);
        if (startAt is { } due) Arm(writer, run, ScheduledStart, due);
    }

    /// <summary>Writes what a turn can change.</summary>
    public static void Update(SqliteWriter writer, InstanceRecord record) => writer.Command(
        """
        UPDATE instances SET status = $2, updated = $3, started = $4, version = $5, output = $6, custom_status = $7, failure = $8, history_length = $9, held = 0
        WHERE id = $1
        """,
        record.Id, (int)record.Status, record.Updated, record.Started, record.Version, record.Output, record.CustomStatus, record.Failure?.ToByteArray(), record.HistoryLength).ExecuteNonQuery();

    /// <summary>Marks an instance as stalled; what the last good turn said stays.</summary>
    public static void Stall(SqliteWriter writer, InstanceRecord record) => writer.Command(
        "UPDATE instances SET status = $2, updated = $3, started = $4, history_length = $5, held = 0 WHERE id = $1",
        record.Id, (int)record.Status, record.Updated, record.Started, record.HistoryLength).ExecuteNonQuery();

    /// <summary>Replaces the run of an instance by a new generation.</summary>
    public static void Renew(SqliteWriter writer, InstanceRecord record) => writer.Command(
        """
        UPDATE instances SET execution_id = $2, status = $3, created = $4, updated = $5, started = $6, input = $7, custom_status = $8, version = NULL, history_length = 0, held = 0
        WHERE id = $1
        """,
        record.Id, record.ExecutionId, (int)record.Status, record.Created, record.Updated, record.Started, record.Input, record.CustomStatus).ExecuteNonQuery();

    /// <summary>Appends events to a history.</summary>
    public static void Append(SqliteWriter writer, string executionId, int position, IReadOnlyList<HistoryEvent> events)
    {
        if (events.Count == 0) return;
        writer.Command("INSERT INTO history (execution_id, position, events) VALUES ($1, $2, $3)",
            executionId, position, new GetInstanceHistoryResponse { Events = { events } }.ToByteArray()).ExecuteNonQuery();
    }

    /// <summary>Makes an activity pending.</summary>
    public static void AddActivity(SqliteWriter writer, ActivityWork work) => writer.Command(
        "INSERT INTO activities (execution_id, task_id, instance_id, event) VALUES ($1, $2, $3, $4)",
        work.Run.ExecutionId, work.TaskId, work.Run.InstanceId, work.Scheduled.ToByteArray()).ExecuteNonQuery();

    /// <summary>Takes the activity off the list; the event that scheduled it, or null if it has a result already.</summary>
    public static ActivityWork? TakeActivity(SqliteWriter writer, string executionId, int taskId)
    {
        using var row = writer.Command("DELETE FROM activities WHERE execution_id = $1 AND task_id = $2 RETURNING instance_id, event", executionId, taskId).ExecuteReader();
        return row.Read() ? new ActivityWork(new RunIdentity(row.GetString(0), executionId), HistoryEvent.Parser.ParseFrom(Rows.Blob(row, 1))) : null;
    }

    /// <summary>Arms a timer and returns its due time. A timer of the year 9999 stands for "never" and is not stored.</summary>
    public static long? Arm(SqliteWriter writer, RunIdentity run, HistoryEvent created)
    {
        var fireAt = created.TimerCreated.FireAt;
        var due = fireAt?.ToDateTime().Ticks ?? 0;
        if (due >= Never) return null;
        ArmRow(writer, run, created.EventId, due, fireAt?.ToByteArray());
        return due;
    }

    /// <summary>Arms a timer of the engine itself and returns its due time.</summary>
    public static long Arm(SqliteWriter writer, RunIdentity run, int timerId, long due)
    {
        ArmRow(writer, run, timerId, due, null);
        return due;
    }

    private static void ArmRow(SqliteWriter writer, RunIdentity run, int timerId, long due, byte[]? fireAt) => writer.Command(
        "INSERT INTO timers (execution_id, timer_id, instance_id, due, fire_at) VALUES ($1, $2, $3, $4, $5)",
        run.ExecutionId, timerId, run.InstanceId, due, fireAt).ExecuteNonQuery();

    /// <summary>Disarms one timer.</summary>
    public static void Disarm(SqliteWriter writer, string executionId, int timerId) =>
        writer.Command("DELETE FROM timers WHERE execution_id = $1 AND timer_id = $2", executionId, timerId).ExecuteNonQuery();

    /// <summary>Disarms all timers of a run.</summary>
    public static void Disarm(SqliteWriter writer, string executionId) =>
        writer.Command("DELETE FROM timers WHERE execution_id = $1", executionId).ExecuteNonQuery();

    /// <summary>Removes an inbox row by its number.</summary>
    public static void Consume(SqliteWriter writer, long sequence) =>
        writer.Command("DELETE FROM inbox WHERE seq = $1", sequence).ExecuteNonQuery();

    /// <summary>Removes an instance and everything of its run.</summary>
    public static void Delete(SqliteWriter writer, RunIdentity run, CommitEffects effects)
    {
        effects.Removed.Add(run);
        writer.Command("DELETE FROM instances WHERE id = $1", run.InstanceId).ExecuteNonQuery();
        writer.Command("DELETE FROM history WHERE execution_id = $1", run.ExecutionId).ExecuteNonQuery();
        writer.Command("DELETE FROM inbox WHERE instance_id = $1", run.InstanceId).ExecuteNonQuery();
        using (var row = writer.Command("DELETE FROM activities WHERE execution_id = $1 RETURNING task_id", run.ExecutionId).ExecuteReader())
        {
            while (row.Read()) effects.RemovedActivities.Add(new ActivityKey(run.ExecutionId, row.GetInt32(0)));
        }

        Disarm(writer, run.ExecutionId);
    }
}
