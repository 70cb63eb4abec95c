using System.Net;
using System.Net.Http.Json;
using OrderInventory.Contracts;

namespace InventoryApp.Tests;

/// <summary>What <c>stock-changes</c> tells, and when.</summary>
public sealed class ToldChangeTests : ToldTest
{
    [Fact]
    public async Task EachKind_OnceRecorded_IsToldWithItsBalances()
    {
        await PutAsync("p:1", 10);
        await DeliverAsync(InventoryApi.Deduct("o", 4, "p:1"));
        await DeliverAsync(InventoryApi.Ship("o", 4, "p:1"));
        await DeliverAsync(InventoryApi.Message("RETURN", "o", 4, "p:1"));
        await DeliverAsync(InventoryApi.Deduct("o2", 3, "p:1"));
        await DeliverAsync(InventoryApi.Message("RESTORE", "o2", 3, "p:1"));
        await RestockAsync("p:1", 5);
        await Http.PostAsJsonAsync("/api/inventory/p:1/adjust", new { quantity = -2 });
        await ToldAsync(8);
        await NothingNotedAsync();

        Assert.Equal(
            [
                (1, "ADJUST", "ADJUSTED", 10, 10, 0, 10),
                (2, "DEDUCT", "HELD", 4, 6, 4, 10),
                (3, "SHIP", "SHIPPED", 4, 6, 0, 6),
                (4, "RETURN", "RETURNED", 4, 10, 0, 10),
                (5, "DEDUCT", "HELD", 3, 7, 3, 10),
                (6, "RESTORE", "RELEASED", 3, 10, 0, 10),
                (7, "RESTOCK", "RESTOCKED", 5, 15, 0, 15),
                (8, "ADJUST", "ADJUSTED", -2, 13, 0, 13),
            ],
            Told.Select(change => (change.Sequence, change.Operation, change.Code, change.Quantity, change.Available, change.Reserved!.Value, change.Total!.Value)));
        Assert.All(App.Events.Published.Where(published => published.Topic == Topics.StockChanges), published => Assert.Equal(("p:1", nameof(StockChange)), (published.Event.Key, published.Event.Type)));
        Assert.Equal(("o", 1, "o:1:deduct", true), (Told[1].OrderId, Told[1].Line, Told[1].OperationId, Told[1].Success));
        Assert.Equal((null, null), (Told[0].OrderId, Told[0].Line));
    }

    [Fact]
    public async Task Refusals_ThatAreRecorded_AreTold()
    {
        await PutAsync("p", 1);
        await DeliverAsync(InventoryApi.Deduct("o", 4));
        await DeliverAsync(InventoryApi.Deduct("o", 4, "nobody-made-it"));
        Assert.Equal(HttpStatusCode.Conflict, (await Http.PostAsJsonAsync("/api/inventory/p/adjust", new { quantity = -2 })).StatusCode);
        await NothingNotedAsync();

        Assert.Equal(
            [("p", "ADJUSTED", true, 1, 1), ("p", "OUT_OF_STOCK", false, 1, 1), ("nobody-made-it", "UNKNOWN_PRODUCT", false, 0, 0)],
            Told.Select(change => (change.ProductId, change.Code, change.Success, change.Available, change.Total!.Value)));
    }

