using Dapr.Workflow;

namespace OrderInventory.WorkflowWorker;

/// <summary>Notes its key in the file <c>{name}.runs</c>; never returns in a process that finds the marker <c>stick-{name}</c> in its folder.</summary>
internal sealed class StuckActivity : WorkflowActivity<string, string>
{
    public override async Task<string> RunAsync(WorkflowActivityContext context, string name)
    {
        await File.AppendAllTextAsync($"{name}.runs", context.TaskExecutionKey + "\n");
        if (Stick.Here(name)) await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System);
        return context.TaskExecutionKey;
    }
}
