extern alias cli;

using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using cli::OrderInventory.Auditing;
using cli::OrderInventory.Repairing;
using OrderApp.Domain;
using OrderApp.Groups;

namespace OrderApp.Tests;

/// <summary>What <c>order-inventory repair --tell</c> makes of the public API is what order-app publishes: same topics, ids, keys, types and payloads, byte for byte.</summary>
public sealed class RetellingTests : OrderApiTests
{
    [Theory]
    [InlineData("")]
    [InlineData("Confirm")]
    [InlineData("Confirm pay {\"paymentId\":\"pi_1\",\"amount\":\"12.30\"} Ship Deliver Refund")]
    [InlineData("Confirm pay {\"paymentId\":\"pi_<&>\"}")]
    [InlineData("Confirm pay {}")]
    [InlineData("Confirm Cancel pay {\"paymentId\":\"pi_1\",\"amount\":1.10} pay {\"paymentId\":\"pi_2\"}")]
    public async Task Tell_AnOrder_PublishesWhatTheAppDid(string life)
    {
        var id = await PlaceAsync();
        var words = life.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < words.Length; i++)
        {
            if (words[i] == "pay") await PayAsync(id, words[++i]);
            else await App.BringAsync(id, Enum.Parse<OrderCommand>(words[i]));
        }

        var stored = (await App.Orders.FindAsync(id, CancellationToken.None))!;
        // With a reason, as clients and refusals give one.
        if (stored.Status == OrderStatus.Cancelled) stored = await WithReasonAsync(stored, "<out of> \"stock\", 缺货");
        App.Events.Published.Clear();
        await new OrderMessages(App.Events).PublishAsync([stored with { RetoldBy = "g#1", Step = null }], "g", "g#1", askAgain: false, CancellationToken.None);

        var told = await Retelling.ReadAsync(new SystemReader(Http, Http, TimeSpan.Zero, TimeProvider.System), id, CancellationToken.None);

        Assert.Equal(
            App.Events.Published.Select(published => (published.Topic, published.Event.Id, published.Event.Key, published.Event.Type, Encoding.UTF8.GetString(published.Event.Data.Span))).Order(),
            told!.Select(event_ => (event_.Topic, event_.Id, event_.Key, event_.Type, event_.Json)).Order());
        Assert.True(told!.Count >= 2 * stored.Version);
    }

    [Fact]
    public async Task Tell_NoOrder_IsNothing() =>
        Assert.Null(await Retelling.ReadAsync(new SystemReader(Http, Http, TimeSpan.Zero, TimeProvider.System), "0198aaaa-0000-7000-8000-000000000000", CancellationToken.None));

    private async Task<Order> WithReasonAsync(Order order, string reason)
    {
        var etag = (await App.Orders.ReadManyAsync([order.Id], CancellationToken.None))[order.Id].ETag;
        var changed = order with { StatusReason = reason, History = order.History.SetItem(order.Version - 1, order.History[^1] with { Reason = reason }) };
        Assert.True(await App.Orders.SaveManyAsync([(changed, etag)], CancellationToken.None));
        return changed;
    }

    private async Task<string> PlaceAsync()
    {
        using var body = new StringContent("""{"userId":"ännä & <co>","lines":[{"productId":"a \"book\"","quantity":2,"amount":"10.50"},{"productId":"笔","quantity":1,"amount":1.800}],"remark":"none"}""", Encoding.UTF8, "application/json");
        using var answer = await Http.PostAsync("/api/orders", body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").GetProperty("id").GetString()!;
    }

    private async Task PayAsync(string id, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await Http.PostAsync($"/api/orders/{id}/pay", content);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}
