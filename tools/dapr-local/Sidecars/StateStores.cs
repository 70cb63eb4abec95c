using DaprLocal.Config;
using DaprLocal.State;
using Npgsql;
using StackExchange.Redis;

namespace DaprLocal.Sidecars;

/// <summary>Opens the state stores by their component's type and metadata.</summary>
internal static class StateStores
{
    /// <summary>The types that <see cref="OpenAsync"/> knows.</summary>
    public static IReadOnlyList<string> Types { get; } = ["state.postgresql", "state.redis", "state.sqlite"];

    /// <summary>The open store.</summary>
    /// <exception cref="ConfigurationException">A missing, unknown or senseless setting, or a store that cannot be opened.</exception>
    public static async Task<IStateStore> OpenAsync(ComponentManifest manifest, string dataDirectory, TimeProvider time, CancellationToken ct)
    {
        var settings = new ComponentSettings(manifest);
        return manifest.Type switch
        {
            "state.postgresql" => await OpenPostgresAsync(manifest, settings, time, ct),
            "state.redis" => await OpenRedisAsync(settings),
            _ => OpenSqlite(settings, dataDirectory, time),
        };
    }

    private static SqliteStateStore OpenSqlite(ComponentSettings settings, string dataDirectory, TimeProvider time)
    {
        settings.AllowOnly("actorStateStore", "connectionString", "cleanupInterval");
        return SqliteStateStore.Open(settings.FilePath("connectionString", dataDirectory), settings.Interval("cleanupInterval", TimeSpan.Zero), time);
    }

    private static async Task<PostgresStateStore> OpenPostgresAsync(ComponentManifest manifest, ComponentSettings settings, TimeProvider time, CancellationToken ct)
    {
        if (manifest.Version != "v2") throw settings.Wrong($"state.postgresql of version '{manifest.Version}' keeps other tables; write 'version: v2'");
        settings.AllowOnly("actorStateStore", "connectionString", "timeout", "cleanupInterval", "maxConns");
        NpgsqlConnectionStringBuilder connection;
        try
        {
            connection = PostgresConnection.Parse(settings.Required("connectionString"));
        }
        catch (FormatException error)
        {
            // The text itself holds a password.
            throw settings.Wrong($"metadata 'connectionString' of component '{manifest.Name}' cannot be read: {error.Message}; write host=… port=… user=… password=… dbname=…");
        }

        if (settings.Number("maxConns", 0, 0, 10_000) is var connections and > 1) connection.MaxPoolSize = connections;
        var timeout = settings.Interval("timeout", TimeSpan.FromSeconds(20));
        if (timeout is null || timeout < TimeSpan.FromSeconds(1)) throw settings.Wrong($"metadata 'timeout' of component '{manifest.Name}' must be 1s or more");
        var options = new PostgresOptions(connection, timeout.Value, settings.Interval("cleanupInterval", TimeSpan.FromHours(1)));
        try
        {
            return await PostgresStateStore.OpenAsync(options, time, ct);
        }
        catch (Exception error) when (error is NpgsqlException or InvalidDataException or TimeoutException || (error is OperationCanceledException && !ct.IsCancellationRequested))
        {
            throw settings.Wrong($"component '{manifest.Name}' cannot open the database at {connection.Host}:{connection.Port}: {Reason(error)}; start the server, or correct the metadata 'connectionString'");
        }
    }

    private static async Task<RedisStateStore> OpenRedisAsync(ComponentSettings settings)
    {
        settings.AllowOnly("actorStateStore", "redisHost", "redisUsername", "redisPassword", "redisDB", "enableTLS", "dialTimeout", "readTimeout");
        var host = settings.Required("redisHost");
        if (host.Contains(',', StringComparison.Ordinal)) throw settings.Wrong("metadata 'redisHost' must be the host:port of one server");
        var connect = settings.Interval("dialTimeout", TimeSpan.FromSeconds(5)) ?? TimeSpan.FromSeconds(5);
        var answer = settings.Interval("readTimeout", TimeSpan.FromSeconds(3)) ?? TimeSpan.FromSeconds(3);
        var options = new ConfigurationOptions
        {
            EndPoints = { host },
            User = settings.Text("redisUsername", "") is { Length: > 0 } user ? user : null,
            Password = settings.Text("redisPassword", ""),
            DefaultDatabase = settings.Number("redisDB", 0, 0, 100_000),
            Ssl = settings.Flag("enableTLS"),
            ConnectTimeout = (int)connect.TotalMilliseconds,
            AsyncTimeout = (int)answer.TotalMilliseconds,
            SyncTimeout = (int)answer.TotalMilliseconds, // Also the longest wait for a connection.
            ReconnectRetryPolicy = new LinearRetry(500),
        };
        try
        {
            return await RedisStateStore.OpenAsync(options);
        }
        catch (Exception error) when (error is RedisException or TimeoutException)
        {
            throw settings.Wrong($"cannot connect to Redis at {host}: {Reason(error)}; start the server, or correct the metadata 'redisHost' and 'redisPassword'");
        }
    }

    private static string Reason(Exception error) => error.InnerException is { } inner and not PostgresException ? $"{error.Message}: {inner.Message}" : error.Message;
}
