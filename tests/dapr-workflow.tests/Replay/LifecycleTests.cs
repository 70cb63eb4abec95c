using Dapr.TaskHub.Protos;
using Dapr.Workflow;

namespace DaprWorkflow.Tests.Replay;

public class LifecycleTests
{
    private static async Task<string> TwoSteps(WorkflowContext context)
    {
        context.SetCustomStatus("first");
        var a = await context.CallActivityAsync<string>("A");
        context.SetCustomStatus(new { Step = 2 });
        return a + await context.CallActivityAsync<string>("B");
    }

    [Fact]
    public void Turn_Suspended_HoldsEverythingInOrderAndKeepsTheStatus()
    {
        var instance = Instance.Of(async context => await TwoSteps(context) + await context.WaitForExternalEventAsync<string>("e") + await context.WaitForExternalEventAsync<string>("e"));
        instance.Turn();

        // The result is there before the suspension: the code goes on, but its action is held back.
        Assert.Empty(instance.Turn(instance.Raised("e", "1"), instance.Done(0, "a"), instance.Suspended()).LastActions);
        Assert.Equal("{\"step\":2}", instance.Last.CustomStatus);
        Assert.Empty(instance.Turn(instance.Raised("e", "2")).LastActions);
        Assert.Equal(["1 activity B()"], instance.Turn(instance.Resumed()).LastActions);
        Assert.Equal("\"ab12\"", instance.Turn(instance.Done(1, "b")).Completion.Result);
    }

