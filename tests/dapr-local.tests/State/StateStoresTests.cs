using DaprLocal.Config;
using DaprLocal.State;
using DaprLocal.Tests.Api;

namespace DaprLocal.Tests.State;

/// <summary>What is wrong with a state component ends the start: where it is, what is wrong, what to write instead.</summary>
public sealed class StateStoresTests
{
    private const string Nobody = "127.0.0.1:1";

    [Theory]
    [InlineData("state.postgresql", "v2", "", "needs metadata 'connectionString'")]
    [InlineData("state.postgresql", "v1", "connectionString=host=localhost", "write 'version: v2'")]
    [InlineData("state.postgresql", "v2", "connectionString=host=localhost|tablePrefix=a", "has metadata 'tablePrefix', which dapr-local does not know for state.postgresql; known are actorStateStore, connectionString")]
    [InlineData("state.postgresql", "v2", "connectionString=hots=localhost password=geheim", "'hots' is not known in a connection string")]
    [InlineData("state.postgresql", "v2", "connectionString=host=localhost port=x", "'port' has a value that it cannot have")]
    [InlineData("state.postgresql", "v2", "connectionString=host=localhost|timeout=10ms", "must be 1s or more")]
    [InlineData("state.postgresql", "v2", "connectionString=host=127.0.0.1 port=1 password=geheim", "cannot open the database at " + Nobody)]
    [InlineData("state.redis", "v1", "", "needs metadata 'redisHost'")]
    [InlineData("state.redis", "v1", "redisHost=a:1|redisType=cluster", "has metadata 'redisType', which dapr-local does not know")]
    [InlineData("state.redis", "v1", "redisHost=a:1,b:1", "must be the host:port of one server")]
    [InlineData("state.redis", "v1", "redisHost=a:1|enableTLS=perhaps", "must be true or false, not 'perhaps'")]
    [InlineData("state.redis", "v1", "redisHost=" + Nobody + "|redisPassword=geheim|dialTimeout=1s", "cannot connect to Redis at " + Nobody)]
    [InlineData("state.sqlite", "v1", "connectionString=state.db|keyPrefix=name", "has metadata 'keyPrefix', which dapr-local does not know")]
    [InlineData("state.in-memory", "v1", "", "dapr-local knows state.postgresql, state.redis, state.sqlite, pubsub.kafka and pubsub.sqlite")]
    public async Task Open_WrongComponent_SaysWhereWhatAndWhatInstead(string type, string version, string metadata, string message)
    {
        var pairs = metadata.Length == 0 ? [] : Pairs(metadata);
        var component = RunningSidecar.Component("statestore", type, pairs) with { Version = version };
        var error = await Assert.ThrowsAsync<ConfigurationException>(() => RunningSidecar.StartAsync([component]));
        Assert.StartsWith("test.yaml:1: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("host=db port=5433 user=me password='p w''' dbname=shop sslmode=disable", "db", 5433, "me", "p w", "shop")]
    [InlineData("host=db user=me password=a\\ b", "db", 5432, "me", "a b", null)]
    [InlineData("Host=db;Port=5433;Username=me;Password=secret;Database=shop", "db", 5433, "me", "secret", "shop")]
    public void Parse_FormOfConnectionString_IsUnderstood(string text, string host, int port, string user, string password, string? database)
    {
        var parsed = PostgresConnection.Parse(text.Replace("'''", "'", StringComparison.Ordinal));
        Assert.Equal((host, port, user, password, database), (parsed.Host, parsed.Port, parsed.Username, parsed.Password, parsed.Database));
    }

    [Theory]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData("host='db")]
    [InlineData("postgres://db/shop")]
    public void Parse_NoConnectionString_IsRefused(string text) => Assert.Throws<FormatException>(() => PostgresConnection.Parse(text));

    private static (string, string)[] Pairs(string metadata) =>
        [.. metadata.Split('|').Select(pair => (pair.Split('=', 2)[0], pair.Split('=', 2)[1]))];
}
