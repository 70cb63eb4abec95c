using System.Text;
using OrderApp.Domain;
using OrderApp.Groups;
using OrderApp.Storage;

namespace OrderApp.Tests.Saga;

/// <summary>The first look of a process also finds the orders of a group that a process which died had not started, before they are due.</summary>
public sealed class LookAheadTests
{
    private static readonly TimeSpan SoonAfter = OrderAgenda.Young + TimeSpan.FromSeconds(1);

    [Fact]
    public async Task FirstLook_GroupThatNobodyStarted_AnotherOneCarriesOn()
    {
        await using var saga = await LostAsync();

        await saga.LookAsync(SoonAfter);

        Assert.Equal(2, saga.Engine.Started.Count);
        await saga.AnswerAllAsync();
        Assert.Equal(OrderStatus.Confirmed, (await saga.OrderAsync()).Status);
    }

    // A slow round may still store orders for the group.
    [Fact]
    public async Task FirstLook_GroupThatNobodyStarted_StaysOnTheAgenda()
    {
        await using var saga = await LostAsync();
        var lost = saga.Engine.Started[0].Group;

        await saga.LookAsync(SoonAfter);

        Assert.Contains(Pages(saga), page => page.Contains(lost, StringComparison.Ordinal));
    }

    [Fact]
    public async Task FirstLook_GroupThatMayBeAboutToStart_IsLeftAlone()
    {
        await using var saga = await LostAsync();

        await saga.LookAsync(OrderAgenda.Young - TimeSpan.FromSeconds(1));

        Assert.Single(saga.Engine.Started);
    }

    [Fact]
    public async Task FirstLook_GroupThatWorks_IsLeftAlone()
    {
        await using var saga = await SagaRun.StartAsync();
        var before = Pages(saga);

        await saga.LookAsync(SoonAfter);

        Assert.Equal(before, Pages(saga));
        Assert.Equal(GroupState.Active, await saga.Engine.StateAsync(Assert.Single(saga.Engine.Started).Group, default));
        Assert.Single(saga.Commands());
    }

    // Whoever runs knows what it has started, and looks at what is due.
    [Fact]
    public async Task LaterLook_GroupThatIsLost_WaitsUntilItIsDue()
    {
        await using var saga = new SagaRun();
        await saga.LookAsync(TimeSpan.Zero);
        await saga.PlaceAsync();
        saga.Engine.Lose(saga.Engine.Started[0].Group);

        await saga.LookAsync(SoonAfter);
        Assert.Single(saga.Engine.Started);
        await saga.LookAsync(OrderAgenda.FirstLook);

        Assert.Equal(2, saga.Engine.Started.Count);
    }

    [Fact]
    public async Task FirstLook_StoreCannotBeRead_IsMadeUpForByTheNext()
    {
        await using var saga = await LostAsync();
        // The page of what was due is read, the others are not.
        saga.State.IsUnreadable = key => key.StartsWith("agenda:", StringComparison.Ordinal) && saga.State.Values("agenda:").ContainsKey(key);
        await saga.LookAsync(SoonAfter);
        Assert.Single(saga.Engine.Started);
        saga.State.IsUnreadable = _ => false;

        await saga.LookAsync(TimeSpan.FromSeconds(5));

        Assert.Equal(2, saga.Engine.Started.Count);
    }

    [Fact]
    public async Task FirstLook_EngineDoesNotAnswer_IsMadeUpForByTheNext()
    {
        await using var saga = await LostAsync();
        saga.Engine.Down = true;
        await saga.LookAsync(SoonAfter);
        saga.Engine.Down = false;

        await saga.LookAsync(TimeSpan.FromSeconds(5));

        Assert.Equal(2, saga.Engine.Started.Count);
    }

    private static async Task<SagaRun> LostAsync()
    {
        var saga = await SagaRun.StartAsync();
        saga.Engine.Lose(saga.Engine.Started[0].Group);
        return saga;
    }

    private static HashSet<string> Pages(SagaRun saga) => [.. saga.State.Values("agenda:").Select(page => $"{page.Key} {Encoding.UTF8.GetString(page.Value)}")];
}
