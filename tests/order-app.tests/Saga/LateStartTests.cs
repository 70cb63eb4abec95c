using OrderApp.Domain;
using OrderApp.Groups;
using OrderApp.Storage;
using OrderInventory.Testing;

namespace OrderApp.Tests.Saga;

/// <summary>A group that the engine did not start is started when the engine is back, before the agenda looks after its orders.</summary>
public sealed class LateStartTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(3, 1)]
    [InlineData(15, 3)]
    public async Task Engine_BackAfterSeconds_StartsTheSameGroup(int seconds, int refused)
    {
        await using var saga = new SagaRun();
        var group = await PlaceWhileDownAsync(saga);

        await RefuseAsync(saga, seconds - 1, refused);
        saga.Engine.Down = false;
        saga.Time.Advance(TimeSpan.FromSeconds(1));

        await Eventually.GetAsync(() => saga.Engine.StateAsync(group, default), state => state == GroupState.Active && saga.Commands().Length == 1, TimeSpan.FromSeconds(30), "the group waits for inventory");
        await saga.AnswerAllAsync();
        Assert.Equal(OrderStatus.Confirmed, (await saga.OrderAsync()).Status);
        await saga.LookAsync(OrderAgenda.FirstLook);
        Assert.Equal([group], saga.Engine.Started.Select(started => started.Group));
        Assert.Equal([group], saga.Engine.Purged);
    }

    [Fact]
    public async Task Engine_BackWhenTheAgendaLooks_LeavesTheOrdersToIt()
    {
        await using var saga = new SagaRun();
        var group = await PlaceWhileDownAsync(saga);
        await RefuseAsync(saga, 16, times: 4);
        saga.Engine.Down = false;

        await saga.LookAsync(OrderAgenda.FirstLook);

        Assert.NotEqual(group, Assert.Single(saga.Engine.Started).Group);
        await saga.AnswerAllAsync();
        Assert.Equal(OrderStatus.Confirmed, (await saga.OrderAsync()).Status);
    }

    // What a command did at once still has to be told.
    [Fact]
    public async Task Engine_AwayForOrdersThatWaitForNothing_StartsTheirGroup()
    {
        await using var saga = await SagaRun.StartAsync();
        await saga.AnswerAllAsync();

        saga.Of<GroupFollower>().StartLater("not followed", [saga.OrderId]);
        saga.Time.Advance(TimeSpan.FromSeconds(1));

        await Eventually.TrueAsync(() => saga.Engine.Present.Contains("not followed"), "the group is started");
    }

    [Fact]
    public async Task Start_WithoutAnAnswerButDone_IsNoSecondGroup()
    {
        await using var saga = new SagaRun();
        var group = await PlaceWhileDownAsync(saga);
        saga.Engine.Down = false;
        await saga.Engine.StartAsync(group, [saga.OrderId], default);

        saga.Time.Advance(TimeSpan.FromSeconds(1));
        await Eventually.TrueAsync(() => saga.Engine.Started.Count == 2, "the engine is asked to start it again");
        await saga.AnswerAllAsync();

        Assert.Equal([group], saga.Engine.Present);
        Assert.Equal(2, saga.Engine.Called(group).Count());
    }

    private static async Task<string> PlaceWhileDownAsync(SagaRun saga)
    {
        saga.Engine.Down = true;
        Assert.IsType<OrderOutcome.Created>(await saga.PlaceAtOnceAsync());
        return (await saga.OrderAsync()).Group!;
    }

    private static Task RefuseAsync(SagaRun saga, int seconds, int times)
    {
        var before = saga.Engine.Refused;
        saga.Time.Advance(TimeSpan.FromSeconds(seconds));
        return Eventually.TrueAsync(() => saga.Engine.Refused == before + times, $"the engine is asked {times} times");
    }
}