    [Fact]
    public async Task WithoutTheSetting_NothingIsPublishedOrNoted()
    {
        using var quiet = new InventoryApi { Time = new InstantTime() };
        using var http = quiet.CreateClient();
        await http.PutAsJsonAsync("/api/inventory/p", new { total = 5 });
        await quiet.DeliverAsync(("e", InventoryApi.Deduct("o", 1)));

        Assert.Equal([Topics.InventoryDeductionResult], quiet.Events.Calls.Select(call => call.Topic));
        Assert.Empty(quiet.State.Values("untold"));
        Assert.DoesNotContain(quiet.State.Calls, call => call.Contains("untold", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Redelivered_TellsAgainWithTheSameId()
    {
        await PutAsync("p", 10);
        await DeliverAsync(InventoryApi.Deduct("o", 4));
        await RestockAsync("p", 1);
        await DeliverAsync(InventoryApi.Deduct("o", 4));
        await NothingNotedAsync();

        Assert.Equal(["p:1", "p:2", "p:3", "p:2"], Ids);
        Assert.Equal(Told[1], Told[3]);
    }

    [Theory]
    [InlineData(Topics.StockChanges)]
    [InlineData(Topics.InventoryDeductionResult)]
    public async Task Deliver_EitherEventIsRefused_AsksAgain(string topic)
    {
        await PutAsync("p", 10);
        await PutAsync("q", 10);
        await NothingNotedAsync();
        var refused = topic == Topics.StockChanges ? "p:2" : "o:1:deduct:result";
        App.Events.IsRefused = @event => @event.Id == refused;

        var statuses = await App.DeliverAsync(("a", InventoryApi.Deduct("o", 1)), ("b", InventoryApi.Deduct("o", 1, "q", 2)));

        Assert.Equal(("RETRY", "SUCCESS"), (statuses["a"], statuses["b"]));
        App.Events.IsRefused = _ => false;
        Assert.Equal("SUCCESS", (await App.DeliverAsync(("a", InventoryApi.Deduct("o", 1))))["a"]);
        Assert.Equal(["p:1", "p:2", "q:1", "q:2"], Ids.Distinct().Order());
    }

    [Fact]
    public async Task Put_BrokerHangs_IsAnsweredAndTheProductStaysInOrder()
    {
        var hangs = new TaskCompletionSource();
        App.Events.BeforePublish = topic => topic == Topics.StockChanges ? hangs.Task : Task.CompletedTask;

        Assert.Equal(HttpStatusCode.OK, (await PutAsync("p", 10)).StatusCode);
        Assert.Equal(1, Noted);
        var delivered = DeliverAsync(InventoryApi.Deduct("o", 4));
        var restocked = RestockAsync("p", 1);
        Assert.Equal(HttpStatusCode.OK, (await PutAsync("q", 10)).StatusCode);
        hangs.SetResult();
        await delivered;
        await restocked;
        await NothingNotedAsync();

        Assert.Equal(["p:1", "p:2", "p:3"], Ids.Where(id => id.StartsWith('p')));
    }

    [Fact]
    public async Task BulkPut_ManyProducts_TellsEachInDocumentsThatStaySmall()
    {
        var largest = 0;
        App.State.BeforeSave = save =>
        {
            if (save.Key.StartsWith("untold:", StringComparison.Ordinal)) largest = Math.Max(largest, save.Value.Length);
            return Task.CompletedTask;
        };
        // Ids that take the most room.
        string[] products = [.. Enumerable.Range(0, 500).Select(i => new string('书', 124) + i)];

        await Http.PutAsJsonAsync("/api/inventory", new { items = products.Select(productId => new { productId, total = 7 }) });
        await NothingNotedAsync();

        Assert.Equal(products.Select(productId => EventIds.StockChange(productId, 1)).Order(), Ids.Order());
        Assert.InRange(largest, 1, 256 * 1024);
    }

    [Fact]
    public async Task Delivered_RecordedByAnEarlierVersion_HasOnlyWhatThatVersionKept()
    {
        await App.WriteAsync("stock:p", """{"productId":"p","defined":true,"total":5,"available":4,"reserved":1,"version":1,"sequence":1,"createdTime":"2026-01-01T00:00:00Z","updatedTime":"2026-01-01T00:00:00Z","journal":[{"operationId":"o:1:deduct","kind":"DEDUCT","orderId":"o","line":1,"quantity":1,"success":true,"outcome":"HELD","availableAfter":4,"sequence":1,"time":"2026-01-01T00:00:00Z"}]}""");

        await DeliverAsync(InventoryApi.Deduct("o", 1));

        Assert.Equal((4L, null, null), (Assert.Single(Told).Available, Told[0].Reserved, Told[0].Total));
    }

    private async Task DeliverAsync(object message) => Assert.Equal("SUCCESS", (await App.DeliverAsync(("e", message)))["e"]);
}
