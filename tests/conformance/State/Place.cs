using System.Text.Json.Nodes;
using DaprLocal.Config;
using DaprLocal.Tests.Api;

namespace DaprLocal.Tests.State;

/// <summary>A sidecar on a store whose whereabouts the test knows, to look behind it.</summary>
internal sealed class Place : IAsyncDisposable
{
    private const string SqliteFile = "state.db";
    private readonly RunningSidecar _sidecar;
    private readonly string _store;
    private readonly string _schema;
    private readonly int _database;
    private readonly JsonObject _metadata;

    private Place(RunningSidecar sidecar, string store, string schema, int database, JsonObject metadata)
    {
        _sidecar = sidecar;
        _store = store;
        _schema = schema;
        _database = database;
        _metadata = metadata;
    }

    /// <summary>A store with the recorded metadata, in a schema or database of its own; bare ones have what they need anyway and no more.</summary>
    public static async Task<Place> NewAsync(string store, JsonObject metadata, bool isBare)
    {
        var schema = store == "postgresql" ? await Stores.NewSchemaAsync() : "";
        var database = store == "redis" ? await Stores.NewRedisDatabaseAsync() : 0;
        var settings = isBare ? [] : metadata.Select(pair => (pair.Key, Value: InSchema(pair.Key, pair.Value!.GetValue<string>(), schema))).ToArray();
        var sidecar = await RunningSidecar.StartAsync([Component(store, schema, database, settings)]);
        return new Place(sidecar, store, schema, database, metadata);
    }

    /// <summary>Plays the recorded steps.</summary>
    public Task<string?> PlayAsync(JsonNode recorded) =>
        new GoldenPlayer(_sidecar.Options.HttpPort, _sidecar.Calls, pause => Task.Delay(pause, TimeProvider.System), _store == "redis").PlayAsync(recorded);

    /// <summary>What is stored.</summary>
    public Task<JsonArray> RowsAsync() => _store switch
    {
        "postgresql" => StoredRows.OfPostgresAsync(_schema),
        "redis" => StoredRows.OfRedisAsync(_database),
        _ => Task.FromResult(Sqlite("SELECT *, typeof(value) AS typeof_value, typeof(expiration_time) AS typeof_expiration_time, typeof(update_time) AS typeof_update_time FROM state ORDER BY key")),
    };

    /// <summary>Commands of Redis as one types them, in words without spaces.</summary>
    public async Task WriteByHandAsync(JsonArray commands)
    {
        if (commands.Count == 0) return;
        await using var server = await Stores.ConnectRedisAsync();
        foreach (var words in commands.Select(command => command!.GetValue<string>().Split(' '))) await server.GetDatabase(_database).ExecuteAsync(words[0], [.. words[1..]]);
    }

    /// <summary>The tables are those recorded from a daprd with the default names.</summary>
    public async Task AssertSchemaAsync(JsonNode recorded)
    {
        if (_store == "sqlite")
        {
            var wanted = recorded["sql"]!.AsArray().Select(sql => Squeezed(sql!.GetValue<string>()));
            Assert.Equal(wanted, Sqlite("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name").Select(row => Squeezed(row!["sql"]!.GetValue<string>())));
            Assert.Equal("wal", Sqlite("PRAGMA journal_mode")[0]!["journal_mode"]!.GetValue<string>());
        }

        if (_store != "postgresql") return;
        await AssertTableAsync(recorded["tables"]!.GetValue<string>(), "state");
        await AssertTableAsync(recorded["metadataTable"]!.GetValue<string>(), "dapr_metadata");
        Assert.Equal(["lock|lock", $"migrations-state-v2-{_schema}.|2"], await LinesAsync($"SELECT key || '|' || value FROM {_schema}.dapr_metadata ORDER BY key"));
    }

