using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using OrderApp.Domain;
using OrderApp.Groups;
using OrderInventory.Contracts;
using OrderInventory.ServiceDefaults;
using OrderInventory.Testing;

namespace OrderApp.Tests.Saga;

/// <summary>The activity of a group: a call that ends between its save and its publish runs again, and does the same again.</summary>
public sealed class AdvanceTests
{
    private static readonly GroupSignal Nothing = new([]);

    [Fact]
    public async Task Advance_EndedBeforeItsPublish_PublishesTheSameOnce()
    {
        await using var saga = await SagaRun.StartAsync(lines: 2);
        var group = saga.Engine.Started[0].Group;
        saga.Events.Down = true;
        await Assert.ThrowsAsync<DependencyUnavailableException>(() => AdvanceAsync(saga, group, 1, Held(saga, 1), Held(saga, 2)));
        var stored = await saga.OrderAsync();
        saga.Events.Down = false;

        // On the same answers, as the engine repeats it.
        Assert.Empty(await AdvanceAsync(saga, group, 1, Held(saga, 1), Held(saga, 2)));

        Assert.Equal(OrderStatus.Confirmed, stored.Status);
        Assert.Equal(stored.Version, (await saga.OrderAsync()).Version);
        Assert.Equal([saga.OrderId + ":1", saga.OrderId + ":2"], saga.EventIds(Topics.OrderEvents));
        Assert.Equal([saga.OrderId + ":1", saga.OrderId + ":2"], saga.EventIds(Topics.OrderStatusChanges));
    }

    [Fact]
    public async Task Advance_SomeEventsNotTaken_IsRepeatedAsAWhole()
    {
        await using var saga = await SagaRun.StartAsync();
        saga.Events.IsRefused = @event => @event.Type == nameof(OrderStatusChangeMessage);
        var group = saga.Engine.Started[0].Group;

        await Assert.ThrowsAsync<DependencyUnavailableException>(() => AdvanceAsync(saga, group, 1, Held(saga, 1)));
        saga.Events.IsRefused = _ => false;
        await AdvanceAsync(saga, group, 1, Held(saga, 1));

        Assert.Equal([saga.OrderId + ":1", saga.OrderId + ":2"], saga.EventIds(Topics.OrderStatusChanges));
    }

    [Fact]
    public async Task Advance_OfAnOrderThatWasTakenOver_TellsWhatThisCallStoredAndNoMore()
    {
        await using var saga = await SagaRun.StartAsync();
        var group = saga.Engine.Started[0].Group;
        saga.Events.Down = true;
        await Assert.ThrowsAsync<DependencyUnavailableException>(() => AdvanceAsync(saga, group, 1, Held(saga, 1)));
        saga.Events.Down = false;
        await saga.CommandAsync(OrderCommand.Pay);
        Assert.Equal([saga.OrderId + ":1", saga.OrderId + ":3"], saga.EventIds(Topics.OrderEvents));

        Assert.Empty(await AdvanceAsync(saga, group, 1, Held(saga, 1)));

        Assert.Equal([saga.OrderId + ":1", saga.OrderId + ":3", saga.OrderId + ":2"], saga.EventIds(Topics.OrderEvents));
    }

    [Fact]
    public async Task Advance_AnswersForAnOrderOfAnotherGroup_ChangeNothing()
    {
        await using var saga = await SagaRun.StartAsync();
        var first = saga.Engine.Started[0].Group;
        await saga.CommandAsync(OrderCommand.Cancel);
        var before = await saga.OrderAsync();

        Assert.Empty(await AdvanceAsync(saga, first, 1, Held(saga, 1)));

        Assert.Equal(before.Step!.Answers.AsEnumerable(), (await saga.OrderAsync()).Step!.Answers);
    }

