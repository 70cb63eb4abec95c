using System.Data;
using Npgsql;
using NpgsqlTypes;

namespace DaprLocal.State;

/// <summary>What <see cref="PostgresStateStore"/> is told; <paramref name="CleanupInterval"/> null sweeps nothing.</summary>
internal sealed record PostgresOptions(NpgsqlConnectionStringBuilder Connection, TimeSpan Timeout, TimeSpan? CleanupInterval);

/// <summary>
/// <c>state.postgresql</c> v2 in daprd's own layout, so that either can open the database. As in daprd, everything ends
/// after the timeout but a save outside of a transaction, which waits as long as its caller.
/// </summary>
internal sealed class PostgresStateStore : IStateStore
{
    // The driver cancels a command by asking the server over another connection, and waits for it: a server that hangs
    // would hang the caller too. Instead the caller stops waiting, and the next step of the work finds that out.
    private static readonly CancellationToken Uncancelled = CancellationToken.None;

    private const string InvalidText = "22021";
    private static readonly TimeSpan IdleBeforeCheck = TimeSpan.FromSeconds(1);
    private readonly NpgsqlDataSource _source;
    private readonly PostgresOptions _options;
    private readonly TimeProvider _time;
    private readonly ITimer? _sweeper;
    private long _lastUse;

