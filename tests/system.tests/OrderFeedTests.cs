using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using OrderInventory.Contracts;
using OrderInventory.Testing;

namespace OrderInventory.System.Tests;

/// <summary>The sample app beside the system: it hears of every transition, takes each once, and can do nothing else.</summary>
public sealed class OrderFeedTests : IAsyncLifetime
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(60);

    private LocalSystem _system = null!;

    public async Task InitializeAsync() => _system = await LocalSystem.StartAsync(withFeed: true);

    public async Task DisposeAsync() => await _system.DisposeAsync();

    [Fact]
    public async Task Feed_OrdersAndRepeatedEvents_ShowsEachOrderOnceAsItStands()
    {
        await _system.PutStockAsync("fed", 3);
        var bought = await PlaceAsync("bought", 1);
        var paid = await PlaceAsync("paid", 1);
        var refused = await PlaceAsync("refused", 5);
        Assert.Equal(HttpStatusCode.OK, await _system.Orders.CommandAsync(paid, "pay"));

        // Of `paid` PENDING, CONFIRMED and PAID, of the others two each.
        var repeats = (await SeenAsync(transitions: 7, repeats: 0)).GetProperty("repeats").GetInt32();
        var events = await Eventually.GetAsync(() => Task.FromResult(EventsOf(paid)), events => events.Length == 3, Within, "the observer has the events of the order");
        // The first and the last one once more: neither brings the order back to where it was.
        await PublishAgainAsync(events[0]);
        await PublishAgainAsync(events[2]);
        var shown = await SeenAsync(transitions: 7, repeats + 2);

        Assert.Equal(
            ["CANCELLED " + refused, "CONFIRMED " + bought, "PAID " + paid],
            shown.GetProperty("orders").EnumerateObject().SelectMany(status => status.Value.EnumerateArray().Select(order => $"{status.Name} {order.GetString()}")).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Feed_AnythingElse_IsRefused()
    {
        using var change = new StringContent("""{"orderId":"o","newStatus":"PAID","sequence":1,"timestamp":"2026-01-01T00:00:00Z"}""", Encoding.UTF8, "application/json");
        using var stranger = await _system.Feed.PostAsync("/order-status-changes", change);
        using var invoked = await _system.OrderSidecar.PostAsync("invoke/order-feed/method/order-status-changes", change);
        using var written = await _system.FeedSidecar.PostAsync("publish/order-feed-pubsub/" + Topics.OrderStatusChanges, JsonContent.Create(new { }));
        using var elsewhere = await _system.FeedSidecar.PostAsync("publish/order-feed-pubsub/" + Topics.InventoryDeduction, JsonContent.Create(new { }));

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden), (stranger.StatusCode, invoked.StatusCode));
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (written.StatusCode, elsewhere.StatusCode));
    }

    private async Task<string> PlaceAsync(string key, int quantity)
    {
        var id = await _system.Orders.PlaceAsync(OrderClient.Body("fed", quantity), key);
        await _system.Orders.DecidedAsync(id, Within);
        return id;
    }

    private Seen[] EventsOf(string order) =>
        [.. _system.Observer.Of(Topics.OrderStatusChanges).Where(seen => seen.Id.StartsWith(order, StringComparison.Ordinal)).DistinctBy(seen => seen.Id).OrderBy(seen => seen.Id, StringComparer.Ordinal)];

    // A broker may repeat more than the test does.
    private Task<JsonElement> SeenAsync(int transitions, int repeats) => Eventually.GetAsync(
        () => _system.Feed.GetFromJsonAsync<JsonElement>("/"),
        shown => shown.GetProperty("transitions").GetInt32() == transitions && shown.GetProperty("repeats").GetInt32() >= repeats,
        Within,
        $"the feed took {transitions} transitions and {repeats} repeats");

    // As a sender does that was cut off before it heard that the broker has the event.
    private async Task PublishAgainAsync(Seen seen)
    {
        var order = JsonElement.Parse(seen.Data).GetProperty("orderId").GetString();
        using var data = new StringContent(seen.Data, Encoding.UTF8, "application/json");
        data.Headers.ContentType!.CharSet = null;
        using var answer = await _system.OrderSidecar.PostAsync(
            $"publish/pubsub/{Topics.OrderStatusChanges}?metadata.partitionKey={order}&metadata.cloudevent.id={Uri.EscapeDataString(seen.Id)}&metadata.cloudevent.type={nameof(OrderStatusChangeMessage)}", data);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}
