using System.Runtime.InteropServices;
using System.Text.Json;
using DaprLocal.Api;
using DaprLocal.State;

namespace DaprLocal.Http;

/// <summary>Request bodies of the state routes.</summary>
internal static class StateBodies
{
    /// <summary>The operations of a save. Values are stored as they are written in the body.</summary>
    /// <exception cref="JsonException">It has another shape.</exception>
    public static List<StateOperation> Save(byte[] body, StateComponent store, Dictionary<string, string> queryMetadata)
    {
        var items = JsonSerializer.Deserialize<List<Item?>>(body, JsonText.AnyCase) ?? [];
        if (items.Exists(item => string.IsNullOrEmpty(item?.Key))) throw new JsonException("\"key\" is a required field");
        return items.ConvertAll(item => new StateOperation(IsDelete: false, StateApi.Key(store, item!.Key!))
        {
            Value = item.Value is { } value ? JsonMarshal.GetRawUtf8Value(value).ToArray() : "null"u8.ToArray(),
            ETag = item.Etag,
            Concurrency = item.Options?.Concurrency,
            Consistency = item.Options?.Consistency,
            Ttl = queryMetadata.GetValueOrDefault("ttlInSeconds") ?? item.Metadata?.GetValueOrDefault("ttlInSeconds"),
        });
    }

    /// <summary>The keys of a bulk get.</summary>
    /// <exception cref="JsonException">It has another shape.</exception>
    public static List<string> Keys(byte[] body) => (JsonSerializer.Deserialize<BulkGet>(body, JsonText.AnyCase)?.Keys ?? []).ConvertAll(key => key ?? "");

    internal sealed record Item(string? Key, JsonElement? Value, string? Etag, Dictionary<string, string>? Metadata, ItemOptions? Options);

    internal sealed record ItemOptions(string? Concurrency, string? Consistency);

    internal sealed record BulkGet(List<string?>? Keys, int? Parallelism, Dictionary<string, string>? Metadata);
}
