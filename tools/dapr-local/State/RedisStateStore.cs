using StackExchange.Redis;

namespace DaprLocal.State;

/// <summary>
/// <c>state.redis</c> in daprd's own layout, so that either can use the database: a hash per key with <c>data</c>, a
/// counting <c>version</c>, and <c>first-write</c> on keys that a first-write claimed. As in daprd, an etag on a missing
/// key creates it.
/// </summary>
internal sealed class RedisStateStore : IStateStore
{
    // KEYS[1], ARGV: expected version ("0" for any), value, "0" for a first-write. A value of another type is replaced.
    private const string SetScript = """
        local key, expected, value, claim = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
        local version = redis.pcall('HGET', key, 'version')
        if type(version) == 'table' then
          redis.call('DEL', key)
          version = false
        end
        local isClaimed = redis.call('HEXISTS', key, 'first-write') == 1
        if version and version ~= '' and version ~= expected and (isClaimed or expected ~= '0') then
          return error('failed to set key ' .. key)
        end
        redis.call('HSET', key, 'data', value)
        if claim == '0' then redis.call('HSET', key, 'first-write', 0) end
        return redis.call('HINCRBY', key, 'version', 1)
        """;

    // KEYS[1], ARGV: expected version ("0" for any).
    private const string DeleteScript = """
        local version = redis.pcall('HGET', KEYS[1], 'version')
        local isKnown = version and type(version) ~= 'table' and version ~= ''
        if isKnown and version ~= ARGV[1] and ARGV[1] ~= '0' then
          return error('failed to delete ' .. KEYS[1])
        end
        return redis.call('DEL', KEYS[1])
        """;

    private const string AnyVersion = "0";
    private readonly ConnectionMultiplexer _server;
    private readonly IDatabase _database;

    private RedisStateStore(ConnectionMultiplexer server)
    {
        _server = server;
        _database = server.GetDatabase();
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Capabilities { get; } = ["ETAG", "TTL"];

    /// <summary>Connects; a connection that is lost later is made again by itself.</summary>
    /// <exception cref="RedisException">The server cannot be reached or refuses.</exception>
    public static async Task<RedisStateStore> OpenAsync(ConfigurationOptions options) =>
        new(await ConnectionMultiplexer.ConnectAsync(options));

    /// <inheritdoc/>
    public async ValueTask<StateRecord?> GetAsync(string key, CancellationToken ct)
    {
        try
        {
            return await ReadAsync(key, ct);
        }
        catch (Exception error) when (error is RedisException or TimeoutException)
        {
            throw new StateStoreException(Wording(error), error);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<StateEntry>> GetAsync(IReadOnlyList<string> keys, CancellationToken ct)
    {
        var pending = keys.Select(key => GetAsync(key, ct).AsTask()).ToArray();
        var entries = new StateEntry[keys.Count];
        for (var i = 0; i < entries.Length; i++)
        {
            try
            {
                entries[i] = new StateEntry(keys[i], await pending[i]);
            }
            catch (StateStoreException error)
            {
                entries[i] = new StateEntry(keys[i], null, error.Message);
            }
        }

        return entries;
    }

    /// <inheritdoc/>
    public async Task ApplyAsync(StateOperation operation, CancellationToken ct)
    {
        StateRules.CheckOptions(operation);
        if (operation.IsDelete)
        {
            // Whatever the cause, daprd reports a delete that failed as a version that does not match.
            await FailAsync(DeleteAsync(operation), error => new ETagMismatchException(error));
            return;
        }

        var expected = Expected(operation);
        var ttl = StateRules.RedisTtl(operation.Ttl);
        await FailAsync(
            SetAsync(operation, expected),
            error => operation.HasETag ? new ETagMismatchException(error) : new StateStoreException($"failed to set key {operation.Key}: {error}"));
        if (ttl is { } seconds) await FailAsync(ExpireAsync(operation.Key, seconds), error => new StateStoreException($"failed to set key {operation.Key} ttl: {error}"));
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task<StateRecord?> ReadAsync(string key, CancellationToken ct)
    {
        HashEntry[] fields;
        try
        {
            fields = await _database.HashGetAllAsync(key).WaitAsync(ct);
        }
        catch (RedisServerException)
        {
            // Not a hash: perhaps a plain string that someone else wrote, which has no version.
            var text = (byte[]?)await _database.StringGetAsync(key).WaitAsync(ct);
            return text is null ? null : new StateRecord(text, "", null);
        }

        if (fields.Length == 0) return null;
        var data = Field("data");
        var version = Field("version");
        if (data.IsNull || version.IsNull) throw new StateStoreException("required hash field 'data' or 'version' was not found");
        return new StateRecord((byte[])data!, version!, null);

        RedisValue Field(string name) => Array.Find(fields, field => field.Name == name).Value;
    }

    private Task<RedisResult> SetAsync(StateOperation operation, string expected) =>
        _database.ExecuteAsync("EVAL", SetScript, 1, (RedisKey)operation.Key, expected, operation.Value, operation.IsFirstWrite ? "0" : "1");

    private Task<RedisResult> DeleteAsync(StateOperation operation) =>
        _database.ExecuteAsync("EVAL", DeleteScript, 1, (RedisKey)operation.Key, operation.HasETag ? operation.ETag! : AnyVersion);

    private Task ExpireAsync(string key, long seconds) => seconds > 0 ? _database.ExecuteAsync("EXPIRE", (RedisKey)key, seconds) : _database.KeyPersistAsync(key);

    private static string Expected(StateOperation operation) => operation.HasETag && operation.Concurrency != "last-write"
        ? StateRules.RedisETag(operation.ETag!).ToString(System.Globalization.CultureInfo.InvariantCulture)
        : AnyVersion;

    // The driver's own texts describe its inner state at length.
    private static string Wording(Exception error) => error switch
    {
        TimeoutException => "no answer from the server in time",
        RedisConnectionException => "no connection to the server",
        _ => error.Message,
    };

    private static async Task FailAsync(Task work, Func<string, Exception> wording)
    {
        try
        {
            await work;
        }
        catch (Exception error) when (error is RedisException or TimeoutException or StateStoreException)
        {
            throw wording(Wording(error));
        }
    }
}
