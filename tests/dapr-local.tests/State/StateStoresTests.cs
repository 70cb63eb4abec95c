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
    [InlineData("state.postgresql", "v2", "connectionString=host=localhost|tablePrefx=a", "has metadata 'tablePrefx', which state.postgresql does not know; did you mean 'tablePrefix'?")]
    [InlineData("state.postgresql", "v2", "connectionString=hots=localhost password=geheim", "'hots' is not known in a connection string")]
    [InlineData("state.postgresql", "v2", "connectionString=host=localhost port=x", "'port' has a value that it cannot have")]
    [InlineData("state.postgresql", "v2", "connectionString=host=localhost|tablePrefix=a; DROP", "must be a plain SQL name")]
    [InlineData("state.postgresql", "v2", "connectionString=host=localhost|timeout=10ms", "must be 1s or more")]
    [InlineData("state.postgresql", "v2", "connectionString=host=127.0.0.1 port=1 password=geheim", "cannot open the database at " + Nobody)]
    [InlineData("state.redis", "v1", "", "needs metadata 'redisHost'")]
    [InlineData("state.redis", "v1", "redisHost=a:1|redisType=cluster", "'redisType' must be node")]
    [InlineData("state.redis", "v1", "redisHost=a:1,b:1", "must be the host:port of one server")]
    [InlineData("state.redis", "v1", "redisHost=a:1|enableTLS=perhaps", "must be true or false, not 'perhaps'")]
    [InlineData("state.redis", "v1", "redisHost=" + Nobody + "|redisPassword=geheim|dialTimeout=1s", "cannot connect to Redis at " + Nobody)]
    [InlineData("state.sqlite", "v1", "connectionString=state.db|tabelName=x", "did you mean 'tableName'?")]
    [InlineData("state.in-memory", "v1", "connectionString=x", "has metadata 'connectionString', which state.in-memory does not know")]
    [InlineData("state.in-memory", "v1", "keyPrefix=a||b", "can't contain '||'")]
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
    [InlineData("postgres://me:p%20w@db:5433/shop?sslmode=disable", "db", 5433, "me", "p w", "shop")]
    public void Parse_FormOfConnectionString_IsUnderstood(string text, string host, int port, string user, string password, string? database)
    {
        var parsed = PostgresConnection.Parse(text.Replace("'''", "'", StringComparison.Ordinal));
        Assert.Equal((host, port, user, password, database), (parsed.Host, parsed.Port, parsed.Username, parsed.Password, parsed.Database));
    }

    [Theory]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData("host='db")]
    [InlineData("http://db/shop")]
    public void Parse_NoConnectionString_IsRefused(string text) => Assert.Throws<FormatException>(() => PostgresConnection.Parse(text));

    [Theory]
    [InlineData("""{"b":"\u003cé\u003e","a":[1,true,null]}""", """{"b":"<é>","a":[1,true,null]}""")]
    [InlineData("0.1234567890123456", "0.123457")]
    [InlineData("-0.0000001", "-0")]
    [InlineData("-0", "0")]
    [InlineData("-2.5", "-2.5")]
    [InlineData("12345678901234567000", "12345678901234567000")]
    [InlineData("1e+21", "1e+21")]
    public void Of_Json_IsWhatDaprdStoresInRedis(string json, string stored) =>
        Assert.Equal(stored, System.Text.Encoding.UTF8.GetString(RedisJson.Of(System.Text.Encoding.UTF8.GetBytes(json)).Span));

    private static (string, string)[] Pairs(string metadata) =>
        [.. metadata.Split('|', metadata.Contains("||", StringComparison.Ordinal) ? 1 : int.MaxValue).Select(pair => (pair.Split('=', 2)[0], pair.Split('=', 2)[1]))];
}
