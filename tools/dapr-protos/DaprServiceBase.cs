using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Dapr.Hosting.Protos;

/// <summary>
/// Server side of the gRPC service <c>dapr.proto.runtime.v1.Dapr</c> over the messages of the package Dapr.Protos,
/// which ships the client side only. Derive from it and map it with <c>MapGrpcService</c>; a method that is not
/// overridden answers UNIMPLEMENTED.
/// </summary>
[BindServiceMethod(typeof(DaprServiceBase), nameof(BindService))]
public abstract class DaprServiceBase
{
    private const string ServiceName = "dapr.proto.runtime.v1.Dapr";

    // Service invocation

    /// <summary>Implements the rpc <c>InvokeService</c>.</summary>
    public virtual Task<InvokeResponse> InvokeService(InvokeServiceRequest request, ServerCallContext context) => throw Unimplemented();

    // State

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

    /// <summary>Implements the rpc <c>ExecuteStateTransaction</c>.</summary>
    public virtual Task<Empty> ExecuteStateTransaction(ExecuteStateTransactionRequest request, ServerCallContext context) => throw Unimplemented();

    /// <summary>Implements the rpc <c>QueryStateAlpha1</c>.</summary>
    public virtual Task<QueryStateResponse> QueryStateAlpha1(QueryStateRequest request, ServerCallContext context) => throw Unimplemented();

    // Publish and subscribe

    /// <summary>Implements the rpc <c>PublishEvent</c>.</summary>
    public virtual Task<Empty> PublishEvent(PublishEventRequest request, ServerCallContext context) => throw Unimplemented();

    /// <summary>Implements the rpc <c>BulkPublishEvent</c>.</summary>
    public virtual Task<BulkPublishResponse> BulkPublishEvent(BulkPublishRequest request, ServerCallContext context) => throw Unimplemented();

    /// <summary>Implements the rpc <c>BulkPublishEventAlpha1</c>.</summary>
    public virtual Task<BulkPublishResponse> BulkPublishEventAlpha1(BulkPublishRequest request, ServerCallContext context) => throw Unimplemented();

    /// <summary>Implements the rpc <c>SubscribeTopicEventsAlpha1</c>.</summary>
    public virtual Task SubscribeTopicEventsAlpha1(IAsyncStreamReader<SubscribeTopicEventsRequestAlpha1> requests, IServerStreamWriter<SubscribeTopicEventsResponseAlpha1> responses, ServerCallContext context) => throw Unimplemented();

    // Metadata and lifetime

    /// <summary>Implements the rpc <c>GetMetadata</c>.</summary>
    public virtual Task<GetMetadataResponse> GetMetadata(GetMetadataRequest request, ServerCallContext context) => throw Unimplemented();

    /// <summary>Implements the rpc <c>SetMetadata</c>.</summary>
    public virtual Task<Empty> SetMetadata(SetMetadataRequest request, ServerCallContext context) => throw Unimplemented();

    /// <summary>Implements the rpc <c>Shutdown</c>.</summary>
    public virtual Task<Empty> Shutdown(ShutdownRequest request, ServerCallContext context) => throw Unimplemented();

    // Workflow management

    /// <summary>Implements the rpc <c>StartWorkflowAlpha1</c>.</summary>
    public virtual Task<StartWorkflowResponse> StartWorkflowAlpha1(StartWorkflowRequest request, ServerCallContext context) => throw Unimplemented();

    /// <summary>Implements the rpc <c>GetWorkflowAlpha1</c>.</summary>
    public virtual Task<GetWorkflowResponse> GetWorkflowAlpha1(GetWorkflowRequest request, ServerCallContext context) => throw Unimplemented();

    /// <summary>Implements the rpc <c>PurgeWorkflowAlpha1</c>.</summary>
    public virtual Task<Empty> PurgeWorkflowAlpha1(PurgeWorkflowRequest request, ServerCallContext context) => throw Unimplemented();

    /// <summary>Implements the rpc <c>TerminateWorkflowAlpha1</c>.</summary>
    public virtual Task<Empty> TerminateWorkflowAlpha1(TerminateWorkflowRequest request, ServerCallContext context) => throw Unimplemented();

    /// <summary>Implements the rpc <c>PauseWorkflowAlpha1</c>.</summary>
    public virtual Task<Empty> PauseWorkflowAlpha1(PauseWorkflowRequest request, ServerCallContext context) => throw Unimplemented();

    /// <summary>Implements the rpc <c>ResumeWorkflowAlpha1</c>.</summary>
    public virtual Task<Empty> ResumeWorkflowAlpha1(ResumeWorkflowRequest request, ServerCallContext context) => throw Unimplemented();

