using System.Globalization;
using Dapr.Client.Autogen.Grpc.v1;
using Dapr.Hosting.Protos;
using DaprLocal.Api;
using DaprLocal.PubSub;
using DaprLocal.State;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace DaprLocal.Grpc;

/// <summary>The gRPC skin of the building blocks; features that are off answer as a daprd without them.</summary>
internal sealed partial class DaprService(StateApi state, PubSubApi pubsub, MetadataApi metadata, WorkflowApi? workflows, int maxSize) : DaprServiceBase
{
    private static readonly Empty Nothing = new();

    /// <inheritdoc/>
    public override async Task<GetStateResponse> GetState(GetStateRequest request, ServerCallContext context)
    {
        var response = new GetStateResponse();
        if (await StateApi.GetAsync(state.Store(request.StoreName), request.Key, context.CancellationToken) is { } record)
        {
            response.Data = UnsafeByteOperations.UnsafeWrap(record.Value);
            response.Etag = record.ETag;
            if (record.ExpiresAt is { } expires) response.Metadata.Add("ttlExpireTime", Rfc3339(expires));
        }

        return Sized(response);
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
                if (record.ExpiresAt is { } expires) item.Metadata.Add("ttlExpireTime", Rfc3339(expires));
            }

            response.Items.Add(item);
        }

        return Sized(response);
    }

    /// <inheritdoc/>
    public override async Task<Empty> SaveState(SaveStateRequest request, ServerCallContext context)
    {
        var store = state.Store(request.StoreName);
        if (request.States.Count == 0) return Nothing;
        var operations = new StateOperation[request.States.Count];
        for (var i = 0; i < operations.Length; i++)
        {
            if (request.States[i].Key.Length == 0) throw new ApiException(ApiErrors.EmptyKey);
            operations[i] = StateMapping.Upsert(request.States[i], store, inTransaction: false);
        }

        await StateApi.SaveAsync(store, operations, context.CancellationToken);
        return Nothing;
    }

    /// <inheritdoc/>
    public override async Task<Empty> DeleteState(DeleteStateRequest request, ServerCallContext context)
    {
        var store = state.Store(request.StoreName);
        await StateApi.DeleteAsync(store, new StateOperation(IsDelete: true, StateApi.Key(store, request.Key))
        {
            ETag = request.Etag?.Value,
            Concurrency = StateMapping.Concurrency(request.Options),
        }, context.CancellationToken);
        return Nothing;
    }

    /// <inheritdoc/>
    public override async Task<Empty> DeleteBulkState(DeleteBulkStateRequest request, ServerCallContext context)
    {
        var store = state.Store(request.StoreName);
        if (request.States.Count > 0) await StateApi.DeleteManyAsync(store, [.. request.States.Select(item => StateMapping.Delete(item, store, inTransaction: false))], context.CancellationToken);
        return Nothing;
    }

    /// <inheritdoc/>
    public override async Task<Empty> ExecuteStateTransaction(ExecuteStateTransactionRequest request, ServerCallContext context)
    {
        var store = state.Store(request.StoreName);
        var operations = new StateOperation[request.Operations.Count];
        for (var i = 0; i < operations.Length; i++)
        {
            var operation = request.Operations[i];
            var item = operation.Request ?? new StateItem();
            operations[i] = operation.OperationType switch
            {
                "upsert" => StateMapping.Upsert(item, store, inTransaction: true),
                "delete" => StateMapping.Delete(item, store, inTransaction: true),
                var other => throw new ApiException(ApiErrors.UnknownOperation(other)),
            };
        }

        await StateApi.TransactAsync(store, operations, context.CancellationToken);
        return Nothing;
    }

    /// <inheritdoc/>
    public override Task<QueryStateResponse> QueryStateAlpha1(QueryStateRequest request, ServerCallContext context) =>
        throw new ApiException(state.RefuseQuery(request.StoreName, request.Query is { Length: > 0 } query ? System.Text.Encoding.UTF8.GetBytes(query) : []));

    /// <inheritdoc/>
    public override async Task<Empty> PublishEvent(PublishEventRequest request, ServerCallContext context)
    {
        var trace = TraceOf(context);
        await pubsub.PublishAsync(request.PubsubName, request.Topic, request.Data.Memory, request.DataContentType, request.Metadata, trace, tracesRaw: true, context.CancellationToken);
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
    public override Task<GetMetadataResponse> GetMetadata(GetMetadataRequest request, ServerCallContext context) => Task.FromResult(MetadataMapping.Of(metadata.Snapshot()));

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

    /// <inheritdoc/>
    public override Task<GetSecretResponse> GetSecret(GetSecretRequest request, ServerCallContext context) => throw new ApiException(OffFeatures.Secrets);

    /// <inheritdoc/>
    public override Task<GetBulkSecretResponse> GetBulkSecret(GetBulkSecretRequest request, ServerCallContext context) => throw new ApiException(OffFeatures.Secrets);

    /// <inheritdoc/>
    public override Task<InvokeBindingResponse> InvokeBinding(InvokeBindingRequest request, ServerCallContext context) => throw new ApiException(OffFeatures.Binding(request.Name, hasOperation: true));

    /// <inheritdoc/>
    public override Task<GetConfigurationResponse> GetConfiguration(GetConfigurationRequest request, ServerCallContext context) => throw new ApiException(OffFeatures.Configuration);

    /// <inheritdoc/>
    public override Task<TryLockResponse> TryLockAlpha1(TryLockRequest request, ServerCallContext context) => throw new ApiException(OffFeatures.Lock);

    /// <inheritdoc/>
    public override Task<GetActorStateResponse> GetActorState(GetActorStateRequest request, ServerCallContext context) => throw new ApiException(OffFeatures.ActorState);

    /// <inheritdoc/>
    public override Task<InvokeActorResponse> InvokeActor(InvokeActorRequest request, ServerCallContext context) => throw new ApiException(OffFeatures.ActorAddress(request.ActorType, request.ActorId));

    // The library would refuse it too, in other words.
    private T Sized<T>(T response)
        where T : IMessage =>
        response.CalculateSize() is var size && size > maxSize
            ? throw new RpcException(new Status(StatusCode.ResourceExhausted, $"grpc: trying to send message larger than max ({size} vs. {maxSize})"))
            : response;

    private static TraceContext TraceOf(ServerCallContext context)
    {
        var headers = context.RequestHeaders;
        return new TraceContext(headers.GetValue("traceparent") ?? "", headers.GetValue("tracestate") ?? "");
    }

    private static string Rfc3339(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
