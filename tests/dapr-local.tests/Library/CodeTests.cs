using Dapr.TaskHub.Protos;
using Dapr.Workflow;

namespace DaprLocal.Tests.Library;

/// <summary>Code that changes while instances run, and values that cross it.</summary>
public sealed class CodeTests
{
    [Fact]
    public async Task Patch_BetweenTwoVersions_IsOldForRunningAndNewForNewInstances()
    {
        static void Old(WorkflowRuntimeOptions options) => Register(options, async context => await context.WaitForExternalEventAsync<int>("go"));
        static void New(WorkflowRuntimeOptions options) => Register(options, async context =>
        {
            var added = context.IsPatched("bonus") ? 100 : 0;
            return added + await context.WaitForExternalEventAsync<int>("go");
        });
        await using var host = await LibraryHost.StartAsync(Old);
        await host.Client.ScheduleNewWorkflowAsync("W", "old");
        await host.StopAppAsync();
        await host.StartAppAsync(New);
        await host.Client.ScheduleNewWorkflowAsync("W", "new");
        foreach (var id in new[] { "old", "new" }) await host.Client.RaiseEventAsync(id, "go", 1);

        Assert.Equal((1, 101), ((await host.EndAsync("old")).ReadOutputAs<int>(), (await host.EndAsync("new")).ReadOutputAs<int>()));
        Assert.Equal(["bonus"], host.Sidecar.Workflows.GetHistory("new")!.Where(e => e.WorkflowStarted?.Version is not null).SelectMany(e => e.WorkflowStarted.Version.Patches).Distinct());
    }

    [Fact]
    public async Task Values_ThroughAWorkflowAndAnActivity_ComeBackEqual()
    {
        var value = new Everything(
            null, "", "ü – \u0001 \"quoted\"", 12345678901234567890.123456789m, new DateTimeOffset(2026, 5, 1, 12, 30, 0, 123, TimeSpan.FromHours(2)), DayOfWeek.Friday, [1, 2, 3], new Dictionary<string, int> { ["Key"] = 1 });
        await using var host = await LibraryHost.StartAsync(options =>
        {
            options.RegisterWorkflow<Everything, Everything>("W", (context, input) => context.CallActivityAsync<Everything>("Echo", input));
            options.RegisterActivity<Everything, Everything>("Echo", (_, input) => Task.FromResult(input));
            options.RegisterWorkflow<string?, string?>("Text", (_, input) => Task.FromResult(input));
        });

        var state = await host.RunAsync("a", input: value);

        foreach (var read in new[] { state.ReadInputAs<Everything>(), state.ReadOutputAs<Everything>() })
        {
            Assert.Equal(value with { Numbers = read!.Numbers, Map = read.Map }, read);
            Assert.Equal(value.Numbers, read.Numbers);
            Assert.Equal(value.Map, read.Map);
        }

        Assert.Equal("", (await host.RunAsync("empty", "Text", "")).ReadOutputAs<string>());
        Assert.Null((await host.RunAsync("null", "Text")).ReadOutputAs<string>());
        Assert.Null((await host.Client.GetWorkflowStateAsync("a", getInputsAndOutputs: false)).ReadOutputAs<Everything>());
        Assert.Null((await host.Client.WaitForWorkflowCompletionAsync("a", getInputsAndOutputs: false)).ReadInputAs<Everything>());
    }

    [Fact]
    public async Task Input_ThatIsNoJson_FailsTheWorkflow()
    {
        await using var host = await LibraryHost.StartAsync(options => options.RegisterWorkflow<string, string>("W", (_, input) => Task.FromResult(input)));

        await host.Sidecar.TaskHub.StartInstanceAsync(new CreateInstanceRequest { InstanceId = "a", Name = "W", Input = "raw text" });
        var state = await host.EndAsync("a");

        Assert.Equal((WorkflowRuntimeStatus.Failed, "System.Text.Json.JsonException"), (state.RuntimeStatus, state.FailureDetails!.ErrorType.Replace("JsonReaderException", "JsonException", StringComparison.Ordinal)));
    }

    private static void Register(WorkflowRuntimeOptions options, Func<WorkflowContext, Task<int>> code)
    {
        options.RegisterWorkflow<object?, int>("W", (context, _) => code(context));
        options.RegisterActivity<object?, int>("Reserve", (_, _) => Task.FromResult(1));
        options.RegisterActivity<object?, int>("Charge", (_, _) => Task.FromResult(1));
    }

    private sealed record Everything(
        string? Missing, string Empty, string Text, decimal Amount, DateTimeOffset At, DayOfWeek Day, IReadOnlyList<int> Numbers, IReadOnlyDictionary<string, int> Map);
}
