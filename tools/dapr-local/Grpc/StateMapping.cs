using Dapr.Client.Autogen.Grpc.v1;
using DaprLocal.Api;
using DaprLocal.State;
using Grpc.Core;

namespace DaprLocal.Grpc;

/// <summary>Between the messages of the state calls and <see cref="StateOperation"/>.</summary>
internal static class StateMapping
{
    /// <summary>An upsert; outside of a transaction a value that is called JSON is written again as daprd would.</summary>
    /// <exception cref="RpcException">A value that is called JSON and is none: UNKNOWN with the parser's text, as recorded.</exception>
    public static StateOperation Upsert(StateItem item, StateComponent store, bool inTransaction)
    {
        var value = item.Value.Memory;
        var isBinary = true;
        var isCalledJson = item.Metadata.Count > 0 && item.Metadata.TryGetValue("contentType", out var contentType) && contentType == "application/json";
        if (isCalledJson && !inTransaction)
        {
            try
            {
                value = GoJson.Serialize(GoJsonParser.Parse(value.Span), asDouble: true);
            }
            catch (GoJsonException error)
            {
                throw new RpcException(new Status(StatusCode.Unknown, error.Message));
            }

            isBinary = false;
        }

        return Common(item, store, isDelete: false, inTransaction) with
        {
            Value = value,
            IsBinary = isBinary,
            IsCalledJson = isCalledJson,
            Ttl = item.Metadata.Count > 0 && item.Metadata.TryGetValue("ttlInSeconds", out var ttl) ? ttl : null,
        };
    }

    /// <summary>A delete.</summary>
    public static StateOperation Delete(StateItem item, StateComponent store, bool inTransaction) => Common(item, store, isDelete: true, inTransaction);

    /// <summary>The words of the options.</summary>
    public static string? Concurrency(StateOptions? options) => options?.Concurrency switch
    {
        StateOptions.Types.StateConcurrency.ConcurrencyFirstWrite => "first-write",
        StateOptions.Types.StateConcurrency.ConcurrencyLastWrite => "last-write",
        _ => null,
    };

    private static StateOperation Common(StateItem item, StateComponent store, bool isDelete, bool inTransaction) =>
        new(isDelete, StateApi.Key(store, item.Key, inTransaction)) { ETag = item.Etag?.Value, Concurrency = Concurrency(item.Options) };
}
