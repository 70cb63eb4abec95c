using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace OrderApp.Tests;

/// <summary>What operators may see of requests and messages that came more than once.</summary>
public sealed class RepeatTests : OrderApiTests
{
    private const string Place = "POST /api/orders";

    [Fact]
    public async Task Place_Again_IsRememberedWithItsKey()
    {
        var id = await PlaceAsync("k 1", HttpStatusCode.Created);
        Assert.Empty(await RepeatsAsync(id));

        await PlaceAsync("k 1", HttpStatusCode.Created);
        await PlaceAsync("k 1", HttpStatusCode.Created);

        Assert.Equal([(Place, "k 1", "AGAIN", 2, false)], await RepeatsAsync(id.ToUpperInvariant()));
    }

    [Fact]
    public async Task Place_OtherContentUnderTheKey_IsRemembered()
    {
        var id = await PlaceAsync("k", HttpStatusCode.Created);

        await PlaceAsync("k", HttpStatusCode.UnprocessableEntity, quantity: 2);

        Assert.Equal([(Place, "k", "DIFFERING", 1, false)], await RepeatsAsync(id));
    }

    [Fact]
    public async Task Place_StoreDown_IsRememberedByTheOrderItLaterPlaces()
    {
        App.State.Unreadable = true;
        await PlaceAsync("k", HttpStatusCode.ServiceUnavailable);
        App.State.Unreadable = false;

        Assert.Equal([(Place, "k", "FAILED", 1, true)], await RepeatsAsync(await PlaceAsync("k", HttpStatusCode.Created)));
    }

    [Fact]
    public async Task Command_Again_IsRememberedWithOrWithoutKey()
    {
        var id = await PlaceAsync("k", HttpStatusCode.Created);
        await CancelAsync(id, null);
        await CancelAsync(id, null);
        await CancelAsync(id, "c");

        Assert.Equal([("POST /api/orders/{id}/cancel", null, "AGAIN", 1, false), ("POST /api/orders/{id}/cancel", "c", "AGAIN", 1, false)], await RepeatsAsync(id));
    }

    [Fact]
    public async Task Result_FailedAndAgain_IsRememberedByItsId()
    {
        var id = await PlaceAsync("k", HttpStatusCode.Created);
        var group = (await App.Orders.FindAsync(id, CancellationToken.None))!.Group!;
        App.Workflows.Down = true;
        await DeliverAsync(id, group, "RETRY");
        App.Workflows.Down = false;
        await DeliverAsync(id, group, "SUCCESS");
        // While its workflow still is there, and afterwards.
        await DeliverAsync(id, group, "SUCCESS");
        await App.BringAsync(id, OrderApp.Domain.OrderCommand.Confirm);
        App.Workflows.Started.Clear();
        await DeliverAsync(id, group, "SUCCESS");

        Assert.Equal([("inventory-deduction-result", $"{id}:1:deduct:result", "FAILED", 1, true), ("inventory-deduction-result", $"{id}:1:deduct:result", "AGAIN", 2, false)], await RepeatsAsync(id));
    }

    [Fact]
    public async Task Result_OfADecidedOrderThatThisProcessHasNotSeen_IsRemembered()
    {
        var id = await PlaceAsync("k", HttpStatusCode.Created);
        var group = (await App.Orders.FindAsync(id, CancellationToken.None))!.Group!;
        await App.BringAsync(id, OrderApp.Domain.OrderCommand.Confirm);
        App.Workflows.Started.Clear();

        await DeliverAsync(id, group, "SUCCESS");

        Assert.Equal([("inventory-deduction-result", $"{id}:1:deduct:result", "AGAIN", 1, false)], await RepeatsAsync(id));
    }

    [Fact]
    public async Task Repeats_OfNoOrder_AreNoneAndSaySinceWhen()
    {
        var answer = (await Http.GetFromJsonAsync<JsonElement>("/api/repeats/none")).GetProperty("data");

        Assert.Equal(0, answer.GetProperty("repeats").GetArrayLength());
        Assert.True(answer.GetProperty("since").GetDateTimeOffset() <= TimeProvider.System.GetUtcNow());
    }

    private async Task<string> PlaceAsync(string key, HttpStatusCode status, int quantity = 1)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/orders") { Content = JsonContent.Create(new { userId = "u", productId = "p", quantity, amount = 1 }), Headers = { { "Idempotency-Key", $"\"{key}\"" } } };
        using var answer = await Http.SendAsync(request);
        Assert.Equal(status, answer.StatusCode);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return answer.IsSuccessStatusCode ? body.GetProperty("data").GetProperty("id").GetString()! : "";
    }

    private async Task CancelAsync(string id, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/orders/{id}/cancel") { Headers = { { "Prefer", "respond-async" } } };
        if (key is not null) request.Headers.Add("Idempotency-Key", $"\"{key}\"");
        using var answer = await Http.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode}");
    }

    private async Task DeliverAsync(string orderId, string group, string status)
    {
        var data = new { correlationId = group, operation = "DEDUCT", orderId, line = 1, productId = "p", quantity = 1, success = true, code = "HELD", availableStock = 5, timestamp = "2026-01-01T00:00:00Z" };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/dapr/events/inventory-deduction-result")
        {
            Headers = { { "dapr-api-token", OrderApi.AppToken } },
            Content = JsonContent.Create(new { entries = new[] { new { entryId = "0", @event = new { specversion = "1.0", data } } } }),
        };
        using var answer = await Http.SendAsync(request);
        Assert.Equal(status, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("statuses")[0].GetProperty("status").GetString());
    }

    private async Task<(string What, string? Id, string Kind, int Times, bool IsDone)[]> RepeatsAsync(string id) =>
        [.. (await Http.GetFromJsonAsync<JsonElement>("/api/repeats/" + id)).GetProperty("data").GetProperty("repeats").EnumerateArray().Select(repeat =>
            (repeat.GetProperty("what").GetString()!, repeat.GetProperty("id").GetString(), repeat.GetProperty("kind").GetString()!, repeat.GetProperty("times").GetInt32(), repeat.GetProperty("done").ValueKind != JsonValueKind.Null))];
}
