using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace DaprLocal.Storage;

/// <summary>
/// One SQLite file with one writer. Writes that wait together share one transaction (group commit), so that many
/// callers pay for one fsync; each write stands in a savepoint of its own, so a write that throws undoes itself only.
/// A write's task completes after the commit. Reads run on pooled connections and see committed data.
/// </summary>
internal sealed class SqliteDatabase : IAsyncDisposable
{
    private const int MaxWritesPerCommit = 512;
    private const int MaxQueuedWrites = 16_384;
    private const int WriterCacheKilobytes = 16_000;

    // Whatever a reader has cached is void after the next commit.
    private const int ReaderCacheKilobytes = 512;

    private readonly string _connectionString;
    private readonly SqliteWriter _writer;
    private readonly Channel<IPendingWrite> _queue = Channel.CreateBounded<IPendingWrite>(new BoundedChannelOptions(MaxQueuedWrites) { SingleReader = true });
    private readonly ConcurrentBag<SqliteReader> _readers = [];
    private readonly Task _loop;

    private SqliteDatabase(string connectionString, SqliteConnection connection)
    {
        _connectionString = connectionString;
        _writer = new SqliteWriter(connection);
        _loop = Task.Factory.StartNew(RunWriter, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Opens or creates the file, its folder included, and runs <paramref name="schema"/>, which must be repeatable (CREATE … IF NOT EXISTS).</summary>
    /// <exception cref="SqliteException">The file cannot be opened, is not a database, or the disk is full or read-only.</exception>
    public static SqliteDatabase Open(string path, string schema)
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
        var connectionString = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 5 }.ToString();
        var connection = Connect(connectionString, WriterCacheKilobytes);
        try
        {
            Execute(connection, "PRAGMA journal_mode = WAL;" + schema);
            return new SqliteDatabase(connectionString, connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Runs <paramref name="work"/> on the writer; the task ends once its transaction is on disk, or fails with what the work or the commit threw.</summary>
    public async Task<T> WriteAsync<T>(Func<SqliteWriter, T> work, CancellationToken cancellationToken = default)
    {
        var pending = new PendingWrite<T>(work);
        await _queue.Writer.WriteAsync(pending, cancellationToken);
        return await pending.Task;
    }

    /// <summary>Runs <paramref name="work"/> on the writer; see <see cref="WriteAsync{T}"/>.</summary>
    public Task WriteAsync(Action<SqliteWriter> work, CancellationToken cancellationToken = default) =>
        WriteAsync(writer => { work(writer); return true; }, cancellationToken);

    /// <summary>Runs <paramref name="query"/> on a pooled read connection, on the caller's thread.</summary>
    public T Read<T>(Func<SqliteReader, T> query)
    {
        if (!_readers.TryTake(out var reader)) reader = new SqliteReader(Connect(_connectionString, ReaderCacheKilobytes));
        try
        {
            return query(reader);
        }
        finally
        {
            _readers.Add(reader);
        }
    }

    /// <summary>Commits what is queued, then closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _loop;
        foreach (var reader in _readers) reader.Dispose();
        _writer.Dispose();
    }

    private void RunWriter()
    {
        var batch = new List<IPendingWrite>();
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            batch.Clear();
            while (batch.Count < MaxWritesPerCommit && _queue.Reader.TryRead(out var pending)) batch.Add(pending);
            CommitTogether(batch);
        }
    }

    private void CommitTogether(List<IPendingWrite> batch)
    {
        try
        {
            _writer.Command("BEGIN IMMEDIATE").ExecuteNonQuery();
            foreach (var pending in batch) pending.Run(_writer);
            _writer.Command("COMMIT").ExecuteNonQuery();
        }
        catch (Exception error)
        {
            // A failed COMMIT (disk full) leaves the transaction open; nothing of the batch may be reported as done.
            try { _writer.Command("ROLLBACK").ExecuteNonQuery(); } catch (SqliteException) { /* SQLite has rolled back already */ }
            foreach (var pending in batch) pending.Fail(error);
            return;
        }

        foreach (var pending in batch) pending.Complete();
    }

    private static SqliteConnection Connect(string connectionString, int cacheKilobytes)
    {
        var connection = new SqliteConnection(connectionString);
        connection.Open();
        Execute(connection, $"PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000; PRAGMA cache_size = -{cacheKilobytes}; PRAGMA temp_store = MEMORY;");
        return connection;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private interface IPendingWrite
    {
        void Run(SqliteWriter writer);
        void Complete();
        void Fail(Exception error);
    }

    private sealed class PendingWrite<T>(Func<SqliteWriter, T> work) : IPendingWrite
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T _result = default!;
        private Exception? _error;

        public Task<T> Task => _done.Task;

        public void Run(SqliteWriter writer)
        {
            writer.Command("SAVEPOINT work").ExecuteNonQuery();
            try
            {
                _result = work(writer);
            }
            catch (Exception error)
            {
                _error = error;
                try
                {
                    writer.Command("ROLLBACK TO work").ExecuteNonQuery();
                }
                catch (SqliteException)
                {
                    // On a full disk SQLite may have undone the whole transaction, savepoints included: all of it fails for that reason.
                    throw error;
                }
            }

            writer.Command("RELEASE work").ExecuteNonQuery();
        }

        public void Complete()
        {
            if (_error is null) _done.TrySetResult(_result);
            else _done.TrySetException(_error);
        }

        public void Fail(Exception error) => _done.TrySetException(_error ?? error);
    }
}