    /// <summary>Implements the rpc <c>RaiseEventWorkflowAlpha1</c>.</summary>
    public virtual Task<Empty> RaiseEventWorkflowAlpha1(RaiseEventWorkflowRequest request, ServerCallContext context) => throw Unimplemented();

    /// <summary>Implements the rpc <c>StartWorkflowBeta1</c>.</summary>
    public virtual Task<StartWorkflowResponse> StartWorkflowBeta1(StartWorkflowRequest request, ServerCallContext context) => throw Unimplemented();

    /// <summary>Implements the rpc <c>GetWorkflowBeta1</c>.</summary>
    public virtual Task<GetWorkflowResponse> GetWorkflowBeta1(GetWorkflowRequest request, ServerCallContext context) => throw Unimplemented();

    /// <summary>Implements the rpc <c>PurgeWorkflowBeta1</c>.</summary>
    public virtual Task<Empty> PurgeWorkflowBeta1(PurgeWorkflowRequest request, ServerCallContext context) => throw Unimplemented();

    /// <summary>Implements the rpc <c>TerminateWorkflowBeta1</c>.</summary>
    public virtual Task<Empty> TerminateWorkflowBeta1(TerminateWorkflowRequest request, ServerCallContext context) => throw Unimplemented();

    /// <summary>Implements the rpc <c>PauseWorkflowBeta1</c>.</summary>
    public virtual Task<Empty> PauseWorkflowBeta1(PauseWorkflowRequest request, ServerCallContext context) => throw Unimplemented();

    /// <summary>Implements the rpc <c>ResumeWorkflowBeta1</c>.</summary>
    public virtual Task<Empty> ResumeWorkflowBeta1(ResumeWorkflowRequest request, ServerCallContext context) => throw Unimplemented();

    /// <summary>Implements the rpc <c>RaiseEventWorkflowBeta1</c>.</summary>
    public virtual Task<Empty> RaiseEventWorkflowBeta1(RaiseEventWorkflowRequest request, ServerCallContext context) => throw Unimplemented();

    // Features that a sidecar answers as switched off

    /// <summary>Implements the rpc <c>GetSecret</c>.</summary>
    public virtual Task<GetSecretResponse> GetSecret(GetSecretRequest request, ServerCallContext context) => throw Unimplemented();

    /// <summary>Implements the rpc <c>GetBulkSecret</c>.</summary>
    public virtual Task<GetBulkSecretResponse> GetBulkSecret(GetBulkSecretRequest request, ServerCallContext context) => throw Unimplemented();

    /// <summary>Implements the rpc <c>InvokeBinding</c>.</summary>
    public virtual Task<InvokeBindingResponse> InvokeBinding(InvokeBindingRequest request, ServerCallContext context) => throw Unimplemented();

    /// <summary>Implements the rpc <c>GetConfiguration</c>.</summary>
    public virtual Task<GetConfigurationResponse> GetConfiguration(GetConfigurationRequest request, ServerCallContext context) => throw Unimplemented();

    /// <summary>Implements the rpc <c>TryLockAlpha1</c>.</summary>
    public virtual Task<TryLockResponse> TryLockAlpha1(TryLockRequest request, ServerCallContext context) => throw Unimplemented();

    /// <summary>Implements the rpc <c>GetActorState</c>.</summary>
    public virtual Task<GetActorStateResponse> GetActorState(GetActorStateRequest request, ServerCallContext context) => throw Unimplemented();

    /// <summary>Implements the rpc <c>InvokeActor</c>.</summary>
    public virtual Task<InvokeActorResponse> InvokeActor(InvokeActorRequest request, ServerCallContext context) => throw Unimplemented();

