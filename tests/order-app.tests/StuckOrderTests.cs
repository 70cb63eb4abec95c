using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderApp.Domain;
using OrderApp.Storage;
using OrderApp.Stuck;
using OrderInventory.Contracts;

namespace OrderApp.Tests;

public sealed class StuckOrderTests : OrderApiTests
{
    public StuckOrderTests() : base(frozen: true)
    {
    }

    [Fact]
    public async Task Search_OrderWhoseWorkflowWasNeverScheduled_SchedulesAndAsksIt()
    {
        App.Workflows.Down = true;
        await Http.PostAsJsonAsync("/api/orders", Body);
        App.Workflows.Down = false;
        await SearchAfterAsync(TimeSpan.FromMinutes(1));
        Assert.Empty(App.Workflows.Started);

        await SearchAfterAsync(TimeSpan.FromMinutes(2));

        var order = Assert.Single(App.Workflows.Started).InstanceId;
        Assert.Equal(order + ":1:deduct", Assert.Single(App.Events.Published, published => published.Topic == Topics.InventoryDeduction).Event.Id);
        var listed = (await Http.GetFromJsonAsync<JsonElement>("/api/orders/stuck")).GetProperty("data");
        Assert.Equal((order, 1), (listed[0].GetProperty("orderId").GetString(), listed[0].GetProperty("attempts").GetInt32()));
    }

    [Fact]
    public async Task Search_DecidedOrders_AreNotStuck()
    {
        await App.Orders.ApplyAsync(await PlaceAsync(), OrderCommand.Confirm, null, CancellationToken.None);

        await SearchAfterAsync(TimeSpan.FromMinutes(3));

        Assert.Empty((await Http.GetFromJsonAsync<JsonElement>("/api/orders/stuck")).GetProperty("data").EnumerateArray());
        Assert.Empty(App.Events.Published);
    }

    [Fact]
    public async Task Search_OrderThatWaitsForARestore_AsksForTheRestore()
    {
        var id = await PlaceAsync();
        await App.Orders.ApplyAsync(id, OrderCommand.Confirm, null, CancellationToken.None);
        App.Time.Advance(TimeSpan.FromMinutes(10));
        await App.Services.GetRequiredService<OpenOrderStore>().AddAsync(id);
        await App.Orders.WaitForAsync(id, OrderCommand.Cancel, [1], null, CancellationToken.None);
        App.Workflows.Started.Clear();

        await SearchAfterAsync(TimeSpan.FromMinutes(3));

        Assert.Equal(id + ":1:restore", Assert.Single(App.Events.Published, published => published.Topic == Topics.InventoryDeduction).Event.Id);
        // Not PENDING: its workflow may have ended, so it is never scheduled again.
        Assert.Empty(App.Workflows.Started);
    }

    [Fact]
    public async Task Search_StillStuck_AsksLessAndLessOften()
    {
        await PlaceAsync();
        var asked = new List<int>();
        for (var minute = 0; minute < 20; minute++)
        {
            await SearchAfterAsync(TimeSpan.FromMinutes(1));
            asked.Add(App.Events.Published.Count(published => published.Topic == Topics.InventoryDeduction));
        }

        Assert.Equal(4, asked[^1]);
    }

    [Fact]
    public async Task Search_OnceResolved_ForgetsTheOrder()
    {
        var id = await PlaceAsync();
        await SearchAfterAsync(TimeSpan.FromMinutes(3));
        await App.Orders.ApplyAsync(id, OrderCommand.Confirm, null, CancellationToken.None);

        await SearchAfterAsync(TimeSpan.FromMinutes(1));

        Assert.Empty((await Http.GetFromJsonAsync<JsonElement>("/api/orders/stuck")).GetProperty("data").EnumerateArray());
    }

    [Fact]
    public async Task Search_AfterALongStop_GoesOnWhereItWas()
    {
        await SearchAfterAsync(TimeSpan.Zero);
        await PlaceAsync();

        for (var search = 0; search < 40; search++) await SearchAfterAsync(search == 0 ? TimeSpan.FromDays(1) : StuckOrderSearch.Interval);

        Assert.Single((await Http.GetFromJsonAsync<JsonElement>("/api/orders/stuck")).GetProperty("data").EnumerateArray());
    }

    [Fact]
    public async Task Search_TwoReplicasAtOnce_OneSearches()
    {
        await PlaceAsync();
        App.Time.Advance(TimeSpan.FromMinutes(3));
        var other = ActivatorUtilities.CreateInstance<StuckOrderSearch>(App.Services);

        await Task.WhenAll(other.SearchAsync(CancellationToken.None), App.Services.GetRequiredService<StuckOrderSearch>().SearchAsync(CancellationToken.None));

        Assert.Single(App.Events.Published, published => published.Topic == Topics.InventoryDeduction);
    }

    [Fact]
    public async Task Search_BrokerDown_TriesAgainLater()
    {
        await PlaceAsync();
        App.Events.Down = true;
        await SearchAfterAsync(TimeSpan.FromMinutes(3));
        App.Events.Down = false;

        await SearchAfterAsync(TimeSpan.FromMinutes(3));

        Assert.Single(App.Events.Published, published => published.Topic == Topics.InventoryDeduction);
    }

    private static object Body => new { userId = "u", productId = "p", quantity = 1, amount = 1 };

    private async Task<string> PlaceAsync()
    {
        var answer = await Http.PostAsJsonAsync("/api/orders", Body);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").GetProperty("id").GetString()!;
    }

    private Task SearchAfterAsync(TimeSpan time)
    {
        App.Time.Advance(time);
        return App.Services.GetRequiredService<StuckOrderSearch>().SearchAsync(CancellationToken.None);
    }
}
