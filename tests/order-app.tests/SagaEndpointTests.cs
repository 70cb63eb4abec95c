using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderApp.Domain;
using OrderApp.Storage;

namespace OrderApp.Tests;

/// <summary>What operators may see of how an order was driven.</summary>
public sealed class SagaEndpointTests : OrderApiTests
{
    [Fact]
    public async Task Saga_OfAPendingOrder_ShowsWhatItWaitsFor()
    {
        var id = await PlaceAsync();

        var saga = await SagaAsync(id);

        var step = saga.GetProperty("step");
        Assert.Equal("CONFIRM", step.GetProperty("command").GetString());
        Assert.Equal([$"{id}:1:deduct", $"{id}:2:deduct"], step.GetProperty("lines").EnumerateArray().Select(line => line.GetProperty("operation").GetString()));
        Assert.All(step.GetProperty("lines").EnumerateArray(), line => Assert.Equal((JsonValueKind.Null, JsonValueKind.Null), (line.GetProperty("success").ValueKind, line.GetProperty("code").ValueKind)));
        Assert.StartsWith(saga.GetProperty("group").GetString() + "#", step.GetProperty("by").GetString(), StringComparison.Ordinal);
        Assert.Matches("^[0-9a-f]{64}$", saga.GetProperty("fingerprint").GetString());
        Assert.Equal("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"[3..35], saga.GetProperty("traceParent").GetString()![3..35]);
        Assert.Equal(JsonValueKind.Null, saga.GetProperty("stuck").ValueKind);
    }

    [Fact]
    public async Task Saga_OfAnAnsweredLine_ShowsTheAnswer()
    {
        var id = await PlaceAsync();
        await ChangeAsync(id, order => order with { Step = order.Step! with { Answers = [new LineAnswer(2, false, "OUT_OF_STOCK")] } });

        var lines = (await SagaAsync(id)).GetProperty("step").GetProperty("lines");

        Assert.Equal((JsonValueKind.Null, false, "OUT_OF_STOCK"), (lines[0].GetProperty("success").ValueKind, lines[1].GetProperty("success").GetBoolean(), lines[1].GetProperty("code").GetString()));
    }

    [Fact]
    public async Task Saga_OfAnOrderAtRest_ShowsWhichCallStoredEachTransition()
    {
        var id = await PlaceAsync();
        await App.BringAsync(id, OrderCommand.Confirm);

        var saga = await SagaAsync(id);

        Assert.Equal(JsonValueKind.Null, saga.GetProperty("step").ValueKind);
        var transitions = saga.GetProperty("transitions");
        Assert.Equal([$"{id}:1 PENDING", $"{id}:2 CONFIRMED"], transitions.EnumerateArray().Select(change => $"{change.GetProperty("eventId")} {change.GetProperty("newStatus")}"));
        Assert.Equal(saga.GetProperty("group").GetString() + "#0", transitions[0].GetProperty("by").GetString());
        Assert.Equal(JsonValueKind.Null, transitions[1].GetProperty("by").ValueKind);
    }

    [Fact]
    public async Task Waiting_OrdersThatTheAgendaSaw_AreThoseThatStillWaitOldestFirst()
    {
        var (first, second, decided) = (await PlaceAsync(), await PlaceAsync(), await PlaceAsync());
        await App.BringAsync(decided, OrderCommand.Confirm);
        var pages = App.Services.GetRequiredService<AgendaPages>();
        var now = DateTimeOffset.UnixEpoch.AddYears(60);
        var (progress, etag) = await pages.ReadProgressAsync(CancellationToken.None);
        StuckOrder[] seen = [.. new[] { second, first, decided, "00000000-0000-0000-0000-000000000001" }.Select((id, i) => new StuckOrder(id, now.AddSeconds(-i), 0, now, OrderCommand.Confirm))];
        Assert.True(await pages.SaveProgressAsync((progress ?? AgendaProgress.Beginning(now)) with { Waiting = [.. seen] }, etag, CancellationToken.None));

        var waiting = (await Http.GetFromJsonAsync<JsonElement>("/api/orders/waiting")).GetProperty("data");

        Assert.Equal([first, second], waiting.EnumerateArray().Select(order => order.GetProperty("orderId").GetString()));
    }

    [Theory]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    [InlineData("nothing")]
    public async Task Saga_OfNoOrder_Is404(string id) => Assert.Equal(HttpStatusCode.NotFound, (await Http.GetAsync($"/api/orders/{id}/saga")).StatusCode);

    private async Task<string> PlaceAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/orders")
        {
            Content = JsonContent.Create(new { userId = "u", lines = new[] { new { productId = "a", quantity = 1, amount = 1 }, new { productId = "b", quantity = 2, amount = 3 } } }),
        };
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        using var answer = await Http.SendAsync(request);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").GetProperty("id").GetString()!;
    }

    private async Task<JsonElement> SagaAsync(string id) => (await Http.GetFromJsonAsync<JsonElement>($"/api/orders/{id}/saga")).GetProperty("data");

    private async Task ChangeAsync(string id, Func<Order, Order> change)
    {
        var stored = (await App.Orders.ReadManyAsync([id], CancellationToken.None))[id];
        Assert.True(await App.Orders.SaveManyAsync([(change(stored.Order!), stored.ETag)], CancellationToken.None));
    }
}
