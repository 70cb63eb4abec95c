using Dapr.Workflow;

namespace OrderInventory.WorkflowWorker;

/// <summary>Two activities, of which each may stick, and between them a turn that may.</summary>
internal sealed class StuckWorkflow : Workflow<int, IReadOnlyList<string>>
{
    public override async Task<IReadOnlyList<string>> RunAsync(WorkflowContext context, int input)
    {
        var first = await context.CallActivityAsync<string>(nameof(StuckActivity), "first");
        if (Stick.Here("turn"))
        {
            using var never = new ManualResetEventSlim();
            never.Wait();
        }

        return [first, await context.CallActivityAsync<string>(nameof(StuckActivity), "second")];
    }
}
