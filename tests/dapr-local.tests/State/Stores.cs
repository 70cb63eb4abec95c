using DaprLocal.Config;
using DaprLocal.State;
using DaprLocal.Tests.Api;
using Npgsql;
using OrderInventory.Testing.Processes;
using StackExchange.Redis;

namespace DaprLocal.Tests.State;

/// <summary>
/// The state stores that are there: the embedded ones always, PostgreSQL and Redis when <c>OI_POSTGRES</c> and
/// <c>OI_REDIS</c> say where. Databases 1 to 63 of that Redis are emptied (start it with --databases 64, as eng/servers does); in PostgreSQL each test has a schema of its
/// own.
/// </summary>
internal static class Stores
{
    private const int RedisDatabases = 63;
    private static int _redisDatabase;
    private static int _schema;

    /// <summary>Connection string of PostgreSQL, as daprd takes it; null when there is none.</summary>
    public static string? Postgres { get; } = Environment.GetEnvironmentVariable("OI_POSTGRES") is { Length: > 0 } text ? text : null;

    /// <summary>host:port of Redis; null when there is none.</summary>
    public static string? Redis { get; } = Environment.GetEnvironmentVariable("OI_REDIS") is { Length: > 0 } text ? text : null;

    /// <summary>The names of the stores that are there.</summary>
    public static IReadOnlyList<string> Here { get; } = ["sqlite", .. Postgres is null ? [] : (string[])["postgresql"], .. Redis is null ? [] : (string[])["redis"]];

    /// <summary>The stores that are there, for a theory.</summary>
    public static TheoryData<string> Theory => [.. Here];

    /// <summary>An empty store of that name as the component <c>store</c>.</summary>
    public static async Task<ComponentManifest> NewAsync(string name) => name switch
    {
        "sqlite" => RunningSidecar.Store,
        "postgresql" => PostgresIn(await NewSchemaAsync()),
        _ => RedisIn(await NewRedisDatabaseAsync()),
    };

    /// <summary>A store of that name on servers of a test's own.</summary>
    public static ComponentManifest On(OwnServers servers, string name) => name == "redis"
        ? RunningSidecar.Component("store", "state.redis", ("redisHost", servers.Environment["OI_REDIS"]!))
        : RunningSidecar.Component("store", "state.postgresql", ("connectionString", servers.Environment["OI_POSTGRES"]!)) with { Version = "v2" };

    /// <summary>The name of a store's server among <see cref="OwnServers"/>.</summary>
    public static string ServerOf(string store) => store == "redis" ? "redis" : "postgres";

    /// <summary>An open connection to the PostgreSQL of the tests.</summary>
    public static async Task<NpgsqlConnection> ConnectPostgresAsync()
    {
        var connection = new NpgsqlConnection(PostgresConnection.Parse(Postgres!).ToString());
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>A PostgreSQL component whose tables lie in the schema <paramref name="schema"/>.</summary>
    public static ComponentManifest PostgresIn(string schema) =>
        RunningSidecar.Component("store", "state.postgresql", ("connectionString", $"{Postgres} search_path={schema}")) with { Version = "v2" };

    /// <summary>An empty schema with a name of its own.</summary>
    public static async Task<string> NewSchemaAsync()
    {
        var schema = $"oi_test_{Interlocked.Increment(ref _schema)}";
        await using var connection = await ConnectPostgresAsync();
        await using var command = new NpgsqlCommand($"DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}", connection);
        await command.ExecuteNonQueryAsync();
        return schema;
    }

    /// <summary>The number of an empty database of the Redis of the tests.</summary>
    public static async Task<int> NewRedisDatabaseAsync()
    {
        var number = Interlocked.Increment(ref _redisDatabase);
        Assert.True(number <= RedisDatabases, $"the tests use more than {RedisDatabases} databases of Redis");
        await using var server = await ConnectRedisAsync();
        await server.GetDatabase(number).ExecuteAsync("FLUSHDB");
        return number;
    }

    /// <summary>An open connection to the Redis of the tests.</summary>
    public static Task<ConnectionMultiplexer> ConnectRedisAsync() => ConnectionMultiplexer.ConnectAsync(Redis! + ",allowAdmin=true");

    /// <summary>A Redis component on a database.</summary>
    public static ComponentManifest RedisIn(int database) =>
        RunningSidecar.Component("store", "state.redis", ("redisHost", Redis!), ("redisDB", database.ToString(System.Globalization.CultureInfo.InvariantCulture)));
}
