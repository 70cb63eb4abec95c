using OrderApp.Groups;
using OrderInventory.Testing;

namespace OrderApp.Tests.Saga;

/// <summary>A group decides its orders together when all is answered, but what is answered waits no longer than a second.</summary>
public sealed class SettleTests
{
    [Fact]
    public async Task Group_AnsweredInPieces_IsAdvancedOnceForAll()
    {
        await using var saga = await ThreeTogetherAsync();
        var group = saga.Engine.Started[^1].Group;

        while (await saga.AnswerNextAtOnceAsync()) { }

        Assert.Equal(2, saga.Engine.Called(group).Count());
        Assert.Equal(["CONFIRMED", "CONFIRMED", "CONFIRMED"], await StatusesAsync(saga));
    }

    [Fact]
    public async Task Group_OneAnswerIsLate_SettlesTheOthersAfterASecondAndThatOneWhenItComes()
    {
        await using var saga = await ThreeTogetherAsync();
        await saga.AnswerNextAtOnceAsync();
        await saga.AnswerNextAtOnceAsync();
        var early = await StatusesAsync(saga);

        saga.Time.Advance(TimeSpan.FromSeconds(1));
        await ConfirmedAsync(saga, 2);
        await saga.AnswerNextAtOnceAsync();
        await ConfirmedAsync(saga, 3);

        Assert.Equal(["PENDING", "PENDING", "PENDING"], early);
        Assert.Equal(["CONFIRMED", "CONFIRMED", "CONFIRMED"], await StatusesAsync(saga));
        Assert.Equal(3, saga.Engine.Called(saga.Engine.Started[^1].Group).Count());
    }

    [Fact]
    public async Task Group_OneAnswerIsLateAndTheEngineDoesNotAnswer_IsToldAgain()
    {
        await using var saga = await ThreeTogetherAsync();
        await saga.AnswerNextAtOnceAsync();
        saga.Engine.Down = true;
        saga.Time.Advance(TimeSpan.FromSeconds(1));
        await Eventually.GetAsync(() => Task.FromResult(saga.Engine.Refused), refused => refused > 0, TimeSpan.FromSeconds(30), "the group should have settled");
        saga.Engine.Down = false;
        var before = await StatusesAsync(saga);

        await saga.AdvancingAsync(ConfirmedAsync(saga, 1));

        Assert.Equal(["PENDING", "PENDING", "PENDING"], before);
    }

    [Fact]
    public async Task Group_SettledOnce_WaitsForTheOthersTogetherAgain()
    {
        await using var saga = await ThreeTogetherAsync();
        await saga.AnswerNextAtOnceAsync();
        saga.Time.Advance(TimeSpan.FromSeconds(1));
        await ConfirmedAsync(saga, 1);

        await saga.AnswerNextAtOnceAsync();
        var second = await StatusesAsync(saga);
        await saga.AdvancingAsync(ConfirmedAsync(saga, 2));

        Assert.Equal(["CONFIRMED", "PENDING", "PENDING"], second.Order());
    }

    [Fact]
    public async Task Group_EndsInAnotherReplica_KeepsItsLaneForAQuarterOfASecond()
    {
        await using var saga = new SagaRun(new() { ["Orders:GroupsInFlight"] = "1" });
        await saga.PlaceAtOnceAsync();
        var (_, order, etag) = (await saga.Orders.ReadManyAsync([saga.OrderId], default))[saga.OrderId];
        Assert.True(await saga.Orders.SaveManyAsync([(order! with { Group = "of another replica" }, etag)], default));
        var placing = saga.PlaceAtOnceAsync(key: "next");

        saga.Time.Advance(TimeSpan.FromSeconds(0.25));
        await placing.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(2, saga.Engine.Started.Count);
    }

    [Fact]
    public async Task Group_NobodyFollowsIt_IsSettledByTheAgenda()
    {
        await using var saga = await ThreeTogetherAsync();
        await saga.AnswerNextAtOnceAsync();
        saga.Of<GroupFollower>().Close();

        await saga.LookAsync(TimeSpan.FromMinutes(2));

        Assert.Equal(["CONFIRMED", "PENDING", "PENDING"], (await StatusesAsync(saga)).Order());
    }

    [Fact]
    public async Task Settle_BeforeAnyAnswer_CallsNothing()
    {
        await using var saga = await ThreeTogetherAsync();
        var group = saga.Engine.Started[^1].Group;

        await saga.Engine.RaiseAsync(group, GroupSignal.Settle, default);

        Assert.Single(saga.Engine.Called(group));
    }

    /// <summary>Three orders in one group: they wait together for the one lane, which an order before them has.</summary>
    private static async Task<SagaRun> ThreeTogetherAsync()
    {
        var saga = new SagaRun(new() { ["Orders:GroupsInFlight"] = "1" });
        await saga.PlaceAtOnceAsync();
        var placing = Keys.Select(key => saga.PlaceAtOnceAsync(key: key)).ToArray();
        await saga.AnswerNextAtOnceAsync();
        await Task.WhenAll(placing);
        Assert.Equal(3, saga.Engine.Started[^1].Orders.Length);
        return saga;
    }

    private static readonly string[] Keys = ["a", "b", "c"];

    private static Task<string[]> ConfirmedAsync(SagaRun saga, int count) =>
        Eventually.GetAsync(() => StatusesAsync(saga), statuses => statuses.Count(status => status == "CONFIRMED") == count, TimeSpan.FromSeconds(30), $"{count} orders are decided");

    private static async Task<string[]> StatusesAsync(SagaRun saga) =>
        await Task.WhenAll(Keys.Select(async key => (await saga.OrderAsync(Domain.OrderIds.Of("u", key).ToString())).Status.ToString().ToUpperInvariant()));
}
