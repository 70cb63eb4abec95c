using System.Net.Http.Json;
using Dapr.Workflow;

namespace OrderInventory.WorkflowWorker;

/// <summary>
/// Leaves the idempotency key of its call under <c>{instance}-{step}</c>, unless there is one: a call with another key
/// would be a second effect of the same step.
/// </summary>
internal sealed class StepActivity(HttpClient state) : WorkflowActivity<int, int>
{
    public override async Task<int> RunAsync(WorkflowActivityContext context, int step)
    {
        var key = $"{context.InstanceId}-{step}";
        using var saved = await state.PostAsJsonAsync("", new[] { new { key, value = context.TaskExecutionKey, options = new { concurrency = "first-write" } } });
        // Whatever the answer to the save says, what is stored counts.
        var stored = await state.GetFromJsonAsync<string>(key);
        return stored == context.TaskExecutionKey ? step : throw new InvalidOperationException($"{key} was done by {stored}, and again by {context.TaskExecutionKey}");
    }
}
