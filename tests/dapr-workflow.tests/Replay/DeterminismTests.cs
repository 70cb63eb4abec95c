using Dapr.TaskHub.Protos;
using Dapr.Workflow;
using Dapr.Workflow.Worker.Replay;

namespace DaprWorkflow.Tests.Replay;

public class DeterminismTests
{
    [Theory]
    [InlineData("name", "activity 'A'", "activity 'B'")]
    [InlineData("kind", "activity 'A'", "timer ''")]
    [InlineData("gone", "activity 'A'", "nothing")]
    public void Turn_CodeChanged_FailsNamingBothSides(string change, string recorded, string current)
    {
        var changed = false;
        var instance = Instance.Of(async context =>
        {
            if (!changed) await context.CallActivityAsync("A");
            else if (change == "name") await context.CallActivityAsync("B");
            else if (change == "kind") await context.CreateTimer(TimeSpan.FromSeconds(1));
            else await context.WaitForExternalEventAsync<int>("e");
            return 0;
        });
        instance.Turn();
        changed = true;
        var failure = instance.Turn(instance.Done(0)).Completion.FailureDetails;
        Assert.Single(instance.Last.Actions);
        Assert.Equal("NonDeterministicWorkflowException", failure.ErrorType);
        Assert.True(failure.IsNonRetriable);
        Assert.Contains($"records {recorded} with sequence number 0", failure.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains($"has {current} there", failure.ErrorMessage, StringComparison.Ordinal);
    }

    // The history is that of: activity A, activity B, wait.
    [Theory]
    [InlineData("A,C", "activity 'B' with sequence number 1", "activity 'C'")]
    [InlineData("B,A", "activity 'A' with sequence number 0", "activity 'B'")]
    [InlineData("A,X,B", "activity 'B' with sequence number 1", "activity 'X'")]
    [InlineData("A", "activity 'B' with sequence number 1", "nothing")]
    [InlineData("A,timer", "activity 'B' with sequence number 1", "timer ''")]
    [InlineData("A,child", "activity 'B' with sequence number 1", "child workflow 'B'")]
    [InlineData("", "activity 'A' with sequence number 0", "nothing")]
    public void Turn_StepsChanged_FailsNamingBothSides(string steps, string recorded, string current)
    {
        var present = "A,B";
        var instance = Instance.Of(async context =>
        {
            foreach (var step in present.Split(',', StringSplitOptions.RemoveEmptyEntries))
            {
                if (step == "timer") await context.CreateTimer(TimeSpan.FromMinutes(1));
                else if (step == "child") await context.CallChildWorkflowAsync("B");
                else await context.CallActivityAsync(step);
            }

            return await context.WaitForExternalEventAsync<int>("go");
        });
        instance.Turn();
        instance.Turn(instance.Done(0));
        instance.Turn(instance.Done(1));

        present = steps;
        var failure = instance.Turn(instance.Raised("go", 1)).Completion.FailureDetails;

        Assert.Equal("NonDeterministicWorkflowException", failure.ErrorType);
        Assert.Contains($"records {recorded}", failure.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains($"has {current} there", failure.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void Turn_StepAddedBehindTheHistory_GoesOn()
    {
        // What no history contradicts cannot be told from the same code at an earlier time; neither can a value taken from the clock.
        var added = false;
        var instance = Instance.Of(async context =>
        {
            await context.CallActivityAsync("A");
            if (added) await context.CallActivityAsync("New");
            return 1;
        });
        instance.Turn();
        added = true;
        Assert.Equal(["1 activity New()"], instance.Turn(instance.Done(0)).LastActions);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("delay")]
    [InlineData("run, without the context")]
    [InlineData("yield")]
    public void Turn_AwaitsSomethingElse_FailsAndSaysSo(string what)
    {
        using var ended = new ManualResetEventSlim();
        var instance = Instance.Of(async context =>
        {
            await context.CallActivityAsync("A");
            if (what == "yield") await Task.Yield();
            else if (what == "delay") await Task.Delay(TimeSpan.FromHours(1), TimeProvider.System);
            else await Task.Run(ended.Wait).ConfigureAwait(what == "run");
            return await context.CallActivityAsync<int>("B");
        });
        instance.Turn();
        var request = instance.Request();
        request.NewEvents.Add(instance.Done(0));
        var answer = instance.Run(request);
        ended.Set();

        var failure = answer.Actions.Single().CompleteWorkflow.FailureDetails;
        Assert.Contains("not durable", failure.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void Turn_HistoryOfASentEvent_Fails()
    {
        var instance = Instance.Of(context => context.WaitForExternalEventAsync<int>("e"));
        instance.Turn();
        instance.Turn(instance.Event(e => e.EventSent = new EventSentEvent { Name = "n" }, id: 0));
        Assert.Equal("NonDeterministicWorkflowException", instance.Completion.FailureDetails.ErrorType);
    }

    [Fact]
    public void Turn_EventsOfNewerKinds_AreIgnored()
    {
        var instance = Instance.Of(context => context.CallActivityAsync<int>("A"));
        instance.Turn();
        Assert.Equal("1", instance.Turn(
            instance.Event(_ => { }),
            instance.Event(e => e.ExecutionStalled = new ExecutionStalledEvent()),
            instance.Event(e => e.WorkflowCompleted = new WorkflowCompletedEvent()),
            instance.Done(0, 1)).Completion.Result);
    }

    [Fact]
    public void Turn_NothingDurableAwaited_FailsInsteadOfHanging()
    {
        var never = new TaskCompletionSource();
        var instance = Instance.Of(async context =>
        {
            await context.CallActivityAsync("A");
            await never.Task;
            return 0;
        });
        instance.Turn();
        Assert.Contains("not durable", instance.Turn(instance.Done(0)).Completion.FailureDetails.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void Turn_CodeLeavesItsThread_Fails()
    {
        using var gate = new ManualResetEventSlim();
        var instance = Instance.Of(async context =>
        {
            await Task.Run(gate.Wait);
            return await context.CallActivityAsync<int>("A");
        });
        var answer = instance.Run(instance.Request());
        gate.Set();
        Assert.Equal(OrchestrationStatus.Failed, answer.Actions.Single().CompleteWorkflow.WorkflowStatus);
    }

    [Fact]
    public void Turn_CodeEndsOnAnotherThread_Fails()
    {
        using var gate = new ManualResetEventSlim();
        using var ended = new ManualResetEventSlim();
        var instance = Instance.Of(async context =>
        {
            _ = KeepTheTurnOpenAsync();
            try
            {
                await Task.Run(gate.Wait);
                return 1;
            }
            finally
            {
                ended.Set();
            }

            async Task KeepTheTurnOpenAsync()
            {
                await context.CallActivityAsync("A");
                gate.Set();
                ended.Wait();
            }
        });
        var request = instance.Request();
        request.NewEvents.Add(instance.Event(e => e.TaskScheduled = new TaskScheduledEvent { Name = "A" }, id: 0));
        request.NewEvents.Add(instance.Done(0));
        Assert.Equal(OrchestrationStatus.Failed, instance.Run(request).Actions.Single().CompleteWorkflow.WorkflowStatus);
    }

    [Fact]
    public async Task Context_UsedFromElsewhere_Throws()
    {
        WorkflowContext? kept = null;
        var instance = Instance.Of(context =>
        {
            kept = context;
            var other = new Thread(() => Assert.Throws<InvalidOperationException>(() => context.NewGuid()));
            other.Start();
            other.Join();
            return context.CallActivityAsync<int>("A");
        });
        instance.Turn();
        Assert.Equal("i-1", kept!.InstanceId);
        await Assert.ThrowsAsync<InvalidOperationException>(() => kept.CallActivityAsync("A"));
        Assert.Throws<InvalidOperationException>(() => kept.CurrentUtcDateTime);
    }

    [Fact]
    public void Turn_ConfigureAwaitFalse_StaysOnTheThread()
    {
        var instance = Instance.Of(async context =>
        {
            await context.CallActivityAsync("A").ConfigureAwait(false);
            return await context.CallActivityAsync<int>("B").ConfigureAwait(false);
        });
        instance.Turn();
        Assert.Equal(["1 activity B()"], instance.Turn(instance.Done(0)).LastActions);
    }

    [Fact]
    public void Turn_SendEvent_IsNotSupported()
    {
        var instance = Instance.Of(context =>
        {
            Assert.Throws<NotSupportedException>(() => context.SendEvent("x", "e", 1));
            return Task.FromResult(1);
        });
        Assert.Equal("1", instance.Turn().Completion.Result);
    }

    [Fact]
    public void Ids_DifferBetweenExecutionsAndAreStable()
    {
        static string Run(string? executionId, string id = "i-1")
        {
            var instance = new Instance(
                o => o.RegisterWorkflow<object?, string>("W", async (context, _) =>
                {
                    var guids = $"{context.NewGuid()} {context.NewGuid()}";
                    await context.CallActivityAsync("A");
                    return guids + context.NewGuid();
                }),
                executionId: executionId,
                id: id);
            var key = instance.Turn().Last.Actions[0].ScheduleTask.TaskExecutionId;
            return key + instance.Turn(instance.Done(0)).Completion.Result;
        }

        const string Execution = "0f8fad5b-d9cb-469f-a165-70867728950e";
        Assert.Equal(Run(Execution), Run(Execution));
        Assert.Equal(5, new[] { Run(Execution), Run("7c9e6679-7425-40de-944b-e07fc1f90ae7"), Run(null), Run("not-a-uuid"), Run(null, "i-2") }.Distinct().Count());
    }

    [Fact]
    public void NameBased_KnownVector_IsVersion5()
    {
        // The example of RFC 9562, appendix A.4.
        Assert.Equal(new Guid("2ed6657d-e927-568b-95e1-2665a8aea6a2"), DeterministicIds.NameBased(new Guid("6ba7b810-9dad-11d1-80b4-00c04fd430c8"), "www.example.com"));
    }

    [Fact]
    public void Time_IsThatOfTheTurn()
    {
        var instance = Instance.Of(async context =>
        {
            var first = context.CurrentUtcDateTime;
            await context.CallActivityAsync("A");
            return (context.CurrentUtcDateTime - first).TotalSeconds;
        });
        instance.Turn();
        instance.Now += TimeSpan.FromSeconds(12);
        Assert.Equal("12", instance.Turn(instance.Done(0)).Completion.Result);
    }
}
