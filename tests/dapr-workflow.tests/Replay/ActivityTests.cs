using Dapr.TaskHub.Protos;
using Dapr.Workflow;
using Microsoft.Extensions.Logging;

namespace DaprWorkflow.Tests.Replay;

public class ActivityTests
{
    [Fact]
    public void Turn_SequentialActivities_TakeIdsFromOneCounterAndCompleteLast()
    {
        var instance = new Instance(o => o.RegisterWorkflow<string, int>("W", async (context, input) =>
            await context.CallActivityAsync<int>("A", input) + await context.CallActivityAsync<int>("B")), input: "x");

        Assert.Equal(["0 activity A(\"x\")"], instance.Turn().LastActions);
        Assert.Equal(["1 activity B()"], instance.Turn(instance.Done(0, 40)).LastActions);
        Assert.Equal(["2 Completed 42"], instance.Turn(instance.Done(1, 2)).LastActions);
    }

    [Fact]
    public void Turn_FanOutAnsweredOutOfOrder_GivesResultsInOrderOfInputs()
    {
        var instance = Instance.Of(context => Task.WhenAll(Enumerable.Range(0, 50).Select(n => context.CallActivityAsync<int>("A", n))));

        Assert.Equal(50, instance.Turn().Last.Actions.Count);
        var order = Enumerable.Range(0, 50).ToArray();
        new Random(7).Shuffle(order);
        foreach (var batch in order.Chunk(7)) instance.Turn([.. batch.Select(id => instance.Done(id, id * 10))]);

        Assert.Equal($"[{string.Join(',', Enumerable.Range(0, 50).Select(n => n * 10))}]", instance.Completion.Result);
        Assert.Equal(50, instance.Last.Actions[0].Id);
    }

    [Fact]
    public void Turn_ProcessInParallel_KeepsTheLimitAndTheOrder()
    {
        var instance = Instance.Of(context => context.ProcessInParallelAsync([1, 2, 3], n => context.CallActivityAsync<int>("A", n), maxConcurrency: 2));

        Assert.Equal(["0 activity A(1)", "1 activity A(2)"], instance.Turn().LastActions);
        Assert.Equal(["2 activity A(3)"], instance.Turn(instance.Done(1, 20)).LastActions);
        instance.Turn(instance.Done(2, 30));
        Assert.Equal("[10,20,30]", instance.Turn(instance.Done(0, 10)).Completion.Result);
    }

    [Fact]
    public void Turn_ActivityFails_ThrowsWithDetails()
    {
        var instance = Instance.Of(async context =>
        {
            try
            {
                await context.CallActivityAsync("A");
                return "no";
            }
            catch (WorkflowTaskFailedException e)
            {
                return $"{e.Message}|{e.FailureDetails}|{e.FailureDetails.IsCausedBy<InvalidOperationException>()}|{e.FailureDetails.IsCausedBy<IOException>()}";
            }
        });
        instance.Turn();
        Assert.Equal("\"Task failed: broken|System.InvalidOperationException: broken|True|False\"", instance.Turn(instance.Failed(0)).Completion.Result);
    }

    [Fact]
    public void Turn_UnhandledFailure_FailsTheWorkflowAndKeepsWorkOfTheSameTurn()
    {
        var instance = Instance.Of<int>(context =>
        {
            _ = context.CallActivityAsync("Fire");
            throw new FormatException("bad");
        });
        Assert.Equal(["0 activity Fire()", "1 Failed System.FormatException"], instance.Turn().LastActions);
        Assert.True(instance.Completion.FailureDetails.IsNonRetriable);
        Assert.Equal("bad", instance.Completion.FailureDetails.ErrorMessage);
    }

    [Fact]
    public void Turn_ResultDoesNotFitItsType_ThrowsAtTheAwait()
    {
        var instance = Instance.Of(async context =>
        {
            await Assert.ThrowsAnyAsync<System.Text.Json.JsonException>(() => context.CallActivityAsync<int>("A"));
            return "caught";
        });
        instance.Turn();
        Assert.Equal("\"caught\"", instance.Turn(instance.Done(0, "text")).Completion.Result);
    }

    [Fact]
    public void Turn_SameResultTwice_FirstWins()
    {
        var instance = Instance.Of(async context => await context.CallActivityAsync<int>("A") + await context.CallActivityAsync<int>("B"));
        instance.Turn();
        Assert.Equal(["1 activity B()"], instance.Turn(instance.Done(0, 1), instance.Done(0, 100), instance.Failed(0)).LastActions);
        Assert.Equal("3", instance.Turn(instance.Done(1, 2)).Completion.Result);
    }

