using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OrderApp.Domain;
using OrderApp.Storage;
using OrderInventory.ServiceDefaults.Rounds;
using OrderInventory.Testing;

namespace OrderApp.Tests;

public sealed class OrderListTests : OrderApiTests
{
    [Fact]
    public async Task List_OfAUser_IsNewestFirstAndOnlyTheirs()
    {
        var ids = new List<string>();
        for (var i = 0; i < 5; i++) ids.Insert(0, await PlaceAsync("u", "k" + i));
        await PlaceAsync("other", "k0");

        Assert.Equal(ids, await WalkAsync("u", 2));
        Assert.Empty(await WalkAsync("nobody", 2));
    }

    [Fact]
    public async Task List_During500ConcurrentCreates_ShowsEachOrderOnce()
    {
        var creating = Task.WhenAll(Enumerable.Range(0, 500).Select(i => PlaceAsync("u", "k" + i)));
        while (!creating.IsCompleted)
        {
            var seen = await WalkAsync("u", 7);
            Assert.Equal(seen.Count, seen.Distinct().Count());
        }

        Assert.Equal((await creating).Order(), (await WalkAsync("u", 100)).Order());
        // The head stays small: whoever appends next cuts full pages off it, however many came at once before.
        await PlaceAsync("u", "next");
        Assert.InRange(App.State.Values("user-orders-page:u:").Count, 3, 4);
        Assert.All(App.State.Values("user-orders"), document => Assert.InRange(document.Value.Length, 1, 100_000));
    }

    [Fact]
    public async Task List_CursorOfAnOldPage_StaysWhereItWas()
    {
        for (var i = 0; i < 10; i++) await PlaceAsync("u", "a" + i);
        var (first, cursor) = await PageAsync("u", 4, null);
        await Task.WhenAll(Enumerable.Range(0, 250).Select(i => PlaceAsync("u", "b" + i)));

        var (second, _) = await PageAsync("u", 4, cursor);
        var all = await WalkAsync("u", 50);

        Assert.Equal(all.Skip(250).Take(8), first.Concat(second));
        Assert.Equal(260, all.Distinct().Count());
    }

    [Fact]
    public async Task List_ByNumber_FindsThatOrder()
    {
        var id = await PlaceAsync("u", "k");
        var number = OrderNumber.Of(Guid.Parse(id));

        Assert.Equal([id], await FoundAsync($"orderNo={number}"));
        Assert.Equal([id], await FoundAsync($"orderNo={number.ToLowerInvariant()}&userId=u&status=PENDING"));
        Assert.Empty(await FoundAsync($"orderNo={number}&userId=other"));
        Assert.Empty(await FoundAsync($"orderNo={number}&status=PAID"));
        Assert.Empty(await FoundAsync($"orderNo={OrderNumber.Of(Guid.Empty)}"));
        Assert.Equal(HttpStatusCode.BadRequest, (await Http.GetAsync("/api/orders?orderNo=1")).StatusCode);

        async Task<IEnumerable<string?>> FoundAsync(string query) =>
            (await Http.GetFromJsonAsync<JsonElement>("/api/orders?" + query)).GetProperty("data").EnumerateArray().Select(order => order.GetProperty("id").GetString());
    }

    [Fact]
    public async Task List_ByStatus_FindsThemHoweverFewThereAre()
    {
        var ids = new List<string>();
        for (var i = 0; i < 30; i++) ids.Insert(0, await PlaceAsync("u", "k" + i));
        string[] cancelled = [ids[3], ids[29]];
        foreach (var id in cancelled) await App.BringAsync(id, OrderCommand.Cancel);

        Assert.Equal(cancelled, await WalkAsync("u", 1, "&status=CANCELLED"));
        Assert.Equal(28, (await WalkAsync("u", 10, "&status=PENDING")).Count);
        Assert.Empty(await WalkAsync("u", 10, "&status=PAID"));
    }

    [Fact]
    public async Task List_ByKey_FindsTheOrderOfThisUserOnly()
    {
        var mine = await PlaceAsync("u", "the-key");
        await PlaceAsync("other", "the-key");

        Assert.Equal([mine], (await PageAsync("u", 20, null, "&idempotencyKey=the-key")).Ids);
        Assert.Empty((await PageAsync("u", 20, null, "&idempotencyKey=another")).Ids);
    }