    private PostgresStateStore(NpgsqlDataSource source, PostgresOptions options, TimeProvider time)
    {
        _source = source;
        _options = options;
        _time = time;
        if (options.CleanupInterval is { } interval) _sweeper = time.CreateTimer(_ => Sweep(), null, interval, interval);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Capabilities { get; } = ["ETAG", "TTL"];

    /// <summary>Connects, and creates or migrates the tables.</summary>
    /// <exception cref="NpgsqlException">The server cannot be reached or refuses.</exception>
    /// <exception cref="InvalidDataException">The tables are newer than this program.</exception>
    public static async Task<PostgresStateStore> OpenAsync(PostgresOptions options, TimeProvider time, CancellationToken ct)
    {
        var connection = options.Connection;
        connection.CommandTimeout = 0; // The deadlines of this class are in the tokens.
        var store = new PostgresStateStore(NpgsqlDataSource.Create(connection), options, time);
        try
        {
            await store.MigrateAsync(ct);
            return store;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<StateRecord?> GetAsync(string key, CancellationToken ct) => await LimitedAsync(async limited =>
    {
        await using var connection = await ConnectAsync(limited);
        await using var command = await PrepareAsync(connection, PostgresSql.Get, Text(key));
        await using var row = await command.ExecuteReaderAsync(CommandBehavior.SingleRow, Uncancelled);
        return await row.ReadAsync(Uncancelled) ? Record(row) : null;
    }, ct);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<StateEntry>> GetAsync(IReadOnlyList<string> keys, CancellationToken ct)
    {
        var found = new Dictionary<string, StateRecord>(keys.Count);
        try
        {
            await LimitedAsync(async limited =>
            {
                await using var connection = await ConnectAsync(limited);
                await using var command = await PrepareAsync(connection, PostgresSql.GetMany, new NpgsqlParameter { Value = keys.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
                await using var rows = await command.ExecuteReaderAsync(Uncancelled);
                while (await rows.ReadAsync(Uncancelled)) found[rows.GetString(3)] = Record(rows);
                return true;
            }, ct);
        }
        catch (StateStoreException error) when (error.InnerException is PostgresException { SqlState: InvalidText })
        {
            // One key that no text of the database can be: daprd then finds none of them.
        }

        return StateRules.FoundFirst(found, keys);
    }

    /// <inheritdoc/>
    public async Task ApplyAsync(StateOperation operation, CancellationToken ct)
    {
        if (operation.IsDelete) await LimitedAsync(limited => ApplyAloneAsync(operation, limited), ct);
        else await TranslatedAsync(() => ApplyAloneAsync(operation, ct), ct);
    }

    public async ValueTask DisposeAsync()
    {
        if (_sweeper is not null) await _sweeper.DisposeAsync();
        await _source.DisposeAsync();
    }

    private async Task<bool> ApplyAloneAsync(StateOperation operation, CancellationToken ct)
    {
        await using var connection = await ConnectAsync(ct);
        await ApplyAsync(connection, operation, ct);
        return true;
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, StateOperation operation, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        Guid? etag = operation.HasETag ? (Guid.TryParse(operation.ETag, out var parsed) ? parsed : throw new ETagMismatchException("the etag is no UUID")) : null;
        await using var command = await (operation.IsDelete ? DeleteCommandAsync(connection, operation.Key, etag) : SetCommandAsync(connection, operation, etag));
        var rows = await command.ExecuteNonQueryAsync(Uncancelled);
        if (rows > 0) return;
        if (etag is not null) throw new ETagMismatchException();
        if (!operation.IsDelete) throw new StateStoreException("no item was updated");
    }

    private static Task<NpgsqlCommand> DeleteCommandAsync(NpgsqlConnection connection, string key, Guid? etag) => etag is { } version
        ? PrepareAsync(connection, PostgresSql.DeleteVersion, Text(key), new NpgsqlParameter<Guid> { TypedValue = version })
        : PrepareAsync(connection, PostgresSql.Delete, Text(key));

    private static Task<NpgsqlCommand> SetCommandAsync(NpgsqlConnection connection, StateOperation operation, Guid? etag)
    {
        var parameters = SetParameters(operation);
        return etag is { } version
            ? PrepareAsync(connection, PostgresSql.Update, [.. parameters, new NpgsqlParameter<Guid> { TypedValue = version }])
            : PrepareAsync(connection, operation.IsFirstWrite ? PostgresSql.Claim : PostgresSql.Upsert, parameters);
    }

    private static NpgsqlParameter[] SetParameters(StateOperation operation)
    {
        StateRules.CheckOptions(operation);
        var expires = new NpgsqlParameter { Value = StateRules.SqlTtl(operation.Ttl) is { } seconds ? (double)seconds : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Double };
        // daprd hands "no bytes" to the database as NULL, which the table refuses.
        var value = new NpgsqlParameter { Value = operation.Value.Length > 0 ? operation.Value : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea };
        return [Text(operation.Key), value, expires];
    }

    // A server that was restarted in a pause has closed every pooled connection: the first call after a pause finds out.
    private async Task<NpgsqlConnection> ConnectAsync(CancellationToken ct)
    {
        var connection = await _source.OpenConnectionAsync(ct);
        if (_time.GetElapsedTime(Interlocked.Exchange(ref _lastUse, _time.GetTimestamp())) < IdleBeforeCheck) return connection;
        try
        {
            await ExecuteAsync(connection, "SELECT 1");
            return connection;
        }
        catch (NpgsqlException)
        {
            await connection.DisposeAsync();
            _source.Clear();
            return await _source.OpenConnectionAsync(ct);
        }
    }

    private async Task<T> LimitedAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken ct)
    {
        using var timeout = new CancellationTokenSource(_options.Timeout, _time);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        return await TranslatedAsync(() => work(limited.Token), limited.Token);
    }

    // Callers are told in daprd's words what the server said.
    private async Task<T> TranslatedAsync<T>(Func<Task<T>> work, CancellationToken ct)
    {
        try
        {
            return await work().WaitAsync(ct);
        }
        catch (OperationCanceledException error)
        {
            throw new StateStoreException("context deadline exceeded", error);
        }
        catch (PostgresException error)
        {
            throw new StateStoreException($"{error.Severity}: {error.MessageText} (SQLSTATE {error.SqlState})", error);
        }
        catch (NpgsqlException error)
        {
            // The connections beside the broken one are broken too.
            _source.Clear();
            throw new StateStoreException((error.InnerException is { } inner ? $"{error.Message}: {inner.Message}" : error.Message), error);
        }
    }

    private async Task MigrateAsync(CancellationToken ct)
    {
        using var timeout = new CancellationTokenSource(_options.Timeout, _time);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        await MigrateAsync().WaitAsync(limited.Token);

        async Task MigrateAsync()
        {
            await using var connection = await _source.OpenConnectionAsync(limited.Token);
            await using var transaction = await connection.BeginTransactionAsync(Uncancelled);
            await ExecuteAsync(connection, PostgresSql.LockMigrations);
            await ExecuteAsync(connection, PostgresSql.CreateMetadata);
            await using var version = Command(connection, PostgresSql.Version);
            var found = (string?)await version.ExecuteScalarAsync(Uncancelled);
            if (found is not (null or "0" or "1" or PostgresSql.LatestVersion)) throw new InvalidDataException($"its tables have version {found}; this program knows up to {PostgresSql.LatestVersion}");
            if (found != PostgresSql.LatestVersion) await ExecuteAsync(connection, PostgresSql.Migrate);
            limited.Token.ThrowIfCancellationRequested();
            await transaction.CommitAsync(Uncancelled);
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = Command(connection, sql);
        await command.ExecuteNonQueryAsync(Uncancelled);
    }

    // A sweep that fails is tried again at the next interval; what is expired is never shown in between.
    private void Sweep() => _ = SweepAsync()
        .ContinueWith(task => _ = task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    private Task<bool> SweepAsync() => LimitedAsync(async ct =>
    {
        await using var connection = await ConnectAsync(ct);
        await ExecuteAsync(connection, PostgresSql.Sweep);
        return true;
    }, CancellationToken.None);

    // Once for each connection. Not left to the driver, whose own preparation is spoilt when the first prepared run fails.
    private static async Task<NpgsqlCommand> PrepareAsync(NpgsqlConnection connection, string sql, params NpgsqlParameter[] parameters)
    {
        var command = Command(connection, sql, parameters);
        await command.PrepareAsync(Uncancelled);
        return command;
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
#pragma warning disable CA2100 // The texts are constants of this program and checked table names.
        var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        foreach (var parameter in parameters) command.Parameters.Add(parameter);
        return command;
    }

    private static NpgsqlParameter<string> Text(string key) => new() { TypedValue = key, NpgsqlDbType = NpgsqlDbType.Text };

    private static StateRecord Record(NpgsqlDataReader row) => new(
        row.GetFieldValue<byte[]>(0),
        row.GetGuid(1).ToString(),
        row.IsDBNull(2) ? null : row.GetFieldValue<DateTimeOffset>(2));
}
