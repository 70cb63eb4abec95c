using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Npgsql;
using StackExchange.Redis;

namespace DaprLocal.Tests.State;

/// <summary>Reads a store behind the sidecar's back, in the form of <c>golden/state/layouts.json</c>.</summary>
internal static class StoredRows
{
    /// <summary>The rows of a PostgreSQL schema's <c>state</c>.</summary>
    public static async Task<JsonArray> OfPostgresAsync(string schema) => Rows(await PostgresAsync(
        $"SELECT key, encode(value, 'escape') AS value, pg_typeof(value)::text AS value_type, etag::text, created_at::text, updated_at::text, expires_at::text FROM {schema}.state ORDER BY key COLLATE \"C\""));

    /// <summary>What a query of PostgreSQL gives: column names to texts.</summary>
    public static async Task<IReadOnlyList<IReadOnlyList<(string Name, string? Value)>>> PostgresAsync(string sql)
    {
        await using var connection = await Stores.ConnectPostgresAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<IReadOnlyList<(string, string?)>>();
        while (await reader.ReadAsync())
        {
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => (reader.GetName(i), reader.IsDBNull(i) ? null : Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture)))]);
        }

        return rows;
    }

    /// <summary>What a query of a SQLite file gives.</summary>
    public static JsonArray OfSqlite(string file, string sql)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new JsonArray();
        while (reader.Read())
        {
            var row = new JsonObject();
            for (var i = 0; i < reader.FieldCount; i++) row[reader.GetName(i)] = reader.GetValue(i) switch { DBNull => null, long number => number, var value => JsonValue.Create(Convert.ToString(value, CultureInfo.InvariantCulture)) };
            rows.Add(row);
        }

        return rows;
    }

    /// <summary>The keys of a Redis database.</summary>
    public static async Task<JsonArray> OfRedisAsync(int database)
    {
        await using var server = await Stores.ConnectRedisAsync();
        var rows = new JsonArray();
        foreach (var key in server.GetServers()[0].Keys(database).Select(key => (string)key!).Order(StringComparer.Ordinal))
        {
            var fields = new JsonObject();
            foreach (var field in await server.GetDatabase(database).HashGetAllAsync(key)) fields[field.Name!] = Value((byte[])field.Value!);
            var ttl = (long)await server.GetDatabase(database).ExecuteAsync("TTL", (RedisKey)key);
            rows.Add(new JsonObject { ["key"] = key, ["type"] = "hash", ["ttl"] = ttl < 0 ? ttl : $"{ttl}", ["fields"] = fields });
        }

        return rows;
    }

    private static JsonNode Value(byte[] value) =>
        value.Contains((byte)0) ? new JsonObject { ["base64"] = Convert.ToBase64String(value) } : JsonValue.Create(Encoding.UTF8.GetString(value));

    private static JsonArray Rows(IReadOnlyList<IReadOnlyList<(string Name, string? Value)>> rows) =>
        [.. rows.Select(row => new JsonObject(row.Select(cell => KeyValuePair.Create<string, JsonNode?>(cell.Name, cell.Value))))];
}
