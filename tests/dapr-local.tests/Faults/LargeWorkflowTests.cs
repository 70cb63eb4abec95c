using System.Text.Json;

namespace DaprLocal.Tests.Faults;

/// <summary>Workflows at the size where histories and messages become large, with the default limits.</summary>
public sealed class LargeWorkflowTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    [Theory]
    [InlineData("StepsWorkflow", 5_000)]
    [InlineData("FanOutWorkflow", 1_000)]
    public async Task Run_ManyActivities_Completes(string workflow, int activities)
    {
        using var processes = await WorkflowProcesses.StartAsync();
        Assert.True(await processes.StartInstanceAsync(workflow, "large", activities), processes.Output);

        var output = await OrderInventory.Testing.Eventually.GetAsync(() => processes.OutputAsync("large"), output => output is not null, Limit, $"{activities} activities are done");

        Assert.Equal(JsonSerializer.Serialize(Enumerable.Range(0, activities)), output);
    }
}
