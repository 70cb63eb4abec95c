using System.Buffers;
using System.Globalization;
using System.Text.Json;
using DaprLocal.Api;
using DaprLocal.State;

namespace DaprLocal.Http;

/// <summary>The state building block over HTTP.</summary>
internal sealed class StateRoutes(StateApi api)
{
    /// <summary>GET of one key.</summary>
    public async Task GetAsync(HttpCall call, string storeName, string key)
    {
        if (await StateApi.GetAsync(api.Store(storeName), key, call.Aborted) is not { } record)
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
        var operations = await ReadAsync(call, body => StateBodies.Save(body, store, call.Metadata()));
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
        // Whoever stored a value that is no JSON can read it alone; here it is shown as text.
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true });
        json.WriteStartArray();
        foreach (var (stored, record, error) in await StateApi.GetManyAsync(store, keys, call.Aborted))
        {
            json.WriteStartObject();
            json.WriteString("key", store.Unprefixed(stored));
            if (record is not null) Write(json, record);
            if (error is not null) json.WriteString("error", error);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.Flush();
        await call.JsonAsync(output.WrittenMemory);
    }

    private static void Write(Utf8JsonWriter json, StateRecord record)
    {
        if (record.Value.Length > 0)
        {
            json.WritePropertyName("data");
            if (JsonText.IsValid(record.Value.Span)) json.WriteRawValue(record.Value.Span, skipInputValidation: true);
            else json.WriteStringValue(record.Value.Span);
        }

        json.WriteString("etag", record.ETag);
        if (record.ExpiresAt is not { } expires) return;
        json.WriteStartObject("metadata");
        json.WriteString("ttlExpireTime", Rfc3339(expires));
        json.WriteEndObject();
    }

    private static async Task<T> ReadAsync<T>(HttpCall call, Func<byte[], T> bind)
    {
        var body = await call.ReadBodyAsync();
        try
        {
            return bind(body);
        }
        catch (JsonException error)
        {
            throw new ApiException(ApiErrors.Malformed("failed deserializing HTTP body: " + error.Message));
        }
    }

    private static string Rfc3339(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
