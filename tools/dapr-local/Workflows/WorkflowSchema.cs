namespace DaprLocal.Workflows;

/// <summary>
/// The tables of one app's workflows. Everything of a run hangs on its execution id, so what belongs to an older run of the
/// same instance can never be taken for the current one. Times are UTC ticks, events are protobuf blobs.
/// </summary>
internal static class WorkflowSchema
{
    /// <summary>Repeatable: creates what is missing.</summary>
    public const string Sql = """
        CREATE TABLE IF NOT EXISTS instances (
            key INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            execution_id TEXT NOT NULL,
            name TEXT NOT NULL,
            status INTEGER NOT NULL,
            created INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            started INTEGER,
            version TEXT,
            input TEXT,
            output TEXT,
            custom_status TEXT,
            failure BLOB,
            parent BLOB,
            parent_id TEXT,
            parent_execution_id TEXT,
            history_length INTEGER NOT NULL,
            held INTEGER NOT NULL);
        CREATE INDEX IF NOT EXISTS instances_parent ON instances (parent_execution_id) WHERE parent_execution_id IS NOT NULL;
        CREATE INDEX IF NOT EXISTS instances_stalled ON instances (id) WHERE status = 8;
        CREATE TABLE IF NOT EXISTS history (
            execution_id TEXT NOT NULL,
            position INTEGER NOT NULL,
            events BLOB NOT NULL,
            PRIMARY KEY (execution_id, position)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS inbox (
            seq INTEGER PRIMARY KEY,
            instance_id TEXT NOT NULL,
            execution_id TEXT NOT NULL,
            rank INTEGER NOT NULL,
            kind INTEGER,
            work_id INTEGER,
            event BLOB NOT NULL);
        CREATE INDEX IF NOT EXISTS inbox_order ON inbox (instance_id, rank, seq);
        CREATE UNIQUE INDEX IF NOT EXISTS inbox_once ON inbox (execution_id, kind, work_id) WHERE kind IS NOT NULL;
        CREATE TABLE IF NOT EXISTS activities (
            execution_id TEXT NOT NULL,
            task_id INTEGER NOT NULL,
            instance_id TEXT NOT NULL,
            event BLOB NOT NULL,
            PRIMARY KEY (execution_id, task_id)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS timers (
            execution_id TEXT NOT NULL,
            timer_id INTEGER NOT NULL,
            instance_id TEXT NOT NULL,
            due INTEGER NOT NULL,
            fire_at BLOB,
            PRIMARY KEY (execution_id, timer_id)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS timers_due ON timers (due);
        """;
}