    /// <summary>Tables, indexes and metadata have the recorded names.</summary>
    public async Task AssertTablesAsync(JsonNode recorded)
    {
        if (_store == "sqlite" && recorded["tables"] is JsonArray sqlite)
        {
            Assert.Equal(sqlite.Select(table => table!.GetValue<string>()), Sqlite("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").Select(row => row!["name"]!.GetValue<string>()));
        }

        if (_store != "postgresql") return;
        await AssertLinesAsync(recorded["tables"], $"SELECT tablename FROM pg_tables WHERE schemaname = '{_schema}' ORDER BY 1");
        await AssertLinesAsync(recorded["indexes"], $"SELECT indexname FROM pg_indexes WHERE schemaname = '{_schema}' ORDER BY 1");
        if (recorded["metadataRows"] is not JsonArray rows) return;
        var table = _metadata["metadataTableName"] is { } name ? InSchema("metadataTableName", name.GetValue<string>(), _schema) : $"{_schema}.dapr_metadata";
        var keys = rows.Select(row => row is JsonArray pair ? pair[0]!.GetValue<string>() : row!.GetValue<string>().Split('|')[0]).Select(key => key.Contains("-v2-", StringComparison.Ordinal) ? key[..(key.IndexOf("-v2-", StringComparison.Ordinal) + 4)] : key);
        Assert.Equal(keys, (await LinesAsync($"SELECT key FROM {table} ORDER BY key")).Select(key => key.Contains("-v2-", StringComparison.Ordinal) ? key[..(key.IndexOf("-v2-", StringComparison.Ordinal) + 4)] : key));
    }

    public ValueTask DisposeAsync() => _sidecar.DisposeAsync();

    private static ComponentManifest Component(string store, string schema, int database, (string, string)[] settings) => store switch
    {
        "postgresql" when settings.Any(setting => setting.Item1 == "tablePrefix") => RunningSidecar.Component("store", "state.postgresql", [("connectionString", Stores.Postgres!), .. settings]) with { Version = "v2" },
        "postgresql" => Stores.PostgresIn(schema, settings),
        "redis" => Stores.RedisIn(database, settings),
        _ => RunningSidecar.Component("store", "state.sqlite", [("connectionString", SqliteFile), .. settings]),
    };

    // The recordings name tables of the default schema, or of a schema "shop"; here both lie in the test's own.
    private static string InSchema(string name, string value, string schema) => name is "tablePrefix" or "metadataTableName" && schema.Length > 0
        ? $"{schema}.{value[(value.IndexOf('.', StringComparison.Ordinal) + 1)..]}"
        : value;

    // The lines of psql's \d: column | type | collation | nullable | default.
    private async Task AssertTableAsync(string recorded, string table)
    {
        var columns = recorded.Split('\n').Skip(3).TakeWhile(line => line != "Indexes:").Select(line => string.Join('|', line.Split('|').Select(cell => cell.Trim())));
        Assert.Equal(columns, await LinesAsync($"""
            SELECT attname || '|' || format_type(atttypid, atttypmod) || '||' || CASE WHEN attnotnull THEN 'not null' ELSE '' END || '|'
                || CASE WHEN attidentity = 'd' THEN 'generated by default as identity' ELSE coalesce(pg_get_expr(adbin, adrelid), '') END
            FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
            WHERE attrelid = '{_schema}.{table}'::regclass AND attnum > 0 ORDER BY attnum
            """));
        var indexes = recorded.Split('\n').SkipWhile(line => line != "Indexes:").Skip(1).Select(line => line.Trim().Split('"')[1]).Order(StringComparer.Ordinal);
        Assert.Equal(indexes, (await LinesAsync($"SELECT indexname FROM pg_indexes WHERE schemaname = '{_schema}' AND tablename = '{table}'")).Order(StringComparer.Ordinal));
    }

    private static async Task AssertLinesAsync(JsonNode? recorded, string sql)
    {
        if (recorded is JsonArray names) Assert.Equal(names.Select(name => name!.GetValue<string>().Split('.')[1]), await LinesAsync(sql));
    }

    private static async Task<IReadOnlyList<string>> LinesAsync(string sql) => [.. (await StoredRows.PostgresAsync(sql)).Select(row => row[0].Value!)];

    private JsonArray Sqlite(string sql) => StoredRows.OfSqlite(Path.Combine(_sidecar.Directory, SqliteFile), sql);

    private static string Squeezed(string sql) => string.Join(' ', sql.Split((char[])[' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries)).Replace("( ", "(", StringComparison.Ordinal).Replace(" )", ")", StringComparison.Ordinal);
}
