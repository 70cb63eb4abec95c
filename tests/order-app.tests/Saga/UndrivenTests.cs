using OrderApp.Domain;
using OrderApp.Intake;
using OrderApp.Storage;
using OrderInventory.ServiceDefaults;
using OrderInventory.Testing;

namespace OrderApp.Tests.Saga;

/// <summary>The store goes away after a round saved and before it knows of it: the next try of the client has the order driven, not only the agenda.</summary>
public sealed class UndrivenTests
{
    [Fact]
    public async Task Place_StoredByARoundThatFailed_IsDrivenByTheNextTry()
    {
        await using var saga = new SagaRun();
        await FailAfterTheSaveAsync(saga, () => saga.PlaceAsync());
        Assert.Empty(saga.Engine.Started);

        Assert.IsType<OrderOutcome.Replayed>(await saga.PlaceAsync());

        Assert.Single(saga.Engine.Started);
        await saga.AnswerAllAsync();
        Assert.Equal(OrderStatus.Confirmed, (await saga.OrderAsync()).Status);
        Assert.Equal([saga.OrderId], (await saga.Of<UserOrders>().ListAsync("u", null, 10, CancellationToken.None)).Select(listed => listed.OrderId));
    }

    [Fact]
    public async Task Place_StoredByARoundThatFailed_IsListedWhoeverHasItDriven()
    {
        await using var saga = new SagaRun();
        await FailAfterTheSaveAsync(saga, () => saga.PlaceAsync());

        await saga.CommandAsync(OrderCommand.Cancel);

        Assert.Single(saga.Engine.Started);
        Assert.Equal([saga.OrderId], (await saga.Of<UserOrders>().ListAsync("u", null, 10, CancellationToken.None)).Select(listed => listed.OrderId));
    }

    [Fact]
    public async Task Command_StoredByARoundThatFailed_IsDrivenByTheNextTry()
    {
        await using var saga = await SagaRun.StartAsync();
        await saga.AnswerAllAsync();
        await FailAfterTheSaveAsync(saga, () => saga.CommandAsync(OrderCommand.Cancel));

        await saga.CommandAsync(OrderCommand.Cancel);

        Assert.Equal(2, saga.Engine.Started.Count);
        await saga.AnswerAllAsync();
        Assert.Equal(OrderStatus.Cancelled, (await saga.OrderAsync()).Status);
    }

    // It waits for nothing, and still has to be told.
    [Fact]
    public async Task Payment_StoredByARoundThatFailed_IsToldByTheNextTry()
    {
        await using var saga = await SagaRun.StartAsync();
        await saga.AnswerAllAsync();
        await FailAfterTheSaveAsync(saga, () => saga.CommandAsync(OrderCommand.Pay));
        Assert.DoesNotContain(saga.StatusChanges(), change => change.NewStatus == "PAID");

        await saga.CommandAsync(OrderCommand.Pay);

        Assert.Contains(saga.StatusChanges(), change => change.NewStatus == "PAID");
    }

    [Fact]
    public async Task Order_DrivenByTheNextTry_IsNotTakenOverOnceMore()
    {
        await using var saga = new SagaRun();
        await FailAfterTheSaveAsync(saga, () => saga.PlaceAsync());
        await saga.PlaceAsync();
        var group = (await saga.OrderAsync()).Group;

        await saga.PlaceAsync();

        Assert.Equal(group, (await saga.OrderAsync()).Group);
        Assert.Equal(group, Assert.Single(saga.Engine.Started).Group);
    }

    [Fact]
    public async Task Order_OfAnotherGroupThanTheOneThatFailed_IsLeftToIt()
    {
        await using var saga = await SagaRun.StartAsync();
        var order = await saga.OrderAsync();

        saga.Of<UndrivenOrders>().RoundIsOver("another", [order.Id], []);
        await saga.PlaceAsync();

        Assert.Equal(order.Group, (await saga.OrderAsync()).Group);
        Assert.Single(saga.Engine.Started);
    }

    [Fact]
    public void Remembered_AreTheYoungest()
    {
        var undriven = new UndrivenOrders();
        var order = OrderRules.Place(Guid.Empty, new PlacedOrder("u", [new OrderLine(1, "p", 1, 1m)], null), "k", "group", default);

        undriven.RoundIsOver("group", [order.Id, .. Enumerable.Range(0, 999).Select(number => $"order {number}")], []);
        Assert.True(undriven.Has(order));
        undriven.RoundIsOver("group", ["one more"], []);
        Assert.False(undriven.Has(order));
    }

    private static async Task FailAfterTheSaveAsync(SagaRun saga, Func<Task> request)
    {
        // Stored, but neither the answer nor a read says so.
        saga.State.FaultOf = save =>
        {
            if (!save.Key.StartsWith("order:", StringComparison.Ordinal)) return SaveFault.None;
            saga.State.Unreadable = true;
            return SaveFault.AppliedButUnknown;
        };
        await Assert.ThrowsAsync<DependencyUnavailableException>(request);
        saga.State.FaultOf = _ => SaveFault.None;
        saga.State.Unreadable = false;
    }
}
