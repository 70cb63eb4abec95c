using System.Text;
using Dapr.Client.Autogen.Grpc.v1;
using DaprLocal.Api;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace DaprLocal.Grpc;

// The management of workflows; Alpha1 and Beta1 are the same calls.
internal sealed partial class DaprService
{
    private const string StartTimeOption = "dapr.workflow.start_time";

    private WorkflowApi Workflows => workflows ?? throw new RpcException(new Status(StatusCode.Unimplemented, "this sidecar serves no workflows"));

    /// <inheritdoc/>
    public override async Task<StartWorkflowResponse> StartWorkflowBeta1(StartWorkflowRequest request, ServerCallContext context)
    {
        var input = Text(request.Input) ?? throw new ApiException(WorkflowErrors.InputNotUtf8(request.WorkflowName));
        var id = await Workflows.StartAsync(request.WorkflowName, request.InstanceId, input, request.Options.TryGetValue(StartTimeOption, out var start) ? start : null, context.CancellationToken);
        return new StartWorkflowResponse { InstanceId = id };
    }

    /// <inheritdoc/>
    public override Task<GetWorkflowResponse> GetWorkflowBeta1(GetWorkflowRequest request, ServerCallContext context) =>
        Task.FromResult(Sized(WorkflowMapping.Of(request.InstanceId, Workflows.Get(request.InstanceId))));

    /// <inheritdoc/>
    public override async Task<Empty> RaiseEventWorkflowBeta1(RaiseEventWorkflowRequest request, ServerCallContext context)
    {
        var data = request.EventData.IsEmpty ? null : Text(request.EventData) ?? throw new ApiException(WorkflowErrors.EventNotUtf8(request.InstanceId, request.EventName));
        await Workflows.RaiseEventAsync(request.InstanceId, request.EventName, data, context.CancellationToken);
        return Nothing;
    }

    /// <inheritdoc/>
    public override async Task<Empty> PauseWorkflowBeta1(PauseWorkflowRequest request, ServerCallContext context)
    {
        await Workflows.PauseAsync(request.InstanceId, context.CancellationToken);
        return Nothing;
    }

    /// <inheritdoc/>
    public override async Task<Empty> ResumeWorkflowBeta1(ResumeWorkflowRequest request, ServerCallContext context)
    {
        await Workflows.ResumeAsync(request.InstanceId, context.CancellationToken);
        return Nothing;
    }

    /// <inheritdoc/>
    public override async Task<Empty> TerminateWorkflowBeta1(TerminateWorkflowRequest request, ServerCallContext context)
    {
        await Workflows.TerminateAsync(request.InstanceId, context.CancellationToken);
        return Nothing;
    }

    /// <inheritdoc/>
    public override async Task<Empty> PurgeWorkflowBeta1(PurgeWorkflowRequest request, ServerCallContext context)
    {
        await Workflows.PurgeAsync(request.InstanceId, context.CancellationToken);
        return Nothing;
    }

    /// <inheritdoc/>
    public override Task<StartWorkflowResponse> StartWorkflowAlpha1(StartWorkflowRequest request, ServerCallContext context) => StartWorkflowBeta1(request, context);

    /// <inheritdoc/>
    public override Task<GetWorkflowResponse> GetWorkflowAlpha1(GetWorkflowRequest request, ServerCallContext context) => GetWorkflowBeta1(request, context);

    /// <inheritdoc/>
    public override Task<Empty> RaiseEventWorkflowAlpha1(RaiseEventWorkflowRequest request, ServerCallContext context) => RaiseEventWorkflowBeta1(request, context);

    /// <inheritdoc/>
    public override Task<Empty> PauseWorkflowAlpha1(PauseWorkflowRequest request, ServerCallContext context) => PauseWorkflowBeta1(request, context);

    /// <inheritdoc/>
    public override Task<Empty> ResumeWorkflowAlpha1(ResumeWorkflowRequest request, ServerCallContext context) => ResumeWorkflowBeta1(request, context);

    /// <inheritdoc/>
    public override Task<Empty> TerminateWorkflowAlpha1(TerminateWorkflowRequest request, ServerCallContext context) => TerminateWorkflowBeta1(request, context);

    /// <inheritdoc/>
    public override Task<Empty> PurgeWorkflowAlpha1(PurgeWorkflowRequest request, ServerCallContext context) => PurgeWorkflowBeta1(request, context);

    private static string? Text(ByteString bytes) => System.Text.Unicode.Utf8.IsValid(bytes.Span) ? Encoding.UTF8.GetString(bytes.Span) : null;
}
