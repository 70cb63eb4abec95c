using Dapr.Client.Autogen.Grpc.v1;
using DaprLocal.Api;
using DaprLocal.State;
using Grpc.Core;

namespace DaprLocal.Grpc;

/// <summary>Between the messages of the state calls and <see cref="StateOperation"/>.</summary>
internal static class StateMapping
{
    /// <summary>An upsert.</summary>
    /// <exception cref="RpcException">A value that is called JSON and is none: UNKNOWN, as recorded.</exception>
    public static StateOperation Upsert(StateItem item, StateComponent store)
    {
        var isJson = item.Metadata.TryGetValue("contentType", out var contentType) && contentType == "application/json";
        if (isJson && !JsonText.IsValid(item.Value.Span)) throw new RpcException(new Status(StatusCode.Unknown, $"the value of '{item.Key}' is called application/json and is no JSON"));
        return Operation(store, isDelete: false, item.Key, item.Etag, item.Options) with
        {
            Value = item.Value.Memory,
            IsBinary = !isJson,
            Ttl = item.Metadata.TryGetValue("ttlInSeconds", out var ttl) ? ttl : null,
        };
    }

    /// <summary>An operation without what only an upsert has.</summary>
    public static StateOperation Operation(StateComponent store, bool isDelete, string key, Etag? etag, StateOptions? options) => new(isDelete, StateApi.Key(store, key))
    {
        ETag = etag?.Value,
        Concurrency = options?.Concurrency switch
        {
            StateOptions.Types.StateConcurrency.ConcurrencyFirstWrite => "first-write",
            StateOptions.Types.StateConcurrency.ConcurrencyLastWrite => "last-write",
            _ => null,
        },
    };
}
