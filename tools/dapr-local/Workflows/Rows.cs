using Dapr.TaskHub.Protos;
using DaprLocal.Storage;
using Microsoft.Data.Sqlite;

namespace DaprLocal.Workflows;

/// <summary>Reading statements; they run on a pooled reader as well as inside a write.</summary>
internal static class Rows
{
    private const string InstanceColumns = "id, execution_id, name, status, created, updated, started, version, input, output, custom_status, failure, parent, history_length, held";

    /// <summary>The instance, or null.</summary>
    public static InstanceRecord? Instance(SqliteReader reader, string id)
    {
        using var row = reader.Command("SELECT " + InstanceColumns + " FROM instances WHERE id = $1", id).ExecuteReader();
        if (!row.Read()) return null;
        return new InstanceRecord
        {
            Id = row.GetString(0),
            ExecutionId = row.GetString(1),
            Name = row.GetString(2),
            Status = (OrchestrationStatus)row.GetInt32(3),
            Created = row.GetInt64(4),
            Updated = row.GetInt64(5),
            Started = row.IsDBNull(6) ? null : row.GetInt64(6),
            Version = Text(row, 7),
            Input = Text(row, 8),
            Output = Text(row, 9),
            CustomStatus = Text(row, 10),
            Failure = row.IsDBNull(11) ? null : TaskFailureDetails.Parser.ParseFrom(Blob(row, 11)),
            Parent = row.IsDBNull(12) ? null : ParentInstanceInfo.Parser.ParseFrom(Blob(row, 12)),
            HistoryLength = row.GetInt32(13),
            Held = row.GetBoolean(14),
        };
    }

    /// <summary>What deciding about an instance needs, or null if there is none.</summary>
    public static InstanceHead? Head(SqliteReader reader, string id)
    {
        using var row = reader.Command("SELECT execution_id, status, history_length, held FROM instances WHERE id = $1", id).ExecuteReader();
        return row.Read() ? new InstanceHead(row.GetString(0), (OrchestrationStatus)row.GetInt32(1), row.GetInt32(2), row.GetBoolean(3)) : null;
    }

    /// <summary>The committed history of a run.</summary>
    public static List<HistoryEvent> History(SqliteReader reader, string executionId)
    {
        var events = new List<HistoryEvent>();
        using var row = reader.Command("SELECT events FROM history WHERE execution_id = $1 ORDER BY position", executionId).ExecuteReader();
        while (row.Read()) events.AddRange(GetInstanceHistoryResponse.Parser.ParseFrom(Blob(row, 0)).Events);
        return events;
    }

    /// <summary>The next events for the instance, at most <paramref name="limit"/>, in the order in which a turn takes them.</summary>
    public static List<InboxRow> Inbox(SqliteReader reader, string instanceId, int limit)
    {
        var rows = new List<InboxRow>();
        using var row = reader.Command("SELECT seq, execution_id, rank, event FROM inbox WHERE instance_id = $1 ORDER BY rank, seq LIMIT $2", instanceId, limit).ExecuteReader();
        while (row.Read()) rows.Add(new InboxRow(row.GetInt64(0), row.GetString(1), row.GetInt32(2) == 0, HistoryEvent.Parser.ParseFrom(Blob(row, 3))));
        return rows;
    }

    /// <summary>Ids of instances that have something to do.</summary>
    public static List<string> Ready(SqliteReader reader) => Strings(reader.Command(
        "SELECT DISTINCT x.instance_id FROM inbox x JOIN instances i ON i.id = x.instance_id WHERE i.held = 0 AND i.status <> 8 ORDER BY x.instance_id"));

    /// <summary>Ids of stalled instances.</summary>
    public static List<string> Stalled(SqliteReader reader) => Strings(reader.Command("SELECT id FROM instances WHERE status = 8"));

    /// <summary>Activities that have no result.</summary>
    public static List<ActivityWork> Activities(SqliteReader reader)
    {
        var work = new List<ActivityWork>();
        using var row = reader.Command("SELECT instance_id, execution_id, event FROM activities ORDER BY execution_id, task_id").ExecuteReader();
        while (row.Read()) work.Add(new ActivityWork(new RunIdentity(row.GetString(0), row.GetString(1)), HistoryEvent.Parser.ParseFrom(Blob(row, 2))));
        return work;
    }

    /// <summary>Children that the run created and that still belong to it.</summary>
    public static List<string> Children(SqliteReader reader, RunIdentity parent) => Strings(reader.Command(
        "SELECT id FROM instances WHERE parent_execution_id = $1 AND parent_id = $2 ORDER BY key", parent.ExecutionId, parent.InstanceId));

    /// <summary>The earliest due time of any timer, or null.</summary>
    public static long? NextDue(SqliteReader reader) => reader.Command("SELECT MIN(due) FROM timers").ExecuteScalar() as long?;

    /// <summary>One page of instance ids in order of creation, with the token of the next page.</summary>
    public static (List<string> Ids, long? Next) List(SqliteReader reader, long after, int limit)
    {
        var ids = new List<string>();
        long last = 0;
        using var row = reader.Command("SELECT key, id FROM instances WHERE key > $1 ORDER BY key LIMIT $2", after, limit + 1).ExecuteReader();
        while (row.Read())
        {
            if (ids.Count == limit) return (ids, last);
            last = row.GetInt64(0);
            ids.Add(row.GetString(1));
        }

        return (ids, null);
    }

    internal static byte[] Blob(SqliteDataReader row, int column) => row.GetFieldValue<byte[]>(column);

    private static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static List<string> Strings(SqliteCommand command)
    {
        var values = new List<string>();
        using var row = command.ExecuteReader();
        while (row.Read()) values.Add(row.GetString(0));
        return values;
    }
}

/// <summary>The few columns that most decisions need.</summary>
internal sealed record InstanceHead(string ExecutionId, OrchestrationStatus Status, int HistoryLength, bool Held)
{
    /// <summary>Whether the run is over.</summary>
    public bool IsTerminal => Status.IsTerminal();
}

/// <summary>One activity to run: the event that scheduled it is also its request.</summary>
internal sealed record ActivityWork(RunIdentity Run, HistoryEvent Scheduled)
{
    /// <summary>The action id of the activity.</summary>
    public int TaskId => Scheduled.EventId;
}
