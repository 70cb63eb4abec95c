using Dapr.TaskHub.Protos;
using Dapr.Workflow;

namespace DaprWorkflow.Tests.Replay;

public class RetryTests
{
    private static WorkflowTaskOptions Retry(int attempts, TimeSpan? max = null, TimeSpan? timeout = null) =>
        new(new WorkflowRetryPolicy(attempts, TimeSpan.FromSeconds(2), 3.0, max, timeout));

    [Fact]
    public void Turn_ActivityKeepsFailing_RetriesByTimersWithOneKeyThenThrows()
    {
        var instance = Instance.Of(context => context.CallActivityAsync<int>("A", 1, Retry(4, max: TimeSpan.FromSeconds(7))));

        var keys = new List<string>();
        string[] expected = ["1 timer ActivityRetry +2", "3 timer ActivityRetry +8", "5 timer ActivityRetry +15"];
        instance.Turn();
        for (var attempt = 0; attempt < 3; attempt++)
        {
            keys.Add(instance.Last.Actions[0].ScheduleTask.TaskExecutionId);
            Assert.Equal([expected[attempt]], instance.Turn(instance.Failed(attempt * 2)).LastActions);
            keys.Add(instance.Last.Actions[0].CreateTimer.ActivityRetry.TaskExecutionId);
            instance.Now = instance.Last.Actions[0].CreateTimer.FireAt.ToDateTime();
            Assert.Equal([$"{(attempt * 2) + 2} activity A(1)"], instance.Turn(instance.Fired((attempt * 2) + 1)).LastActions);
        }

        Assert.Equal(["7 Failed Dapr.Workflow.WorkflowTaskFailedException"], instance.Turn(instance.Failed(6)).LastActions);
        Assert.Single(keys.Distinct());
        Assert.Matches("^[0-9a-f]{32}$", keys[0]);
    }

    [Fact]
    public void Turn_TwoChains_HaveDifferentKeys()
    {
        var instance = Instance.Of(context => Task.WhenAll(context.CallActivityAsync<int>("A", 1, Retry(2)), context.CallActivityAsync<int>("A", 1, Retry(2))));
        instance.Turn();
        Assert.Equal(2, instance.Last.Actions.Select(a => a.ScheduleTask.TaskExecutionId).Distinct().Count());
    }

    [Fact]
    public void Turn_RetryTimeoutPassed_Throws()
    {
        var instance = Instance.Of(context => context.CallActivityAsync<int>("A", 1, Retry(100, timeout: TimeSpan.FromSeconds(5))));
        instance.Turn();
        instance.Turn(instance.Failed(0));
        instance.Now += TimeSpan.FromSeconds(5);
        instance.Turn(instance.Fired(1));
        Assert.Equal(OrchestrationStatus.Failed, instance.Turn(instance.Failed(2)).Completion.WorkflowStatus);
    }

    [Fact]
    public void Turn_NonRetriableActivity_ThrowsAtOnce()
    {
        var instance = Instance.Of(context => context.CallActivityAsync<int>("A", 1, Retry(5)));
        instance.Turn();
        Assert.Equal(OrchestrationStatus.Failed, instance.Turn(instance.Failed(0, nonRetriable: true)).Completion.WorkflowStatus);
    }

    [Fact]
    public void Turn_ChildFails_EveryAttemptIsAnotherChildAndNonRetriableIsIgnored()
    {
        var options = new ChildWorkflowTaskOptions(RetryPolicy: new WorkflowRetryPolicy(2, TimeSpan.FromSeconds(1)));
        var instance = Instance.Of(context => context.CallChildWorkflowAsync<string>("C", 1, options));

        var first = instance.Turn().Last.Actions[0].CreateChildWorkflow.InstanceId;
        instance.Turn(instance.ChildFailed(0, new TaskFailureDetails { ErrorType = "E", ErrorMessage = "m", IsNonRetriable = true }));
        Assert.Equal(first, instance.Last.Actions[0].CreateTimer.ChildWorkflowRetry.InstanceId);
        var second = instance.Turn(instance.Fired(1)).Last.Actions[0].CreateChildWorkflow.InstanceId;
        Assert.NotEqual(first, second);
        Assert.Equal("\"ok\"", instance.Turn(instance.ChildDone(2, "ok")).Completion.Result);
    }

    [Theory]
    [InlineData(0, 1, 1.0, null, null)]
    [InlineData(1, 0, 1.0, null, null)]
    [InlineData(1, 1, 0.9, null, null)]
    [InlineData(1, 1, double.NaN, null, null)]
    [InlineData(1, 10, 1.0, 5, null)]
    [InlineData(1, 10, 1.0, null, 5)]
    [InlineData(1, 3601, 1.0, null, null)]
    public void Policy_OutOfRange_Throws(int attempts, int first, double coefficient, int? max, int? timeout) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new WorkflowRetryPolicy(
            attempts, TimeSpan.FromSeconds(first), coefficient, max is { } m ? TimeSpan.FromSeconds(m) : null, timeout is { } t ? TimeSpan.FromSeconds(t) : null));

    [Fact]
    public void Policy_Infinite_MeansNoLimit()
    {
        var policy = new WorkflowRetryPolicy(1000, TimeSpan.FromHours(2), 10, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Assert.Equal(TimeSpan.FromHours(20), policy.DelayAfter(1, TimeSpan.FromDays(10_000)));
        Assert.Equal(TimeSpan.FromDays(36_500), policy.DelayAfter(900, TimeSpan.Zero));
    }
}
