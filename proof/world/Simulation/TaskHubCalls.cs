using System.Threading.Channels;
using Dapr.TaskHub.Protos;
using Google.Protobuf;
using Grpc.Core;

namespace OrderInventory.Proof.Simulation;

/// <summary>
/// What the package Dapr.Workflow asks the sidecar. It has message types of its own, so messages cross as the bytes they
/// would be on the wire. Starts and events are steps of the world; work goes to and from <paramref name="worker"/>.
/// </summary>
internal sealed class TaskHubCalls(SidecarCalls sidecar, PackageWorker worker) : CallInvoker
{
    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        SidecarCalls.Unary(AskAsync(method, ((IMessage)request).ToByteArray()));

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        new(new Stream<TResponse>(worker.Connect()), Task.FromResult(new Metadata()), () => Status.DefaultSuccess, () => [], () => { });

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) => throw new NotSupportedException();

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options) => throw new NotSupportedException();

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options) => throw new NotSupportedException();

    private async Task<TResponse> AskAsync<TRequest, TResponse>(Method<TRequest, TResponse> method, byte[] request)
        where TRequest : class
        where TResponse : class
    {
        byte[] response = [];
        switch (method.Name)
        {
            case "StartInstance":
                response = (await sidecar.AskAsync(CreateInstanceRequest.Parser.ParseFrom(request))).ToByteArray();
                break;
            case "RaiseEvent":
                response = (await sidecar.AskAsync(RaiseEventRequest.Parser.ParseFrom(request))).ToByteArray();
                break;
            case "GetInstance":
                response = (await sidecar.AskAsync(GetInstanceRequest.Parser.ParseFrom(request))).ToByteArray();
                break;
            case "PurgeInstances":
                response = (await sidecar.AskAsync(PurgeInstancesRequest.Parser.ParseFrom(request))).ToByteArray();
                break;
            case "CompleteOrchestratorTask":
                worker.Complete(WorkflowResponse.Parser.ParseFrom(request).CompletionToken, request);
                break;
            case "CompleteActivityTask":
                worker.Complete(ActivityResponse.Parser.ParseFrom(request).CompletionToken, request);
                break;
            // Asked to keep the connection open, on a real clock.
            case "Hello":
                break;
            default:
                throw new NotSupportedException($"The simulated sidecar does not answer {method.Name}.");
        }

        return Read<TResponse>(response);
    }

    private static T Read<T>(byte[] bytes)
        where T : class
    {
        var message = Activator.CreateInstance<T>();
        ((IMessage)message).MergeFrom(bytes);
        return message;
    }

    private sealed class Stream<T>(ChannelReader<byte[]> work) : IAsyncStreamReader<T>
        where T : class
    {
        public T Current { get; private set; } = null!;

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            Current = Read<T>(await work.ReadAsync(cancellationToken));
            return true;
        }
    }
}