    [Fact]
    public void Turn_ResultBeforeTheCall_DeliversItAndSendsNothing()
    {
        var instance = Instance.Of(async context =>
        {
            await context.WaitForExternalEventAsync<object>("go");
            return await context.CallActivityAsync<int>("A");
        });
        instance.Turn(instance.Done(0, 5));
        Assert.Empty(instance.LastActions);
        Assert.Equal(["1 Completed 5"], instance.Turn(instance.Raised("go")).LastActions);
    }

    [Fact]
    public void Turn_ResultOfAnotherGeneration_IsIgnoredUntilTheCallIsRecordedAndFailsItAfterwards()
    {
        var policy = new WorkflowTaskOptions(new WorkflowRetryPolicy(3, TimeSpan.FromSeconds(1)));
        var instance = Instance.Of(context => context.CallActivityAsync<int>("A", null, policy));

        instance.Turn(instance.Done(0, 666, key: "of-an-earlier-generation"));
        Assert.Equal(["0 activity A()"], instance.LastActions);
        var key = instance.Last.Actions[0].ScheduleTask.TaskExecutionId;
        instance.Turn(instance.Done(0, 666, key: "of-an-earlier-generation"));
        Assert.Equal(["1 timer ActivityRetry +1"], instance.LastActions);
        instance.Turn(instance.Fired(1));
        Assert.Equal("7", instance.Turn(instance.Done(2, 7, key)).Completion.Result);
    }

    [Fact]
    public void Turn_HalfAppliedTurnComesAgain_DoesNotRepeatItsActions()
    {
        // As daprd sends a turn whose dispatch failed: the created-event of the lost answer stands in the new events.
        var instance = Instance.Of(async context => await context.CallActivityAsync<int>("A") + await context.CallActivityAsync<int>("B"));
        instance.Turn();
        var scheduled = instance.Event(e => e.TaskScheduled = new TaskScheduledEvent { Name = "B" }, id: 1);
        Assert.Empty(instance.Turn(instance.Done(0, 1), scheduled, instance.Event(e => e.WorkflowStarted = new WorkflowStartedEvent())).LastActions);
        Assert.Equal("3", instance.Turn(instance.Done(1, 2)).Completion.Result);
    }

    [Fact]
    public void Turn_Replayed_LogsOnceAndSaysSo()
    {
        using var log = new RecordingLoggers();
        var replays = new List<bool>();
        var instance = new Instance(o => o.RegisterWorkflow<object?, int>("W", async (context, _) =>
        {
            var logger = context.CreateReplaySafeLogger("code");
#pragma warning disable CA1848, CA1873, CA2254
            logger.LogInformation("one");
            replays.Add(context.IsReplaying);
            await context.CallActivityAsync("A");
            logger.LogInformation("two");
#pragma warning restore CA1848, CA1873, CA2254
            replays.Add(context.IsReplaying);
            return 0;
        }))
        {
            Loggers = log,
        };
        instance.Turn();
        instance.Turn(instance.Done(0));

        // Each turn is computed twice here.
        Assert.Equal(["one", "one", "two", "two"], log.Entries);
        Assert.Equal([false, false, true, false, true, false], replays);
    }

    [Fact]
    public void Turn_ForAnotherApp_RoutesTheAction()
    {
        var instance = Instance.Of(context => context.CallActivityAsync<int>("A", 1, new WorkflowTaskOptions(TargetAppId: "other")));
        instance.Next[0].Router = new TaskRouter { SourceAppID = "me" };
        instance.Turn();
        Assert.Equal(new TaskRouter { SourceAppID = "me", TargetAppID = "other" }, instance.Last.Actions[0].Router);
    }

    [Fact]
    public void Turn_NullsAndEmptyStrings_KeepApart()
    {
        var instance = new Instance(o => o.RegisterWorkflow<string?, string?>("W", async (context, input) => input is null ? await context.CallActivityAsync<string?>("A", "") : "wrong"));
        Assert.Equal(["0 activity A(\"\")"], instance.Turn().LastActions);
        instance.Turn(instance.Done(0, null));
        Assert.Equal("", instance.Completion.Result);
    }
}
