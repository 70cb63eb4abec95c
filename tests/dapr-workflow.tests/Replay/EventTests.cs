
namespace DaprWorkflow.Tests.Replay;

public class EventTests
{
    private static async Task<string> OrLate(Task<string> wait)
    {
        try
        {
            return await wait;
        }
        catch (TaskCanceledException)
        {
            return "late";
        }
    }

    [Fact]
    public void Turn_EventsBeforeTheWait_AreKeptInOrderWithoutRegardToCase()
    {
        var instance = Instance.Of(async context =>
        {
            await context.CallActivityAsync("A");
            return string.Join(',', await context.WaitForExternalEventAsync<int>("Paid"), await context.WaitForExternalEventAsync<int>("PAID"), await context.WaitForExternalEventAsync<int>("paid"));
        });
        instance.Turn(instance.Raised("paid", 1), instance.Raised("other", 9), instance.Raised("PAID", 2));
        Assert.Empty(instance.Turn(instance.Done(0)).LastActions);
        Assert.Equal("\"1,2,3\"", instance.Turn(instance.Raised("Paid", 3)).Completion.Result);
    }

    [Fact]
    public void Turn_SeveralWaiters_AreServedInOrder()
    {
        var instance = Instance.Of(context => Task.WhenAll(context.WaitForExternalEventAsync<int>("e"), context.WaitForExternalEventAsync<int>("E")));
        instance.Turn();
        Assert.Equal("[1,2]", instance.Turn(instance.Raised("e", 1), instance.Raised("e", 2)).Completion.Result);
    }

    [Fact]
    public void Turn_EventIsThere_NeedsNoTimerEvenWithoutTime()
    {
        var instance = Instance.Of(async context =>
        {
            await context.CallActivityAsync("A");
            var first = await context.WaitForExternalEventAsync<string>("e", TimeSpan.FromMinutes(1));
            var second = await context.WaitForExternalEventAsync<string>("e", TimeSpan.Zero);
            return first + second + await OrLate(context.WaitForExternalEventAsync<string>("e", TimeSpan.Zero));
        });
        instance.Turn(instance.Raised("e", "a"), instance.Raised("e", "b"));
        Assert.Equal(["1 Completed \"ablate\""], instance.Turn(instance.Done(0)).LastActions);
    }

    [Theory]
    [InlineData(true, "\"hit,next\"")]
    [InlineData(false, "\"late,hit\"")]
    public void Turn_EventAndTimeoutInOneTurn_OrderOfTheListDecides(bool eventFirst, string expected)
    {
        var instance = Instance.Of(async context =>
        {
            var first = await OrLate(context.WaitForExternalEventAsync<string>("e", TimeSpan.FromSeconds(30)));
            await context.CallActivityAsync("A");
            return $"{first},{await context.WaitForExternalEventAsync<string>("e")}";
        });
        instance.Turn();
        Assert.Equal(["0 timer ExternalEvent +30"], instance.LastActions);
        Assert.Equal("e", instance.Last.Actions[0].CreateTimer.Name);
        var (raised, fired) = (instance.Raised("e", "hit"), instance.Fired(0));
        instance.Turn(eventFirst ? [raised, fired] : [fired, raised]);
        Assert.Equal(["1 activity A()"], instance.LastActions);
        Assert.Equal(expected, instance.Turn(instance.Done(1), instance.Raised("e", "next")).Completion.Result);
    }

    [Fact]
    public void Turn_TimerOfAWonWait_DoesNotTouchANewerWait()
    {
        var instance = Instance.Of(async context =>
            await OrLate(context.WaitForExternalEventAsync<string>("e", TimeSpan.FromSeconds(30))) + await OrLate(context.WaitForExternalEventAsync<string>("e", TimeSpan.FromSeconds(60))));
        instance.Turn();
        instance.Turn(instance.Raised("e", "a"));
        Assert.Empty(instance.Turn(instance.Fired(0)).LastActions);
        Assert.Equal("\"ab\"", instance.Turn(instance.Raised("e", "b"), instance.Fired(1)).Completion.Result);
    }

    [Fact]
    public void Turn_NegativeTimeout_WaitsForEverWithoutATimer()
    {
        var instance = Instance.Of(context => context.WaitForExternalEventAsync<string>("e", Timeout.InfiniteTimeSpan));
        Assert.Empty(instance.Turn().LastActions);
        Assert.Equal("\"a\"", instance.Turn(instance.Raised("e", "a")).Completion.Result);
    }

    [Fact]
    public void Turn_CancelledWait_IsSkippedAndTheEventKept()
    {
        var instance = Instance.Of(async context =>
        {
            using var cancel = new CancellationTokenSource();
            var dropped = context.WaitForExternalEventAsync<string>("e", cancel.Token);
            await context.CallActivityAsync("A");
#pragma warning disable CA1849
            cancel.Cancel();
#pragma warning restore CA1849
            var outcome = await OrLate(dropped);
            await context.CallActivityAsync("B");
            return outcome + await context.WaitForExternalEventAsync<string>("e");
        });
        instance.Turn();
        instance.Turn(instance.Done(0), instance.Raised("e", "kept"));
        Assert.Equal("\"latekept\"", instance.Turn(instance.Done(1)).Completion.Result);
    }

    [Fact]
    public void Turn_PayloadDoesNotFit_ThrowsAtTheAwaitAndConsumesTheEvent()
    {
        var instance = Instance.Of(async context =>
        {
            await Assert.ThrowsAnyAsync<System.Text.Json.JsonException>(() => context.WaitForExternalEventAsync<int>("e"));
            return await context.WaitForExternalEventAsync<int>("e");
        });
        instance.Turn();
        Assert.Equal("5", instance.Turn(instance.Raised("e", "text"), instance.Raised("e", 5)).Completion.Result);
    }

    [Fact]
    public void Turn_TimerAgainstActivity_TimerFirst()
    {
        var instance = Instance.Of(async context =>
        {
            using var cancel = new CancellationTokenSource();
            var work = context.CallActivityAsync<string>("A");
            var timer = context.CreateTimer(TimeSpan.FromSeconds(5), cancel.Token);
            if (await Task.WhenAny(work, timer) == timer) return "timeout";
#pragma warning disable CA1849
            cancel.Cancel();
#pragma warning restore CA1849
            await context.CallActivityAsync("B");
            return await work;
        });
        Assert.Equal(["0 activity A()", "1 timer CreateTimer +5"], instance.Turn().LastActions);
        var fork = instance.Past.ToList();
        Assert.Equal("\"timeout\"", instance.Turn(instance.Fired(1), instance.Done(0, "done")).Completion.Result);

        instance.Past.Clear();
        instance.Past.AddRange(fork);
        Assert.Equal(["2 activity B()"], instance.Turn(instance.Done(0, "done"), instance.Fired(1)).LastActions);
        Assert.Equal(["3 Completed \"done\""], instance.Turn(instance.Done(2)).LastActions);
    }

    [Fact]
    public void Turn_TimerNotUtc_Throws()
    {
        var instance = Instance.Of(async context =>
        {
            await context.CreateTimer(new DateTime(2027, 1, 1, 0, 0, 0, DateTimeKind.Unspecified), default);
            return 0;
        });
        Assert.Equal("System.ArgumentException", instance.Turn().Completion.FailureDetails.ErrorType);
    }
}
