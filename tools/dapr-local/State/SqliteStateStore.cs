using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DaprLocal.Storage;

namespace DaprLocal.State;

/// <summary>
/// <c>state.sqlite</c> in daprd's own layout, so that either can open the file: bytes as base64, JSON as its text, a
/// random UUID per version. Concurrent writes share one commit.
/// </summary>
internal sealed class SqliteStateStore : IStateStore
{
    private const string TimeFormat = "yyyy-MM-dd HH:mm:ss";
    private const string Live = "(expiration_time IS NULL OR expiration_time > ";
    private const string Columns = "(key, value, is_binary, etag, update_time, expiration_time)";
    private const string GetSql = $"SELECT value, is_binary, etag, expiration_time FROM state WHERE key = $1 AND {Live}$2)";
    private const string ReplaceSql = $"INSERT OR REPLACE INTO state {Columns} VALUES ($1, $2, $3, $4, $5, $6)";
    private const string ClaimSql = $"INSERT OR REPLACE INTO state {Columns} SELECT $1, $2, $3, $4, $5, $6 WHERE NOT EXISTS (SELECT 1 FROM state WHERE key = $1 AND {Live}$5))";
    private const string UpdateSql = $"UPDATE state SET value = $2, is_binary = $3, etag = $4, update_time = $5, expiration_time = $6 WHERE key = $1 AND etag = $7 AND {Live}$5)";
    private const string DeleteSql = "DELETE FROM state WHERE key = $1";
    private const string DeleteVersionSql = "DELETE FROM state WHERE key = $1 AND etag = $2";
    private const string SweepSql = "DELETE FROM state WHERE expiration_time IS NOT NULL AND expiration_time < $1";
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS metadata (key text NOT NULL PRIMARY KEY, value text NOT NULL);
        CREATE TABLE IF NOT EXISTS state (
            key TEXT NOT NULL PRIMARY KEY,
            value TEXT NOT NULL,
            is_binary BOOLEAN NOT NULL,
            etag TEXT NOT NULL,
            expiration_time TIMESTAMP DEFAULT NULL,
            update_time TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);
        INSERT OR IGNORE INTO metadata (key, value) VALUES ('migrations', '1');
        """;

    private readonly SqliteDatabase _database;
    private readonly TimeProvider _time;
    private readonly ITimer? _sweeper;

    private SqliteStateStore(SqliteDatabase database, TimeSpan? cleanupInterval, TimeProvider time)
    {
        _database = database;
        _time = time;
        if (cleanupInterval is { } interval) _sweeper = time.CreateTimer(_ => Sweep(), null, interval, interval);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Capabilities { get; } = ["ETAG", "TTL"];

    /// <summary>Opens or creates the file; <paramref name="cleanupInterval"/> null keeps expired rows, as daprd does by default.</summary>
    public static SqliteStateStore Open(string path, TimeSpan? cleanupInterval, TimeProvider time) => new(SqliteDatabase.Open(path, Schema), cleanupInterval, time);

    /// <inheritdoc/>
    public ValueTask<StateRecord?> GetAsync(string key, CancellationToken ct) => new(_database.Read(reader => Find(reader, key)));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StateEntry>> GetAsync(IReadOnlyList<string> keys, CancellationToken ct) => new(_database.Read(reader =>
    {
        var found = new Dictionary<string, StateRecord>(keys.Count);
        foreach (var key in keys)
        {
            if (!found.ContainsKey(key) && Find(reader, key) is { } record) found.Add(key, record);
        }

        return StateRules.FoundFirst(found, keys);
    }));

    /// <inheritdoc/>
    /// <remarks>A write goes on when its caller has gone, as in daprd.</remarks>
    public Task ApplyAsync(StateOperation operation, CancellationToken ct) => _database.WriteAsync(writer => Apply(writer, operation), CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        if (_sweeper is not null) await _sweeper.DisposeAsync();
        await _database.DisposeAsync();
    }

    private StateRecord? Find(SqliteReader reader, string key)
    {
        using var row = reader.Command(GetSql, key, Now(0)).ExecuteReader();
        if (!row.Read()) return null;
        var text = row.GetString(0);
        return new StateRecord(
            row.GetBoolean(1) ? Convert.FromBase64String(text) : Encoding.UTF8.GetBytes(text),
            row.GetString(2),
            row.IsDBNull(3) ? null : DateTimeOffset.Parse(row.GetString(3), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal));
    }

    private void Apply(SqliteWriter writer, StateOperation operation)
    {
        StateRules.CheckOptions(operation);
        if (operation.IsDelete) Delete(writer, operation);
        else Set(writer, operation);
    }

    private void Set(SqliteWriter writer, StateOperation operation)
    {
        object? expires = StateRules.SqlTtl(operation.Ttl) is { } seconds ? Now(seconds) : null;
        var value = operation.IsBinary ? Convert.ToBase64String(operation.Value.Span) : Encoding.UTF8.GetString(operation.Value.Span);
        var binary = operation.IsBinary ? 1 : 0;
        var etag = new Guid(RandomNumberGenerator.GetBytes(16)).ToString();
        if (!operation.HasETag && !operation.IsFirstWrite)
        {
            writer.Command(ReplaceSql, operation.Key, value, binary, etag, Now(0), expires).ExecuteNonQuery();
            return;
        }

        var rows = operation.HasETag
            ? writer.Command(UpdateSql, operation.Key, value, binary, etag, Now(0), expires, operation.ETag).ExecuteNonQuery()
            : writer.Command(ClaimSql, operation.Key, value, binary, etag, Now(0), expires).ExecuteNonQuery();
        if (rows == 0) throw new ETagMismatchException();
    }

    private static void Delete(SqliteWriter writer, StateOperation operation)
    {
        if (!operation.HasETag) writer.Command(DeleteSql, operation.Key).ExecuteNonQuery();
        else if (writer.Command(DeleteVersionSql, operation.Key, operation.ETag).ExecuteNonQuery() == 0) throw new ETagMismatchException();
    }

    private string Now(int plusSeconds) => _time.GetUtcNow().UtcDateTime.AddSeconds(plusSeconds).ToString(TimeFormat, CultureInfo.InvariantCulture);

    // A sweep that fails is tried again at the next interval; what is expired is never shown in between.
    private void Sweep() => _ = _database.WriteAsync(writer => writer.Command(SweepSql, Now(0)).ExecuteNonQuery())
        .ContinueWith(task => _ = task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
}
