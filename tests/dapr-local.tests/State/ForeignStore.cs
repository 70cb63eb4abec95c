using DaprLocal.Config;
using DaprLocal.Tests.Api;
using StackExchange.Redis;

namespace DaprLocal.Tests.State;

/// <summary>A store as another sidecar left it, with <c>7</c> under the key <c>old</c> of the app <c>me</c>; in PostgreSQL by an older daprd.</summary>
internal sealed class ForeignStore : IAsyncDisposable
{
    private const string Uuid = "0b1c2d3e-4f50-4617-8293-a4b5c6d7e8f9";
    private readonly string _schema;

    private ForeignStore(ComponentManifest component, string etag, string schema, string directory)
    {
        Component = component;
        ETag = etag;
        _schema = schema;
        Directory = directory;
    }

    /// <summary>The component that opens it.</summary>
    public ComponentManifest Component { get; }

    /// <summary>The version of the value.</summary>
    public string ETag { get; }

    /// <summary>The data directory.</summary>
    public string Directory { get; }

    /// <summary>Writes it.</summary>
    public static async Task<ForeignStore> WriteAsync(string store)
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("dapr-local-test-").FullName;
        switch (store)
        {
            case "postgresql":
                var schema = await Stores.NewSchemaAsync();
                await StoredRows.PostgresAsync($"""
                    CREATE TABLE {schema}.dapr_metadata (key text NOT NULL PRIMARY KEY, value text NOT NULL);
                    INSERT INTO {schema}.dapr_metadata VALUES ('lock', 'lock'), ('migrations-state-v2-', '1');
                    CREATE TABLE {schema}.state (key text NOT NULL PRIMARY KEY, value bytea NOT NULL, etag uuid NOT NULL DEFAULT gen_random_uuid(), created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz, expires_at timestamptz);
                    INSERT INTO {schema}.state (key, value, etag) VALUES ('me||old', '7', '{Uuid}');
                    """);
                return new(Stores.PostgresIn(schema), Uuid, schema, directory);
            case "redis":
                var database = await Stores.NewRedisDatabaseAsync();
                await using (var server = await Stores.ConnectRedisAsync()) await server.GetDatabase(database).HashSetAsync("me||old", [new HashEntry("data", "7"), new HashEntry("version", "41")]);
                return new(Stores.RedisIn(database), "41", "", directory);
            default:
                StoredRows.OfSqlite(Path.Combine(directory, "state.db"), $"""
                    CREATE TABLE metadata (key text NOT NULL PRIMARY KEY, value text NOT NULL);
                    INSERT INTO metadata VALUES ('migrations', '1');
                    CREATE TABLE state (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL, is_binary BOOLEAN NOT NULL, etag TEXT NOT NULL, expiration_time TIMESTAMP DEFAULT NULL, update_time TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);
                    INSERT INTO state (key, value, is_binary, etag) VALUES ('me||old', 'Nw==', 1, '{Uuid}');
                    """);
                return new(RunningSidecar.Store, Uuid, "", directory);
        }
    }

    /// <summary>Older tables are now of the latest version, and newer ones are not opened.</summary>
    public async Task AssertMigratedAsync()
    {
        if (_schema.Length == 0) return; // Only the tables in PostgreSQL have had more than one version.
        Assert.Equal("2", Assert.Single(await StoredRows.PostgresAsync($"SELECT value FROM {_schema}.dapr_metadata WHERE key LIKE 'migrations%'"))[0].Value);
        await StoredRows.PostgresAsync($"UPDATE {_schema}.dapr_metadata SET value = '3' WHERE key LIKE 'migrations%'");
        var newer = await Assert.ThrowsAsync<ConfigurationException>(() => RunningSidecar.StartAsync([Component], directory: Directory));
        Assert.Contains("tables have version 3", newer.Message, StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync()
    {
        System.IO.Directory.Delete(Directory, recursive: true);
        return ValueTask.CompletedTask;
    }
}
