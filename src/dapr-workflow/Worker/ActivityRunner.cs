using System.Diagnostics;
using Dapr.Common.Serialization;
using Dapr.TaskHub.Protos;
using Dapr.Workflow.Registration;
using Dapr.Workflow.Worker.Replay;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Dapr.Workflow.Worker;

/// <summary>Runs one activity in a scope of its own; every outcome is an answer.</summary>
internal sealed class ActivityRunner(WorkflowRegistry registry, IServiceScopeFactory scopes, IDaprSerializer serializer, ILogger<ActivityRunner> log)
{
    public async Task<ActivityResponse> RunAsync(ActivityRequest request)
    {
        var instanceId = request.WorkflowInstance?.InstanceId ?? "";
        var response = new ActivityResponse { InstanceId = instanceId, TaskId = request.TaskId };
        using var span = WorkflowTrace.StartActivity(request);
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            if (registry.CreateActivity(request.Name, scope.ServiceProvider, out var failure) is not { } activity)
            {
                response.FailureDetails = failure;
                span?.SetStatus(ActivityStatusCode.Error, failure!.ErrorMessage);
                return response;
            }

            var input = serializer.Deserialize(request.Input ?? "", activity.InputType);
            var result = await activity.RunAsync(new Context(request, instanceId), input);
            response.Result = serializer.Payload(result);
        }
        catch (Exception e)
        {
            log.ActivityFailed(request.Name, instanceId, request.TaskId, e);
            span?.SetStatus(ActivityStatusCode.Error, e.Message);
            response.Result = null;
            response.FailureDetails = Failures.From(e, nonRetriable: false);
        }

        return response;
    }

    /// <summary>The small answer that replaces one over the limit of the sidecar.</summary>
    public static int Shrink(ActivityResponse response)
    {
        var size = response.CalculateSize();
        response.Result = null;
        response.FailureDetails = Failures.Create("PayloadTooLarge", $"The result of the activity is larger than the sidecar accepts ({size} bytes).");
        return size;
    }

    private sealed class Context(ActivityRequest request, string instanceId) : WorkflowActivityContext
    {
        public override Abstractions.TaskIdentifier Identifier => new(request.Name);

        public override string TaskExecutionKey { get; } = request.TaskExecutionId is { Length: > 0 } key
            ? key
            : request.TaskId.ToString(System.Globalization.CultureInfo.InvariantCulture);

        public override string InstanceId => instanceId;
    }
}
