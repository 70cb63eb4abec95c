using Dapr.Workflow;

namespace OrderInventory.WorkflowWorker;

/// <summary>Runs as many steps as it is told, all at once, and returns their numbers.</summary>
internal sealed class FanOutWorkflow : Workflow<int, IReadOnlyList<int>>
{
    public override async Task<IReadOnlyList<int>> RunAsync(WorkflowContext context, int steps) =>
        await Task.WhenAll(Enumerable.Range(0, steps).Select(step => context.CallActivityAsync<int>(nameof(StepActivity), step)));
}
