using System.Text.Json;
using OrderInventory.Testing;

namespace DaprLocal.Tests.Faults;

/// <summary>Workflows at the size where histories and messages become large, with the default limits.</summary>
public sealed class LargeWorkflowTests
{
    // Each turn takes the whole history to the worker, so that the time grows with its square.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    public static TheoryData<string, int> Workflows => new() { { "StepsWorkflow", FullSize.Or(5_000, small: 1_000) }, { "FanOutWorkflow", 1_000 } };

    [Theory]
    [MemberData(nameof(Workflows))]
    public async Task Run_ManyActivities_Completes(string workflow, int activities)
    {
        using var processes = await WorkflowProcesses.StartAsync();
        Assert.True(await processes.StartInstanceAsync(workflow, "large", activities), processes.Output);

        var output = await OrderInventory.Testing.Eventually.GetAsync(() => processes.OutputAsync("large"), output => output is not null, Limit, $"{activities} activities are done");

        Assert.Equal(JsonSerializer.Serialize(Enumerable.Range(0, activities)), output);
    }
}