    [Theory]
    [InlineData(SaveFault.AppliedButUnknown)]
    [InlineData(SaveFault.NotApplied)]
    public async Task Advance_OneOfTwoSavesGoesWrong_BothAreStoredAndToldOnce(SaveFault fault)
    {
        await using var saga = new SagaRun();
        await saga.AdvancingAsync(Task.WhenAll(saga.PlaceAsync(key: "a"), saga.PlaceAsync(key: "b")));
        var once = 1;
        saga.State.FaultOf = save => save.Key == "order:" + OrderIds.Of("u", "a") && Interlocked.Exchange(ref once, 0) == 1 ? fault : SaveFault.None;

        await saga.AnswerAllAsync();

        Assert.Equal(0, once);
        foreach (var key in new[] { "a", "b" }) Assert.Equal(OrderStatus.Confirmed, (await saga.OrderAsync(OrderIds.Of("u", key).ToString())).Status);
        Assert.Equal(4, saga.EventIds(Topics.OrderEvents).Length);
        Assert.Equal(4, saga.EventIds(Topics.OrderEvents).Distinct().Count());
    }

    [Fact]
    public async Task Advance_OneDamagedAmongOthers_FailsNone()
    {
        await using var saga = new SagaRun();
        await saga.AdvancingAsync(Task.WhenAll(saga.PlaceAsync(key: "a"), saga.PlaceAsync(key: "b"), saga.PlaceAsync(key: "c")));
        await DamageAsync(saga, "order:" + OrderIds.Of("u", "b"));

        await saga.AnswerAllAsync();

        foreach (var key in new[] { "a", "c" }) Assert.Equal(OrderStatus.Confirmed, (await saga.OrderAsync(OrderIds.Of("u", key).ToString())).Status);
        foreach (var (group, _) in saga.Engine.Started) Assert.Equal(GroupState.Completed, await saga.Engine.StateAsync(group, default));
        Assert.Equal("damaged", System.Text.Encoding.UTF8.GetString(saga.State.Values("order:" + OrderIds.Of("u", "b")).Single().Value));
    }

    [Fact]
    public async Task Advance_MembersOfANewerVersion_Survive()
    {
        await using var saga = await SagaRun.StartAsync();
        var key = "order:" + saga.OrderId;
        var json = System.Text.Encoding.UTF8.GetString(saga.State.Values(key).Single().Value);
        await OverwriteAsync(saga, key, "{\"colour\":\"red\"," + json[1..]);

        await saga.AnswerAllAsync();

        Assert.Equal(OrderStatus.Confirmed, (await saga.OrderAsync()).Status);
        Assert.Contains("\"colour\":\"red\"", System.Text.Encoding.UTF8.GetString(saga.State.Values(key).Single().Value), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LookAgain_AsksForWhatIsNotAnsweredAndTellsNothingAgain()
    {
        await using var saga = await SagaRun.StartAsync(lines: 2);
        await saga.AnswerNextAsync();
        var group = saga.Engine.Started[0].Group;

        await saga.Engine.RaiseAsync(group, new GroupSignal([], LookAgain: true), default);

        Assert.Equal([saga.OrderId + ":1:deduct", saga.OrderId + ":2:deduct", saga.OrderId + ":2:deduct"], saga.EventIds(Topics.InventoryDeduction));
        Assert.Single(saga.EventIds(Topics.OrderEvents));
    }

    internal static Task DamageAsync(SagaRun saga, string key) => OverwriteAsync(saga, key, "damaged");

    internal static async Task OverwriteAsync(SagaRun saga, string key, string value)
    {
        var save = new OrderInventory.ServiceDefaults.State.StateSave(key, System.Text.Encoding.UTF8.GetBytes(value), OrderInventory.ServiceDefaults.State.SaveCondition.None);
        Assert.True(await saga.State.SaveAsync(save, CancellationToken.None));
    }

    private static GroupAnswer Held(SagaRun saga, int line) => new(saga.OrderId, StockOperationKind.Deduct, new LineAnswer(line, true, "HELD"));

    private static Task<ImmutableArray<WaitingOrder>> AdvanceAsync(SagaRun saga, string group, int call, params GroupAnswer[] answers) =>
        ActivatorUtilities.CreateInstance<AdvanceActivity>(saga.Of<IServiceProvider>()).RunAsync(null!, new AdvanceInput(group, call, [saga.OrderId], answers.Length == 0 ? Nothing : new GroupSignal([.. answers])));
}