    [Fact]
    public void Turn_ResultWhileSuspended_AdvancesOnlyAfterResume()
    {
        var instance = Instance.Of(TwoSteps);
        instance.Turn();
        instance.Turn(instance.Suspended());
        Assert.Empty(instance.Turn(instance.Done(0, "a")).LastActions);
        Assert.Equal("\"first\"", instance.Last.CustomStatus);
        Assert.Equal(["1 activity B()"], instance.Turn(instance.Resumed()).LastActions);
        Assert.Equal("{\"step\":2}", instance.Last.CustomStatus);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Turn_Terminated_GivesTheOutputAloneAndRunsNoMoreCode(bool suspendedBefore)
    {
        var instance = Instance.Of(TwoSteps);
        instance.Turn();
        if (suspendedBefore) instance.Turn(instance.Suspended());
        instance.Turn(instance.Terminated("over"), instance.Done(0, "a"));
        Assert.Equal(["1 Terminated \"over\""], instance.LastActions);
        Assert.Equal("\"first\"", instance.Last.CustomStatus);
    }

    [Fact]
    public void Turn_TerminatedAfterItsLastResult_IsCompleted()
    {
        var instance = Instance.Of(context => context.CallActivityAsync<string>("A"));
        instance.Turn();
        Assert.Equal(["1 Completed \"a\""], instance.Turn(instance.Done(0, "a"), instance.Terminated("over")).LastActions);
    }

    [Fact]
    public void Turn_TerminatedWhenContinuingAsNew_IsTerminated()
    {
        var instance = Instance.Of(async context =>
        {
            await context.CallActivityAsync("A");
            context.ContinueAsNew();
            return 0;
        });
        instance.Turn();
        Assert.Equal(["1 Terminated \"over\""], instance.Turn(instance.Done(0), instance.Terminated("over")).LastActions);
    }

    [Fact]
    public void Turn_CustomStatus_IsSentWithEveryAnswerUntilCleared()
    {
        var instance = Instance.Of(async context =>
        {
            context.SetCustomStatus("on");
            await context.CallActivityAsync("A");
            await context.CallActivityAsync("B");
            context.SetCustomStatus(null);
            await context.CallActivityAsync("C");
            return 0;
        });
        Assert.Equal("\"on\"", instance.Turn().Last.CustomStatus);
        Assert.Equal("\"on\"", instance.Turn(instance.Done(0)).Last.CustomStatus);
        Assert.Null(instance.Turn(instance.Done(1)).Last.CustomStatus);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Turn_ContinueAsNew_CarriesUnprocessedEventsInOrderOfArrival(bool preserve)
    {
        var instance = new Instance(o => o.RegisterWorkflow<int, string>("W", async (context, generation) =>
        {
            if (generation == 0)
            {
                await context.WaitForExternalEventAsync<string>("a");
                _ = context.CallActivityAsync("Lost");
                context.ContinueAsNew(1, preserve);
                return "ignored";
            }

            var id = context.NewGuid();
            return await context.WaitForExternalEventAsync<string>("b") + await context.WaitForExternalEventAsync<string>("a");
        }), input: 0);
        instance.Turn();
        instance.Turn(instance.Raised("b", "1"), instance.Raised("a", "taken"), instance.Raised("c", "2"), instance.Raised("A", "3"));
        Assert.Equal(["1 ContinuedAsNew 1"], instance.LastActions);
        Assert.Equal(preserve ? ["b", "c", "A"] : [], instance.Completion.CarryoverEvents.Select(e => e.EventRaised.Name));

        instance.Turn();
        if (preserve) Assert.Equal("\"13\"", instance.Completion.Result);
        else Assert.Empty(instance.LastActions);
    }

    [Fact]
    public void Turn_ThrowsAfterContinueAsNew_Fails()
    {
        var instance = Instance.Of<int>(context =>
        {
            context.ContinueAsNew();
            throw new FormatException();
        });
        Assert.Equal(["0 Failed System.FormatException"], instance.Turn().LastActions);
    }

    [Fact]
    public void Turn_Child_GivesResultFailureAndTermination()
    {
        var instance = Instance.Of(async context =>
        {
            var log = new List<string> { await context.CallChildWorkflowAsync<string>("C", 1, new ChildWorkflowTaskOptions("my-child")) };
            for (var i = 0; i < 2; i++)
            {
                try
                {
                    await context.CallChildWorkflowAsync("D");
                }
                catch (WorkflowTaskFailedException e)
                {
                    log.Add($"{e.Message}/{e.FailureDetails}");
                }
            }

            return log;
        });
        instance.Turn();
        Assert.Equal("my-child", instance.Last.Actions[0].CreateChildWorkflow.InstanceId);
        instance.Turn(instance.ChildDone(0, "r"));
        Assert.Equal(36, instance.Last.Actions[0].CreateChildWorkflow.InstanceId.Length);
        instance.Turn(instance.ChildFailed(1, new TaskFailureDetails { ErrorType = "E", ErrorMessage = "m" }));
        instance.Turn(instance.ChildFailed(2));
        Assert.Equal("[\"r\",\"Child workflow \\u0027D\\u0027 failed/E: m\",\"Child workflow \\u0027D\\u0027 failed/Exception: Unknown message\"]", instance.Completion.Result);
    }

    [Fact]
    public void Turn_Patches_AreReportedInFullAndDecidedOnce()
    {
        var newCode = false;
        var instance = Instance.Of(async context =>
        {
            var early = newCode && context.IsPatched("early");
            await context.CallActivityAsync("A");
            var late = newCode && context.IsPatched("late") && context.IsPatched("late");
            await context.CallActivityAsync(late ? "B2" : "B1");
            return $"{early},{late}";
        });
        instance.Turn();
        newCode = true;

        // The code before the activity has run without the patch, the code behind it has not.
        instance.Turn(instance.Done(0));
        Assert.Equal(["1 activity B2()"], instance.LastActions);
        Assert.Equal(["late", "late"], instance.Last.Version.Patches);
        instance.Past.Last(e => e.WorkflowStarted is not null).WorkflowStarted.Version = instance.Last.Version;

        instance.Turn(instance.Suspended());
        Assert.Equal(["late", "late"], instance.Last.Version.Patches);
        instance.Turn(instance.Resumed(), instance.Done(1));
        Assert.Equal("\"False,True\"", instance.Completion.Result);
        Assert.Equal(["late", "late"], instance.Last.Version.Patches);
    }

    [Fact]
    public void Turn_HistoryWithAVersionName_RunsTheCodeOfTheWorkflowNameAndKeepsThePatches()
    {
        var instance = Instance.Of(async context =>
        {
            var (known, unknown) = (context.IsPatched("known"), context.IsPatched("unknown"));
            await context.CallActivityAsync("A");
            return $"{known},{unknown}";
        });
        instance.Turn();

        // As a worker with named versions leaves it.
        instance.Past.Single(e => e.ExecutionStarted is not null).ExecutionStarted.Version = "v2";
        instance.Past.Single(e => e.WorkflowStarted is not null).WorkflowStarted.Version = new WorkflowVersion { Name = "v2", Patches = { "known" } };
        Assert.Equal("\"True,False\"", instance.Turn(instance.Done(0)).Completion.Result);
        Assert.Equal(new WorkflowVersion { Patches = { "known" } }, instance.Last.Version);
    }

    [Fact]
    public void Turn_PatchDecidedAfterASuspension_IsTheSameInReplay()
    {
        var instance = Instance.Of(async context =>
        {
            await context.CallActivityAsync("A");
            await context.CallActivityAsync(context.IsPatched("p") ? "new" : "old");
            return 0;
        });
        instance.Turn();
        instance.Turn(instance.Suspended());
        instance.Turn(instance.Done(0));
        Assert.Equal(["1 activity new()"], instance.Turn(instance.Resumed()).LastActions);
        instance.Past.Last(e => e.WorkflowStarted is not null).WorkflowStarted.Version = instance.Last.Version;
        Assert.Equal(OrchestrationStatus.Completed, instance.Turn(instance.Done(1)).Completion.WorkflowStatus);
    }

    [Fact]
    public void Turn_Unregistered_FailsWithTheKnownErrors()
    {
        var unknown = new Instance(_ => { }, name: "X").Turn().Completion.FailureDetails;
        Assert.Equal(("WorkflowNotFound", "Workflow 'X' is not registered in this app."), (unknown.ErrorType, unknown.ErrorMessage));
        Assert.Equal("WorkflowNameMissing", new Instance(_ => { }, name: "").Turn().Completion.FailureDetails.ErrorType);

        var broken = new Instance(o => o.RegisterWorkflow<NeedsAService>("X"), name: "X").Turn().Completion.FailureDetails;
        Assert.StartsWith("Workflow 'X' failed to activate: ", broken.ErrorMessage, StringComparison.Ordinal);
    }

    private sealed class NeedsAService(IFormatProvider provider) : Workflow<object?, string>
    {
        public override Task<string> RunAsync(WorkflowContext context, object? input) => Task.FromResult(provider.ToString()!);
    }
}