    /// <summary>Registers every rpc with <paramref name="binder"/>; called by the gRPC host.</summary>
    public static void BindService(ServiceBinderBase binder, DaprServiceBase? service)
    {
        ArgumentNullException.ThrowIfNull(binder);
        binder.AddMethod(Method<InvokeServiceRequest, InvokeResponse>(MethodType.Unary, "InvokeService"), service is null ? null : new UnaryServerMethod<InvokeServiceRequest, InvokeResponse>(service.InvokeService));
        binder.AddMethod(Method<GetStateRequest, GetStateResponse>(MethodType.Unary, "GetState"), service is null ? null : new UnaryServerMethod<GetStateRequest, GetStateResponse>(service.GetState));
        binder.AddMethod(Method<GetBulkStateRequest, GetBulkStateResponse>(MethodType.Unary, "GetBulkState"), service is null ? null : new UnaryServerMethod<GetBulkStateRequest, GetBulkStateResponse>(service.GetBulkState));
        binder.AddMethod(Method<SaveStateRequest, Empty>(MethodType.Unary, "SaveState"), service is null ? null : new UnaryServerMethod<SaveStateRequest, Empty>(service.SaveState));
        binder.AddMethod(Method<DeleteStateRequest, Empty>(MethodType.Unary, "DeleteState"), service is null ? null : new UnaryServerMethod<DeleteStateRequest, Empty>(service.DeleteState));
        binder.AddMethod(Method<DeleteBulkStateRequest, Empty>(MethodType.Unary, "DeleteBulkState"), service is null ? null : new UnaryServerMethod<DeleteBulkStateRequest, Empty>(service.DeleteBulkState));
        binder.AddMethod(Method<ExecuteStateTransactionRequest, Empty>(MethodType.Unary, "ExecuteStateTransaction"), service is null ? null : new UnaryServerMethod<ExecuteStateTransactionRequest, Empty>(service.ExecuteStateTransaction));
        binder.AddMethod(Method<QueryStateRequest, QueryStateResponse>(MethodType.Unary, "QueryStateAlpha1"), service is null ? null : new UnaryServerMethod<QueryStateRequest, QueryStateResponse>(service.QueryStateAlpha1));
        binder.AddMethod(Method<PublishEventRequest, Empty>(MethodType.Unary, "PublishEvent"), service is null ? null : new UnaryServerMethod<PublishEventRequest, Empty>(service.PublishEvent));
        binder.AddMethod(Method<BulkPublishRequest, BulkPublishResponse>(MethodType.Unary, "BulkPublishEvent"), service is null ? null : new UnaryServerMethod<BulkPublishRequest, BulkPublishResponse>(service.BulkPublishEvent));
        binder.AddMethod(Method<BulkPublishRequest, BulkPublishResponse>(MethodType.Unary, "BulkPublishEventAlpha1"), service is null ? null : new UnaryServerMethod<BulkPublishRequest, BulkPublishResponse>(service.BulkPublishEventAlpha1));
        binder.AddMethod(Method<SubscribeTopicEventsRequestAlpha1, SubscribeTopicEventsResponseAlpha1>(MethodType.DuplexStreaming, "SubscribeTopicEventsAlpha1"), service is null ? null : new DuplexStreamingServerMethod<SubscribeTopicEventsRequestAlpha1, SubscribeTopicEventsResponseAlpha1>(service.SubscribeTopicEventsAlpha1));
        binder.AddMethod(Method<GetMetadataRequest, GetMetadataResponse>(MethodType.Unary, "GetMetadata"), service is null ? null : new UnaryServerMethod<GetMetadataRequest, GetMetadataResponse>(service.GetMetadata));
        binder.AddMethod(Method<SetMetadataRequest, Empty>(MethodType.Unary, "SetMetadata"), service is null ? null : new UnaryServerMethod<SetMetadataRequest, Empty>(service.SetMetadata));
        binder.AddMethod(Method<ShutdownRequest, Empty>(MethodType.Unary, "Shutdown"), service is null ? null : new UnaryServerMethod<ShutdownRequest, Empty>(service.Shutdown));
        binder.AddMethod(Method<StartWorkflowRequest, StartWorkflowResponse>(MethodType.Unary, "StartWorkflowAlpha1"), service is null ? null : new UnaryServerMethod<StartWorkflowRequest, StartWorkflowResponse>(service.StartWorkflowAlpha1));
        binder.AddMethod(Method<GetWorkflowRequest, GetWorkflowResponse>(MethodType.Unary, "GetWorkflowAlpha1"), service is null ? null : new UnaryServerMethod<GetWorkflowRequest, GetWorkflowResponse>(service.GetWorkflowAlpha1));
        binder.AddMethod(Method<PurgeWorkflowRequest, Empty>(MethodType.Unary, "PurgeWorkflowAlpha1"), service is null ? null : new UnaryServerMethod<PurgeWorkflowRequest, Empty>(service.PurgeWorkflowAlpha1));
        binder.AddMethod(Method<TerminateWorkflowRequest, Empty>(MethodType.Unary, "TerminateWorkflowAlpha1"), service is null ? null : new UnaryServerMethod<TerminateWorkflowRequest, Empty>(service.TerminateWorkflowAlpha1));
        binder.AddMethod(Method<PauseWorkflowRequest, Empty>(MethodType.Unary, "PauseWorkflowAlpha1"), service is null ? null : new UnaryServerMethod<PauseWorkflowRequest, Empty>(service.PauseWorkflowAlpha1));
        binder.AddMethod(Method<ResumeWorkflowRequest, Empty>(MethodType.Unary, "ResumeWorkflowAlpha1"), service is null ? null : new UnaryServerMethod<ResumeWorkflowRequest, Empty>(service.ResumeWorkflowAlpha1));
        binder.AddMethod(Method<RaiseEventWorkflowRequest, Empty>(MethodType.Unary, "RaiseEventWorkflowAlpha1"), service is null ? null : new UnaryServerMethod<RaiseEventWorkflowRequest, Empty>(service.RaiseEventWorkflowAlpha1));
        binder.AddMethod(Method<StartWorkflowRequest, StartWorkflowResponse>(MethodType.Unary, "StartWorkflowBeta1"), service is null ? null : new UnaryServerMethod<StartWorkflowRequest, StartWorkflowResponse>(service.StartWorkflowBeta1));
        binder.AddMethod(Method<GetWorkflowRequest, GetWorkflowResponse>(MethodType.Unary, "GetWorkflowBeta1"), service is null ? null : new UnaryServerMethod<GetWorkflowRequest, GetWorkflowResponse>(service.GetWorkflowBeta1));
        binder.AddMethod(Method<PurgeWorkflowRequest, Empty>(MethodType.Unary, "PurgeWorkflowBeta1"), service is null ? null : new UnaryServerMethod<PurgeWorkflowRequest, Empty>(service.PurgeWorkflowBeta1));
        binder.AddMethod(Method<TerminateWorkflowRequest, Empty>(MethodType.Unary, "TerminateWorkflowBeta1"), service is null ? null : new UnaryServerMethod<TerminateWorkflowRequest, Empty>(service.TerminateWorkflowBeta1));
        binder.AddMethod(Method<PauseWorkflowRequest, Empty>(MethodType.Unary, "PauseWorkflowBeta1"), service is null ? null : new UnaryServerMethod<PauseWorkflowRequest, Empty>(service.PauseWorkflowBeta1));
        binder.AddMethod(Method<ResumeWorkflowRequest, Empty>(MethodType.Unary, "ResumeWorkflowBeta1"), service is null ? null : new UnaryServerMethod<ResumeWorkflowRequest, Empty>(service.ResumeWorkflowBeta1));
        binder.AddMethod(Method<RaiseEventWorkflowRequest, Empty>(MethodType.Unary, "RaiseEventWorkflowBeta1"), service is null ? null : new UnaryServerMethod<RaiseEventWorkflowRequest, Empty>(service.RaiseEventWorkflowBeta1));
        binder.AddMethod(Method<GetSecretRequest, GetSecretResponse>(MethodType.Unary, "GetSecret"), service is null ? null : new UnaryServerMethod<GetSecretRequest, GetSecretResponse>(service.GetSecret));
        binder.AddMethod(Method<GetBulkSecretRequest, GetBulkSecretResponse>(MethodType.Unary, "GetBulkSecret"), service is null ? null : new UnaryServerMethod<GetBulkSecretRequest, GetBulkSecretResponse>(service.GetBulkSecret));
        binder.AddMethod(Method<InvokeBindingRequest, InvokeBindingResponse>(MethodType.Unary, "InvokeBinding"), service is null ? null : new UnaryServerMethod<InvokeBindingRequest, InvokeBindingResponse>(service.InvokeBinding));
        binder.AddMethod(Method<GetConfigurationRequest, GetConfigurationResponse>(MethodType.Unary, "GetConfiguration"), service is null ? null : new UnaryServerMethod<GetConfigurationRequest, GetConfigurationResponse>(service.GetConfiguration));
        binder.AddMethod(Method<TryLockRequest, TryLockResponse>(MethodType.Unary, "TryLockAlpha1"), service is null ? null : new UnaryServerMethod<TryLockRequest, TryLockResponse>(service.TryLockAlpha1));
        binder.AddMethod(Method<GetActorStateRequest, GetActorStateResponse>(MethodType.Unary, "GetActorState"), service is null ? null : new UnaryServerMethod<GetActorStateRequest, GetActorStateResponse>(service.GetActorState));
        binder.AddMethod(Method<InvokeActorRequest, InvokeActorResponse>(MethodType.Unary, "InvokeActor"), service is null ? null : new UnaryServerMethod<InvokeActorRequest, InvokeActorResponse>(service.InvokeActor));
    }

    private static Method<TRequest, TResponse> Method<TRequest, TResponse>(MethodType type, string name)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        new(type, ServiceName, name, Codec<TRequest>.Marshaller, Codec<TResponse>.Marshaller);

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
