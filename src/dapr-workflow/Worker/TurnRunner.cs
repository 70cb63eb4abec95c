using Dapr.Common.Serialization;
using Dapr.TaskHub.Protos;
using Dapr.Workflow.Registration;
using Dapr.Workflow.Worker.Replay;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Dapr.Workflow.Worker;

/// <summary>Runs one turn of a workflow in a scope of its own.</summary>
internal sealed class TurnRunner(WorkflowRegistry registry, IServiceScopeFactory scopes, IDaprSerializer serializer, ILoggerFactory loggers)
{
    public async Task<WorkflowResponse> RunAsync(WorkflowRequest request)
    {
        await using var scope = scopes.CreateAsyncScope();
        var services = scope.ServiceProvider;
        return ReplayTurn.Run(request, (string name, out TaskFailureDetails? failure) => registry.CreateWorkflow(name, services, out failure), serializer, loggers);
    }

    /// <summary>The small answer that replaces one over the limit of the sidecar.</summary>
    public static int Shrink(WorkflowResponse response)
    {
        var size = response.CalculateSize();
        var id = response.Actions.Count > 0 ? response.Actions[0].Id : 0;
        response.CustomStatus = null;
        response.Actions.Clear();
        response.Actions.Add(ActionFactory.Fail(id, Failures.Create("PayloadTooLarge", $"The answer of this turn is larger than the sidecar accepts ({size} bytes).")));
        return size;
    }
}
