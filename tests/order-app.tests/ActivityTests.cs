using Microsoft.Extensions.DependencyInjection;
using OrderApp.Activities;
using OrderApp.Domain;
using OrderInventory.Contracts;
using OrderInventory.ServiceDefaults;

namespace OrderApp.Tests;

/// <summary>An activity that ends between its write and its publish runs again: the same write, the same event ids.</summary>
public sealed class ActivityTests : OrderApiTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public async Task AskInventory_EndedBeforeItsPublish_AsksOnceMoreForTheSame()
    {
        var id = await ConfirmedAsync();
        var input = new AskInput(id, OrderCommand.Cancel, [1], "why");
        App.Events.Down = true;
        await Assert.ThrowsAsync<DependencyUnavailableException>(() => Ask(input));
        var recorded = (await App.Orders.GetAsync(id, CancellationToken.None)).Waiting;
        App.Events.Down = false;

        Assert.True(await Ask(input));
        Assert.True(await Ask(input));

        var order = await App.Orders.GetAsync(id, CancellationToken.None);
        Assert.Equal((OrderCommand.Cancel, recorded!.Since, OrderStatus.Confirmed), (order.Waiting!.Command, order.Waiting.Since, order.Status));
        Assert.All(Ids(Topics.InventoryDeduction), published => Assert.Equal(id + ":1:restore", published));
    }

    [Fact]
    public async Task AskInventory_AfterTheOrderHasMovedOn_AsksForNothing()
    {
        var id = await ConfirmedAsync();
        await App.Orders.ApplyAsync(id, OrderCommand.Cancel, null, CancellationToken.None);

        Assert.False(await Ask(new AskInput(id, OrderCommand.Cancel, [1], null)));
        Assert.Empty(App.Events.Published);
    }

    [Fact]
    public async Task TransitionOrder_EndedBeforeItsPublish_PublishesTheSameTransition()
    {
        var id = await ConfirmedAsync();
        var input = new TransitionInput(id, OrderCommand.Pay, null);
        App.Events.Down = true;
        await Assert.ThrowsAsync<DependencyUnavailableException>(() => Transition(input));
        App.Events.Down = false;

        Assert.Equal(OrderStatus.Paid, (await Transition(input)).Status);

        Assert.Equal(3, (await App.Orders.GetAsync(id, CancellationToken.None)).Version);
        Assert.Equal([id + ":3"], Ids(Topics.OrderStatusChanges));
        Assert.Equal([id + ":3"], Ids(Topics.OrderEvents));
    }

    private Task<bool> Ask(AskInput input) => ActivatorUtilities.CreateInstance<AskInventoryActivity>(App.Services).RunAsync(null!, input);

    private Task<TransitionResult> Transition(TransitionInput input) => ActivatorUtilities.CreateInstance<TransitionOrderActivity>(App.Services).RunAsync(null!, input);

    private string[] Ids(string topic) => [.. App.Events.Published.Where(published => published.Topic == topic).Select(published => published.Event.Id)];

    private async Task<string> ConfirmedAsync()
    {
        var order = await App.Orders.CreateAsync(Order.Place(Guid.CreateVersion7(Now), new PlacedOrder("u", [new OrderLine(1, "p", 1, 1m)], null), "k", Now), CancellationToken.None);
        await App.Orders.ApplyAsync(order.Id, OrderCommand.Confirm, null, CancellationToken.None);
        return order.Id;
    }
}
