using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Dapr.Hosting.Protos;

/// <summary>
/// Server side of the gRPC service <c>dapr.proto.runtime.v1.Dapr</c> over the messages of the package Dapr.Protos,
/// which ships the client side only, with the rpcs that dapr-local serves. Derive from it and map it with
/// <c>MapGrpcService</c>; a method that is not overridden answers UNIMPLEMENTED.
/// </summary>
[BindServiceMethod(typeof(DaprServiceBase), nameof(BindService))]
public abstract class DaprServiceBase
{
    private const string ServiceName = "dapr.proto.runtime.v1.Dapr";

    /// <summary>Implements the rpc <c>GetState</c>.</summary>
    public virtual Task<GetStateResponse> GetState(GetStateRequest request, ServerCallContext context) => throw Unimplemented();

    /// <summary>Implements the rpc <c>GetBulkState</c>.</summary>
    public virtual Task<GetBulkStateResponse> GetBulkState(GetBulkStateRequest request, ServerCallContext context) => throw Unimplemented();

    /// <summary>Implements the rpc <c>SaveState</c>.</summary>
    public virtual Task<Empty> SaveState(SaveStateRequest request, ServerCallContext context) => throw Unimplemented();

    /// <summary>Implements the rpc <c>DeleteState</c>.</summary>
    public virtual Task<Empty> DeleteState(DeleteStateRequest request, ServerCallContext context) => throw Unimplemented();

    /// <summary>Implements the rpc <c>DeleteBulkState</c>.</summary>
    public virtual Task<Empty> DeleteBulkState(DeleteBulkStateRequest request, ServerCallContext context) => throw Unimplemented();

    /// <summary>Implements the rpc <c>PublishEvent</c>.</summary>
    public virtual Task<Empty> PublishEvent(PublishEventRequest request, ServerCallContext context) => throw Unimplemented();

    /// <summary>Implements the rpc <c>BulkPublishEvent</c>.</summary>
    public virtual Task<BulkPublishResponse> BulkPublishEvent(BulkPublishRequest request, ServerCallContext context) => throw Unimplemented();

    /// <summary>Implements the rpc <c>BulkPublishEventAlpha1</c>.</summary>
    public virtual Task<BulkPublishResponse> BulkPublishEventAlpha1(BulkPublishRequest request, ServerCallContext context) => throw Unimplemented();

    /// <summary>Implements the rpc <c>GetMetadata</c>.</summary>
    public virtual Task<GetMetadataResponse> GetMetadata(GetMetadataRequest request, ServerCallContext context) => throw Unimplemented();

    /// <summary>Implements the rpc <c>SetMetadata</c>.</summary>
    public virtual Task<Empty> SetMetadata(SetMetadataRequest request, ServerCallContext context) => throw Unimplemented();

    /// <summary>Implements the rpc <c>Shutdown</c>.</summary>
    public virtual Task<Empty> Shutdown(ShutdownRequest request, ServerCallContext context) => throw Unimplemented();

    /// <summary>Registers every rpc with <paramref name="binder"/>; called by the gRPC host.</summary>
    public static void BindService(ServiceBinderBase binder, DaprServiceBase? service)
    {
        ArgumentNullException.ThrowIfNull(binder);
        Add<GetStateRequest, GetStateResponse>(binder, nameof(GetState), service is null ? null : service.GetState);
        Add<GetBulkStateRequest, GetBulkStateResponse>(binder, nameof(GetBulkState), service is null ? null : service.GetBulkState);
        Add<SaveStateRequest, Empty>(binder, nameof(SaveState), service is null ? null : service.SaveState);
        Add<DeleteStateRequest, Empty>(binder, nameof(DeleteState), service is null ? null : service.DeleteState);
        Add<DeleteBulkStateRequest, Empty>(binder, nameof(DeleteBulkState), service is null ? null : service.DeleteBulkState);
        Add<PublishEventRequest, Empty>(binder, nameof(PublishEvent), service is null ? null : service.PublishEvent);
        Add<BulkPublishRequest, BulkPublishResponse>(binder, nameof(BulkPublishEvent), service is null ? null : service.BulkPublishEvent);
        Add<BulkPublishRequest, BulkPublishResponse>(binder, nameof(BulkPublishEventAlpha1), service is null ? null : service.BulkPublishEventAlpha1);
        Add<GetMetadataRequest, GetMetadataResponse>(binder, nameof(GetMetadata), service is null ? null : service.GetMetadata);
        Add<SetMetadataRequest, Empty>(binder, nameof(SetMetadata), service is null ? null : service.SetMetadata);
        Add<ShutdownRequest, Empty>(binder, nameof(Shutdown), service is null ? null : service.Shutdown);
    }

    private static void Add<TRequest, TResponse>(ServiceBinderBase binder, string name, UnaryServerMethod<TRequest, TResponse>? handler)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        binder.AddMethod(new Method<TRequest, TResponse>(MethodType.Unary, ServiceName, name, Codec<TRequest>.Marshaller, Codec<TResponse>.Marshaller), handler);

    private static RpcException Unimplemented() => new(new Status(StatusCode.Unimplemented, "not implemented"));

    private static class Codec<T>
        where T : class, IMessage<T>, new()
    {
        private static readonly MessageParser<T> Parser = new(() => new T());

        public static readonly Marshaller<T> Marshaller = Marshallers.Create(Write, context => Parser.ParseFrom(context.PayloadAsReadOnlySequence()));

        private static void Write(T message, SerializationContext context)
        {
            context.SetPayloadLength(message.CalculateSize());
            message.WriteTo(context.GetBufferWriter());
            context.Complete();
        }
    }
}
