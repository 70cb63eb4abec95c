using Dapr.TaskHub.Protos;
using DaprLocal.Storage;
using DaprLocal.Workflows;
using Microsoft.Data.Sqlite;

namespace DaprLocal.Tests.Workflows;

/// <summary>What must be true of the rows of workflows whenever nothing is being written.</summary>
internal static class RowChecks
{
    /// <summary>The histories, by run; fails when the rows contradict each other.</summary>
    public static async Task<Dictionary<string, List<HistoryEvent>>> CheckAsync(string path)
    {
        await using var database = SqliteDatabase.Open(path, WorkflowSchema.Sql);
        return database.Read(Check);
    }

    private static Dictionary<string, List<HistoryEvent>> Check(SqliteReader reader)
    {
        var runs = List(reader.Command("SELECT execution_id FROM instances"), row => row.GetString(0)).ToHashSet();
        foreach (var table in (string[])["history", "inbox", "timers"])
            Assert.Subset(runs, List(reader.Command($"SELECT DISTINCT execution_id FROM {table}"), row => row.GetString(0)).ToHashSet());
        return runs.ToDictionary(run => run, run => CheckRun(reader, run));
    }

    private static List<HistoryEvent> CheckRun(SqliteReader reader, string run)
    {
        var history = Rows.History(reader, run);
        var next = 0;
        foreach (var (position, count) in List(reader.Command("SELECT position, events FROM history WHERE execution_id = $1 ORDER BY position", run), row => (row.GetInt32(0), Events(row, 1).Count)))
        {
            Assert.Equal(next, position);
            next += count;
        }

        Assert.Equal(next, List(reader.Command("SELECT history_length FROM instances WHERE execution_id = $1", run), row => row.GetInt32(0)).Single());
        Assert.True(history.Count(e => e.ExecutionStarted is not null) <= 1);
        Assert.DoesNotContain(history.SkipLast(1), e => e.ExecutionCompleted is not null);

        var created = history.Select(Resolution.CreatedBy).OfType<Resolution>().ToList();
        Assert.Equal(created.Count, created.Distinct().Count());
        var seen = history.Concat(List(reader.Command("SELECT event FROM inbox WHERE execution_id = $1", run), row => HistoryEvent.Parser.ParseFrom(Rows.Blob(row, 0))));
        var resolved = seen.Select(Resolution.ResolvedBy).OfType<Resolution>().ToList();
        Assert.Equal(resolved.Count, resolved.Distinct().Count());
        Assert.Subset(created.ToHashSet(), resolved.ToHashSet());

        // An activity is pending, or it has a result; never both, never neither.
        var pending = List(reader.Command("SELECT task_id FROM activities WHERE execution_id = $1", run), row => row.GetInt32(0));
        Assert.Equal(Tasks(created), pending.Concat(Tasks(resolved)).Order());
        return history;
    }

    private static IEnumerable<int> Tasks(IEnumerable<Resolution> work) => work.Where(one => one.Kind == ResolutionKind.Task).Select(one => one.Id).Order();

    private static Google.Protobuf.Collections.RepeatedField<HistoryEvent> Events(SqliteDataReader row, int column) => GetInstanceHistoryResponse.Parser.ParseFrom(Rows.Blob(row, column)).Events;

    private static List<T> List<T>(SqliteCommand command, Func<SqliteDataReader, T> read)
    {
        using var row = command.ExecuteReader();
        var values = new List<T>();
        while (row.Read()) values.Add(read(row));
        return values;
    }
}