    [Theory]
    [InlineData("\"a b\"", "a b")]
    [InlineData("\" \"", " ")]
    [InlineData("\"  a \"", "  a ")]
    [InlineData("\"a,a\"", "a,a")]
    [InlineData("a\\b", "a\\b")]
    [InlineData("\"\\\"x\\\"\"", "\"x\"", false)]
    public async Task List_ByKeyAsTheOrderShowsIt_FindsIt(string header, string shown, bool isFoundBare = true)
    {
        using var request = Request("u", header);
        var placed = (await (await Http.SendAsync(request)).Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data");
        Assert.Equal(shown, placed.GetProperty("idempotencyKey").GetString());
        string[] mine = [placed.GetProperty("id").GetString()!];

        Assert.Equal(mine, (await PageAsync("u", 20, null, "&idempotencyKey=" + Uri.EscapeDataString("\"" + shown.Replace("\\", "\\\\").Replace("\"", "\\\"") + "\""))).Ids);
        if (isFoundBare) Assert.Equal(mine, (await PageAsync("u", 20, null, "&idempotencyKey=" + Uri.EscapeDataString(shown))).Ids);
    }

    [Theory]
    [InlineData("", "userId")]
    [InlineData("?userId=u&limit=0", "limit")]
    [InlineData("?userId=u&limit=101", "limit")]
    [InlineData("?userId=u&limit=x", "limit")]
    [InlineData("?userId=u&cursor=x", "cursor")]
    [InlineData("?userId=u&cursor=-1", "cursor")]
    [InlineData("?userId=u&status=confirmed", "status")]
    [InlineData("?userId=u&idempotencyKey=%C3%BC", "idempotencyKey")]
    [InlineData("?userId=u&idempotencyKey=%22", "idempotencyKey")]
    public async Task List_BadQuery_Is400(string query, string field)
    {
        var answer = await Http.GetAsync("/api/orders" + query);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(field, Assert.Single((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject()).Name);
    }

    [Fact]
    public async Task List_StoreDown_Is503()
    {
        App.State.Unreadable = true;

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await Http.GetAsync("/api/orders?userId=u")).StatusCode);
    }

    [Theory]
    [InlineData(SaveFault.NotApplied)]
    [InlineData(SaveFault.AppliedButUnknown)]
    public async Task Add_OneSaveGoesWrong_IsInTheListOnce(SaveFault fault)
    {
        var once = 1;
        App.State.FaultOf = save => save.Key.StartsWith("user-orders:", StringComparison.Ordinal) && Interlocked.Exchange(ref once, 0) == 1 ? fault : SaveFault.None;

        var id = await PlaceAsync("u", "k");

        Assert.Equal([id], await WalkAsync("u", 10));
    }

    [Fact]
    public async Task Add_RetriedAfterItsPageWasCut_IsInTheListOnce()
    {
        // Listed, and not stored.
        App.State.FaultOf = save => save.Key.StartsWith("order:", StringComparison.Ordinal) ? SaveFault.NotApplied : SaveFault.None;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await Http.SendAsync(Request("u", "first"))).StatusCode);
        App.State.FaultOf = _ => SaveFault.None;
        await Task.WhenAll(Enumerable.Range(0, 250).Select(i => PlaceAsync("u", "k" + i)));
        var id = await PlaceAsync("u", "first");

        var all = await WalkAsync("u", 100);

        Assert.Equal(251, all.Distinct().Count());
        Assert.Equal(id, all[^1]);
    }

    [Fact]
    public async Task Add_TwoReplicasAtOnce_LoseNothing()
    {
        await using var other = new UserOrders(App.State, new Backoff(Random.Shared, TimeProvider.System), TimeProvider.System);
        var placed = await Task.WhenAll(Enumerable.Range(0, 120).Select(async i =>
        {
            if (i % 2 == 0) return await PlaceAsync("u", "k" + i);
            var order = OrderRules.Place(OrderIds.Of("u", "k" + i), new PlacedOrder("u", [new OrderLine(1, "p", 1, 1m)], null), "k" + i, "g", TimeProvider.System.GetUtcNow());
            Assert.True(await App.Orders.SaveManyAsync([(order, null)], CancellationToken.None));
            await other.AddAsync(order);
            return order.Id;
        }));

        Assert.Equal(placed.Order(), (await WalkAsync("u", 100)).Order());
    }

    private async Task<string> PlaceAsync(string user, string key)
    {
        var answer = await Http.SendAsync(Request(user, key));
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").GetProperty("id").GetString()!;
    }

    private static HttpRequestMessage Request(string user, string key)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/orders") { Content = JsonContent.Create(new { userId = user, productId = "p", quantity = 1, amount = 1 }) };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return request;
    }

    private async Task<List<string>> WalkAsync(string user, int limit, string filter = "")
    {
        var all = new List<string>();
        string? cursor = null;
        do
        {
            (var page, cursor) = await PageAsync(user, limit, cursor, filter);
            Assert.InRange(page.Count, 0, limit);
            all.AddRange(page);
        }
        while (cursor is not null);
        return all;
    }

    private async Task<(List<string> Ids, string? Next)> PageAsync(string user, int limit, string? cursor, string filter = "")
    {
        var answer = await Http.GetAsync($"/api/orders?userId={user}&limit={limit}{filter}" + (cursor is null ? "" : "&cursor=" + cursor));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return ([.. body.GetProperty("data").EnumerateArray().Select(order => order.GetProperty("id").GetString()!)], body.GetProperty("nextCursor").GetString());
    }
}
