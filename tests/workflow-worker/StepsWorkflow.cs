using Dapr.Workflow;

namespace OrderInventory.WorkflowWorker;

/// <summary>Runs as many steps as it is told, one after the other, and returns their numbers.</summary>
internal sealed class StepsWorkflow : Workflow<int, IReadOnlyList<int>>
{
    // A step fails when it meets a sidecar that is being killed.
    private static readonly WorkflowTaskOptions Again = new(new WorkflowRetryPolicy(maxNumberOfAttempts: 100, firstRetryInterval: TimeSpan.FromMilliseconds(100)));

    public override async Task<IReadOnlyList<int>> RunAsync(WorkflowContext context, int steps)
    {
        var done = new List<int>();
        for (var step = 0; step < steps; step++) done.Add(await context.CallActivityAsync<int>(nameof(StepActivity), step, Again));
        return done;
    }
}
