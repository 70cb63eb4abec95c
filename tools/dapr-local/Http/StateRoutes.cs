using System.Buffers;
using System.Globalization;
using DaprLocal.Api;
using DaprLocal.State;

namespace DaprLocal.Http;

/// <summary>The state building block over HTTP.</summary>
internal sealed class StateRoutes(StateApi api)
{
    private const string TooLarge = "stream too large";

    /// <summary>GET of one key.</summary>
    public async Task GetAsync(HttpCall call, string storeName, string key)
    {
        var store = api.Store(storeName);
        if (await StateApi.GetAsync(store, key, call.Aborted) is not { } record || (record.Value.IsEmpty && store.Store.HidesEmptyValues))
        {
            await call.EmptyAsync();
            return;
        }

        if (record.ETag.Length > 0) call.Response.Headers["ETag"] = record.ETag;
        if (record.ExpiresAt is { } expires) call.Response.Headers["Metadata.ttlexpiretime"] = Rfc3339(expires);
        await call.JsonAsync(record.Value);
    }

    /// <summary>POST or PUT of a list of values.</summary>
    public async Task SaveAsync(HttpCall call, string storeName)
    {
        var store = api.Store(storeName);
        var body = await call.ReadBodyAsync() ?? throw new ApiException(ApiErrors.Malformed(TooLarge));
        List<StateOperation> operations;
        try
        {
            operations = StateBodies.Save(body, store, call.Metadata());
        }
        catch (GoJsonException error)
        {
            throw new ApiException(ApiErrors.Malformed(error.Message));
        }

        if (operations.Count > 0) await StateApi.SaveAsync(store, operations, call.Aborted);
        await call.EmptyAsync();
    }

    /// <summary>DELETE of one key.</summary>
    public async Task DeleteAsync(HttpCall call, string storeName, string key)
    {
        var store = api.Store(storeName);
        await StateApi.DeleteAsync(store, new StateOperation(IsDelete: true, StateApi.Key(store, key))
        {
            ETag = call.Request.Headers.IfMatch.ToString(),
            Concurrency = call.Query("concurrency"),
            Consistency = call.Query("consistency"),
        }, call.Aborted);
        await call.EmptyAsync();
    }

    /// <summary>POST or PUT of a list of keys to read.</summary>
    public async Task BulkGetAsync(HttpCall call, string storeName)
    {
        var store = api.Store(storeName);
        var keys = await ReadAsync(call, StateBodies.Keys);
        var output = new ArrayBufferWriter<byte>(1024);
        output.Write("["u8);
        var first = true;
        var entries = await StateApi.GetManyAsync(store, keys, call.Aborted);
        foreach (var (stored, record, error) in entries)
        {
            if (!first) output.Write(","u8);
            first = false;
            output.Write("{\"key\":"u8);
            GoJson.WriteString(output, store.Unprefixed(stored));
            if (record is not null && !TryWrite(output, record))
            {
                // daprd gives up on the whole answer when one value is not JSON.
                await call.JsonAsync(ReadOnlyMemory<byte>.Empty);
                return;
            }

            if (error is not null)
            {
                output.Write(",\"error\":"u8);
                GoJson.WriteString(output, error);
            }

            output.Write("}"u8);
        }

        // daprd leaves the places of duplicates that collapsed.
        for (var i = entries.Count; i < keys.Count; i++) output.Write(",{\"key\":\"\"}"u8);
        output.Write(keys.Count == 0 ? "]"u8 : "]\n"u8);
        await call.JsonAsync(output.WrittenMemory);
    }

    /// <summary>POST or PUT of a transaction.</summary>
    public async Task TransactAsync(HttpCall call, string storeName)
    {
        var store = api.Store(storeName);
        var metadata = call.Metadata();
        var operations = await ReadAsync(call, body => StateBodies.Transaction(body, store, metadata));
        if (operations.Count > 0) await StateApi.TransactAsync(store, operations, call.Aborted);
        await call.EmptyAsync();
    }

    /// <summary>POST or PUT of a query.</summary>
    public async Task QueryAsync(HttpCall call, string storeName) =>
        await call.ErrorAsync(api.RefuseQuery(storeName, await call.ReadBodyAsync() ?? throw new ApiException(ApiErrors.Malformed(TooLarge))));

    private static bool TryWrite(ArrayBufferWriter<byte> output, StateRecord record)
    {
        if (record.Value.Length > 0)
        {
            try
            {
                _ = GoJsonParser.Parse(record.Value.Span);
            }
            catch (GoJsonException)
            {
                return false;
            }

            output.Write(",\"data\":"u8);
            GoJson.WriteCompact(output, record.Value.Span);
        }

        output.Write(",\"etag\":"u8);
        GoJson.WriteString(output, record.ETag);
        if (record.ExpiresAt is { } expires)
        {
            output.Write(",\"metadata\":{\"ttlExpireTime\":"u8);
            GoJson.WriteString(output, Rfc3339(expires));
            output.Write("}"u8);
        }

        return true;
    }

    private static async Task<T> ReadAsync<T>(HttpCall call, Func<byte[], T> bind)
    {
        const string Prefix = "failed deserializing HTTP body: ";
        var body = await call.ReadBodyAsync() ?? throw new ApiException(ApiErrors.Malformed(Prefix + TooLarge));
        try
        {
            return bind(body);
        }
        catch (GoJsonException error)
        {
            throw new ApiException(ApiErrors.Malformed(Prefix + error.Message));
        }
    }

    private static string Rfc3339(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
