using System.Globalization;
using Dapr.Client.Autogen.Grpc.v1;
using Dapr.Hosting.Protos;
using DaprLocal.Api;
using DaprLocal.PubSub;
using DaprLocal.State;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace DaprLocal.Grpc;

/// <summary>The gRPC skin of the building blocks.</summary>
internal sealed class DaprService(StateApi state, PubSubApi pubsub, MetadataApi metadata) : DaprServiceBase
{
    private static readonly Empty Nothing = new();

    /// <inheritdoc/>
    public override async Task<GetStateResponse> GetState(GetStateRequest request, ServerCallContext context)
    {
        var response = new GetStateResponse();
        if (await StateApi.GetAsync(state.Store(request.StoreName), request.Key, context.CancellationToken) is not { } record) return response;
        response.Data = UnsafeByteOperations.UnsafeWrap(record.Value);
        response.Etag = record.ETag;
        AddExpiry(response.Metadata, record);
        return response;
    }

    /// <inheritdoc/>
    public override async Task<GetBulkStateResponse> GetBulkState(GetBulkStateRequest request, ServerCallContext context)
    {
        var store = state.Store(request.StoreName);
        var response = new GetBulkStateResponse();
        foreach (var (stored, record, error) in await StateApi.GetManyAsync(store, request.Keys, context.CancellationToken))
        {
            var item = new BulkStateItem { Key = store.Unprefixed(stored), Error = error ?? "" };
            if (record is not null)
            {
                item.Data = UnsafeByteOperations.UnsafeWrap(record.Value);
                item.Etag = record.ETag;
                AddExpiry(item.Metadata, record);
            }

            response.Items.Add(item);
        }

        return response;
    }

    /// <inheritdoc/>
    public override async Task<Empty> SaveState(SaveStateRequest request, ServerCallContext context)
    {
        var store = state.Store(request.StoreName);
        if (request.States.Any(item => item.Key.Length == 0)) throw new ApiException(ApiErrors.EmptyKey);
        if (request.States.Count > 0) await StateApi.SaveAsync(store, [.. request.States.Select(item => StateMapping.Upsert(item, store))], context.CancellationToken);
        return Nothing;
    }

    /// <inheritdoc/>
    public override async Task<Empty> DeleteState(DeleteStateRequest request, ServerCallContext context)
    {
        var store = state.Store(request.StoreName);
        await StateApi.DeleteAsync(store, StateMapping.Operation(store, isDelete: true, request.Key, request.Etag, request.Options), context.CancellationToken);
        return Nothing;
    }

    /// <inheritdoc/>
    public override async Task<Empty> DeleteBulkState(DeleteBulkStateRequest request, ServerCallContext context)
    {
        var store = state.Store(request.StoreName);
        if (request.States.Count > 0) await StateApi.DeleteManyAsync(store, [.. request.States.Select(item => StateMapping.Operation(store, isDelete: true, item.Key, item.Etag, item.Options))], context.CancellationToken);
        return Nothing;
    }

    /// <inheritdoc/>
    public override async Task<Empty> PublishEvent(PublishEventRequest request, ServerCallContext context)
    {
        await pubsub.PublishAsync(request.PubsubName, request.Topic, request.Data.Memory, request.DataContentType, request.Metadata, TraceOf(context), tracesRaw: true, context.CancellationToken);
        return Nothing;
    }

    /// <inheritdoc/>
    public override async Task<BulkPublishResponse> BulkPublishEvent(BulkPublishRequest request, ServerCallContext context)
    {
        var entries = new List<BulkEntry>(request.Entries.Count);
        foreach (var entry in request.Entries) entries.Add(new BulkEntry(entry.EntryId, entry.Event.Memory, entry.ContentType, entry.Metadata.Count == 0 ? null : entry.Metadata));
        await pubsub.BulkPublishAsync(request.PubsubName, request.Topic, entries, request.Metadata, TraceOf(context), context.CancellationToken);
        return new BulkPublishResponse();
    }

    /// <inheritdoc/>
    public override Task<BulkPublishResponse> BulkPublishEventAlpha1(BulkPublishRequest request, ServerCallContext context) => BulkPublishEvent(request, context);

    /// <inheritdoc/>
    public override Task<GetMetadataResponse> GetMetadata(GetMetadataRequest request, ServerCallContext context) => Task.FromResult(MetadataMapping.Of(metadata));

    /// <inheritdoc/>
    public override Task<Empty> SetMetadata(SetMetadataRequest request, ServerCallContext context)
    {
        metadata.Set(request.Key, request.Value);
        return Task.FromResult(Nothing);
    }

    /// <inheritdoc/>
    public override Task<Empty> Shutdown(ShutdownRequest request, ServerCallContext context)
    {
        metadata.RequestShutdown();
        return Task.FromResult(Nothing);
    }

    private static void AddExpiry(MapField<string, string> metadata, StateRecord record)
    {
        if (record.ExpiresAt is { } expires) metadata.Add("ttlExpireTime", expires.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
    }

    private static TraceContext TraceOf(ServerCallContext context)
    {
        var headers = context.RequestHeaders;
        return new TraceContext(headers.GetValue("traceparent") ?? "", headers.GetValue("tracestate") ?? "");
    }
}
