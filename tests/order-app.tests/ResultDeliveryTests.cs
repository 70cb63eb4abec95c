using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OrderApp.Domain;
using OrderInventory.Testing;

namespace OrderApp.Tests;

public sealed class ResultDeliveryTests : OrderApiTests
{
    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Http.DefaultRequestHeaders.Add("dapr-api-token", OrderApi.AppToken);
    }

    [Fact]
    public async Task Deliver_TwoLinesOfOneOrder_RaisesOneEvent()
    {
        var order = await PlaceAsync();

        Assert.Equal(["SUCCESS", "SUCCESS"], (await DeliverAsync(Result(order, 1, "HELD"), Result(order, 2, "OUT_OF_STOCK"))).Values);

        var raised = Assert.Single(App.Workflows.Raised);
        Assert.Equal((await GroupAsync(order), "answers"), (raised.InstanceId, raised.Name));
        Assert.Equal(["HELD", "OUT_OF_STOCK"], JsonSerializer.Deserialize<JsonElement>(raised.Input).GetProperty("answers").EnumerateArray().Select(line => line.GetProperty("answer").GetProperty("code").GetString()));
    }

    [Fact]
    public async Task Deliver_ResultsThatNameTheirGroup_NeedNoRead()
    {
        var order = await PlaceAsync();
        var group = await GroupAsync(order);
        App.State.Calls.Clear();

        await DeliverAsync(Result(order, 1, "HELD", group));

        Assert.Equal(group, Assert.Single(App.Workflows.Raised).InstanceId);
        Assert.Empty(App.State.Calls);
    }

    [Fact]
    public async Task Deliver_WorkflowGone_AnotherGroupCarriesOn()
    {
        var order = await PlaceAsync();
        var group = await GroupAsync(order);
        App.Workflows.Started.Clear();

        Assert.Equal("SUCCESS", (await DeliverAsync(Result(order, 1, "HELD", group)))["0"]);

        Assert.Equal(await GroupAsync(order), Assert.Single(App.Workflows.Started).InstanceId);
        Assert.NotEqual(group, await GroupAsync(order));
        Assert.Empty(App.Workflows.Raised);
    }

    // Asked for again it would hold up its partition, and the order stays as it is.
    [Fact]
    public async Task Deliver_WorkflowGoneAndTheOrderDamaged_IsNotAskedForAgain()
    {
        var order = await PlaceAsync();
        var group = await GroupAsync(order);
        await App.DamageAsync(order);
        App.Workflows.Started.Clear();

        Assert.Equal("SUCCESS", (await DeliverAsync(Result(order, 1, "HELD", group)))["0"]);
        Assert.Equal("SUCCESS", (await DeliverAsync(Result(order, 1, "HELD")))["0"]);

        Assert.Empty(App.Workflows.Started);
    }

    [Fact]
    public async Task Deliver_WorkflowOfADecidedOrderGone_StartsNothing()
    {
        var order = await PlaceAsync();
        var group = await GroupAsync(order);
        await App.BringAsync(order, OrderCommand.Cancel);
        App.Workflows.Started.Clear();

        Assert.Equal("SUCCESS", (await DeliverAsync(Result(order, 1, "HELD", group)))["0"]);

        Assert.Empty(App.Workflows.Started);
    }

    [Fact]
    public async Task Deliver_SidecarOrStoreDown_AsksAgain()
    {
        var order = await PlaceAsync();
        App.Workflows.Down = true;
        Assert.Equal("RETRY", (await DeliverAsync(Result(order, 1, "HELD")))["0"]);
        App.Workflows.Down = false;
        App.State.Unreadable = true;
        Assert.Equal("RETRY", (await DeliverAsync(Result(order, 1, "HELD")))["0"]);
    }

    [Fact]
    public async Task Deliver_UnknownOrderAndPoison_AreNotAskedForAgain()
    {
        var statuses = await DeliverAsync(Result("0198aaaa-0000-7000-8000-000000000000", 1, "HELD"), Result("no-id", 1, "HELD"), new { nonsense = true });

        Assert.All(statuses.Values, status => Assert.Equal("SUCCESS", status));
        Assert.Equal(2, App.Events.DeadLetters.Count);
        Assert.Empty(App.Workflows.Raised);
    }

    public static TheoryData<string> Poison => [.. PoisonEvents.All.Keys];

    [Theory]
    [MemberData(nameof(Poison))]
    public async Task Deliver_PoisonAmongOthers_IsDeadLetteredAndTheOthersAreDone(string poison)
    {
        var (first, second) = (await PlaceAsync(), await PlaceAsync());

        await DeliverEventsAsync(PoisonEvents.Event(Result(first, 1, "HELD")), PoisonEvents.All[poison], PoisonEvents.Event(Result(second, 1, "HELD")));

        Assert.Equal(new[] { await GroupAsync(first), await GroupAsync(second) }.Order(), App.Workflows.Raised.Select(raised => raised.InstanceId).Order());
        Assert.Equal(("inventory-deduction-result", "the-key"), App.Events.DeadLetters.Select(letter => (letter.Topic, letter.Key)).Single());
    }

    [Fact]
    public async Task Deliver_MangledMessagesAmongOthers_AreEachDoneOrDeadLettered()
    {
        var (order, good) = (await PlaceAsync(), await PlaceAsync());

        await DeliverEventsAsync([.. Enumerable.Range(0, 300).Select(seed => PoisonEvents.Mangled(Result(order, 1, "HELD"), seed)), PoisonEvents.Event(Result(good, 1, "HELD"))]);

        var group = await GroupAsync(good);
        Assert.Contains(App.Workflows.Raised, raised => raised.InstanceId == group);
        Assert.NotEmpty(App.Events.DeadLetters);
    }

    private async Task DeliverEventsAsync(params string[] events)
    {
        using var content = PoisonEvents.Delivery(events);
        using var answer = await Http.PostAsync("/dapr/events/inventory-deduction-result", content);
        var statuses = (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).GetProperty("statuses").EnumerateArray().ToArray();
        Assert.Equal(events.Length, statuses.Length);
        Assert.All(statuses, status => Assert.Equal("SUCCESS", status.GetProperty("status").GetString()));
    }

    private async Task<string> PlaceAsync()
    {
        var answer = await Http.PostAsJsonAsync("/api/orders", new { userId = "u", lines = new[] { new { productId = "a", quantity = 1, amount = 1 }, new { productId = "b", quantity = 1, amount = 1 } } });
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").GetProperty("id").GetString()!;
    }

    private async Task<string> GroupAsync(string order) => (await App.Orders.FindAsync(order, CancellationToken.None))!.Group!;

    private static object Result(string orderId, int line, string code, string? correlationId = null) => new
    {
        correlationId,
        operation = "DEDUCT",
        orderId,
        line,
        productId = "p",
        quantity = 1,
        success = code == "HELD",
        code,
        availableStock = 5,
        timestamp = "2026-01-01T00:00:00Z",
    };

    private async Task<Dictionary<string, string>> DeliverAsync(params object[] results)
    {
        var answer = await Http.PostAsJsonAsync("/dapr/events/inventory-deduction-result", new
        {
            entries = results.Select((data, index) => new { entryId = index.ToString(System.Globalization.CultureInfo.InvariantCulture), @event = new { specversion = "1.0", data } }),
        });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("statuses").EnumerateArray()
            .ToDictionary(status => status.GetProperty("entryId").GetString()!, status => status.GetProperty("status").GetString()!);
    }
}
