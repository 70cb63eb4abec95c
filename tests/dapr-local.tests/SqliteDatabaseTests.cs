using DaprLocal.Storage;
using Microsoft.Data.Sqlite;

namespace DaprLocal.Tests;

public sealed class SqliteDatabaseTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dapr-local-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task WriteAsync_OneOfManyThrows_OnlyThatOneIsUndone()
    {
        await using var database = SqliteDatabase.Open(Path.Combine(_folder, "a.db"), "CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY)");

        var writes = Enumerable.Range(1, 100).Select(id => database.WriteAsync(writer =>
        {
            writer.Command("INSERT INTO t (id) VALUES ($1)", id).ExecuteNonQuery();
            return id % 10 == 0 ? throw new InvalidOperationException("refused") : id;
        })).ToArray();
        await Task.WhenAll(writes.Select(write => write.ContinueWith(_ => { }, TaskScheduler.Default)));

        Assert.Equal(10, writes.Count(write => write.IsFaulted));
        Assert.Equal(90L, database.Read(reader => (long)reader.Command("SELECT count(*) FROM t").ExecuteScalar()!));
    }

    [Fact]
    public async Task Open_AfterDispose_SeesCommittedRows()
    {
        var path = Path.Combine(_folder, "b.db");
        await using (var database = SqliteDatabase.Open(path, "CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY)"))
            await database.WriteAsync(writer => { writer.Command("INSERT INTO t (id) VALUES ($1)", 7).ExecuteNonQuery(); });

        await using var reopened = SqliteDatabase.Open(path, "CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY)");

        Assert.Equal(7L, reopened.Read(reader => (long)reader.Command("SELECT id FROM t").ExecuteScalar()!));
    }

    [Fact]
    public void Open_NotADatabase_Throws()
    {
        var path = Path.Combine(_folder, "c.db");
        File.WriteAllText(path, new string('x', 4096));

        Assert.Throws<SqliteException>(() => SqliteDatabase.Open(path, "SELECT 1"));
    }
}
