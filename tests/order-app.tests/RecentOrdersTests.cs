using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OrderApp.Domain;
using OrderApp.Storage;
using OrderInventory.ServiceDefaults.Rounds;
using OrderInventory.ServiceDefaults.State;
using OrderInventory.Testing;

namespace OrderApp.Tests;

/// <summary>The list of everybody's orders.</summary>
public sealed class RecentOrdersTests : OrderApiTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    public async Task List_PageByPage_HasEveryOrderOnceAndTheNewestFirst(int limit)
    {
        var placed = new List<string>();
        for (var i = 0; i < 40; i++) placed.Add(await PlaceAsync("u" + (i % 3), "k" + i));

        var all = await WalkAsync(limit);

        Assert.Equal(placed.Order(), all.Select(order => order.Id).Order());
        Assert.Equal(all.OrderByDescending(order => order.Created).Select(order => order.Created), all.Select(order => order.Created));
    }

    [Fact]
    public async Task List_FullPagesInEveryList_HasThemAll()
    {
        var orders = Enumerable.Range(0, 3_000).Select(i => OrderRules.Place(OrderIds.Of("u", "k" + i), new PlacedOrder("u", [new OrderLine(1, "p", 1, 1m)], null), "k" + i, "group", DateTimeOffset.UnixEpoch.AddSeconds(i)) with { RecentList = i / 100 % 8 }).ToArray();
        Assert.True(await App.Orders.SaveManyAsync(orders.Select(order => (order, (string?)null)), CancellationToken.None));
        await using var recent = new RecentOrders(App.State, new Backoff(Random.Shared, TimeProvider.System), Random.Shared, TimeProvider.System);
        foreach (var some in orders.Chunk(100)) await Task.WhenAll(some.Select(order => recent.AddAsync(order, isNew: true)));

        var all = await WalkAsync(100);

        Assert.Equal(orders.Reverse().Select(order => order.Id), all.Select(order => order.Id));
        Assert.Equal(8, App.State.Values("recent-orders:").Count);
        Assert.All(App.State.Values("recent-orders"), document => Assert.InRange(document.Value.Length, 1, 100_000));
    }

    // Eight lists of 1 250 full pages each, of which those alone are stored that these two pages of the API need.
    [Theory]
    [InlineData(null)]
    [InlineData(60_050)]
    public async Task List_OfAMillion_ReadsAsFewDocumentsAsOfAHundred(int? position)
    {
        const int pages = 1_250;
        for (var list = 0; list < 8; list++)
        {
            await WriteAsync($"recent-orders:{list}", new { pages, lastSealed = DateTimeOffset.UnixEpoch, items = Items(list, pages * 100, 150) });
            foreach (var page in new[] { pages - 1, 600, 599 }) await WriteAsync($"recent-orders-page:{list}:{page}", new { previousSealed = DateTimeOffset.UnixEpoch, items = Items(list, page * 100, 100) });
        }

        await using var recent = new RecentOrders(App.State, new Backoff(Random.Shared, TimeProvider.System), Random.Shared, TimeProvider.System);
        App.State.Calls.Clear();

        var listed = await recent.ListAsync(position is null ? null : string.Join('.', Enumerable.Repeat(position, 8)), 100, CancellationToken.None);

        var last = (position ?? (pages * 100) + 150) - 1;
        Assert.Equal(Enumerable.Range(0, 100).Select(i => Items(7 - (i % 8), last - (i / 8), 1).Single()[16..]), listed.Select(order => order.OrderId));
        Assert.InRange(App.State.Calls.Count, 8, 24);

        static string[] Items(int list, int from, int count) => [.. Enumerable.Range(from, count).Select(i => ((i * 8L) + list).ToString("x16", CultureInfo.InvariantCulture) + OrderIds.Of("u", $"{list}-{i}"))];

        Task WriteAsync(string key, object document) => App.State.SaveAsync(new StateSave(key, JsonSerializer.SerializeToUtf8Bytes(document, JsonSerializerOptions.Web), SaveCondition.None), CancellationToken.None);
    }

    // A group that takes over after a failure enters its orders, again or for the first time.
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public async Task List_OrdersThatWereAddedAgainOrLate_AreThereOnceAndHoldBackNoOther(int limit)
    {
        var orders = Enumerable.Range(0, 400).Select(i => OrderRules.Place(OrderIds.Of("u", "k" + i), new PlacedOrder("u", [new OrderLine(1, "p", 1, 1m)], null), "k" + i, "group", DateTimeOffset.UnixEpoch.AddSeconds(i)) with { RecentList = i % 2 }).ToArray();
        Assert.True(await App.Orders.SaveManyAsync(orders.Select(order => (order, (string?)null)), CancellationToken.None));
        await using var recent = new RecentOrders(App.State, new Backoff(Random.Shared, TimeProvider.System), Random.Shared, TimeProvider.System);
        foreach (var order in orders[..200].Where(order => order != orders[7])) await recent.AddAsync(order, isNew: true);
        await Task.WhenAll(recent.AddAsync(orders[5], isNew: false), recent.AddAsync(orders[6], isNew: false), recent.AddAsync(orders[7], isNew: false));
        foreach (var order in orders[200..]) await recent.AddAsync(order, isNew: true);

        var all = (await WalkAsync(limit)).Select(order => order.Id).ToList();

        Assert.Equal(400, all.Count);
        Assert.InRange(all.IndexOf(orders[7].Id), 198, 202 + limit);
        all.Remove(orders[7].Id);
        Assert.Equal(orders.Where(order => order != orders[7]).Reverse().Select(order => order.Id), all);
    }

    [Fact]
    public async Task List_CursorOfAnOldPage_StaysWhereItWas()
    {
        for (var i = 0; i < 10; i++) await PlaceAsync("u", "a" + i);
        var (first, cursor) = await PageAsync(4, null);
        for (var i = 0; i < 30; i++) await PlaceAsync("u", "b" + i);

        var rest = await WalkAsync(4, cursor: cursor);

        Assert.Equal(10, first.Concat(rest).Select(order => order.Id).Distinct().Count());
        Assert.Equal(10, first.Count + rest.Count);
    }

    [Fact]
    public async Task List_ByStatus_FindsThemHoweverFewThereAre()
    {
        var ids = new List<string>();
        for (var i = 0; i < 30; i++) ids.Insert(0, await PlaceAsync("u" + i, "k"));
        string[] cancelled = [ids[3], ids[29]];
        foreach (var id in cancelled) await App.BringAsync(id, OrderCommand.Cancel);

        Assert.Equal(cancelled, (await WalkAsync(1, "&status=CANCELLED")).Select(order => order.Id));
        Assert.Equal(28, (await WalkAsync(10, "&status=PENDING")).Count);
        Assert.Empty(await WalkAsync(10, "&status=PAID"));
    }

    [Fact]
    public async Task List_OrderPlacedInALaterAttempt_IsThereOnceAndInItsPlace()
    {
        // Listed, and not stored.
        App.State.FaultOf = save => save.Key.StartsWith("order:", StringComparison.Ordinal) ? SaveFault.NotApplied : SaveFault.None;
        using var request = Request("u", "late");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await Http.SendAsync(request)).StatusCode);
        App.State.FaultOf = _ => SaveFault.None;
        var early = await PlaceAsync("u", "early");

        var late = await PlaceAsync("u", "late");

        Assert.Equal([late, early], (await WalkAsync(1)).Select(order => order.Id));
    }

    [Fact]
    public async Task List_OrderStoredByTheSecondTry_IsThere()
    {
        var once = 1;
        App.State.FaultOf = save => save.Key.StartsWith("order:", StringComparison.Ordinal) && Interlocked.Exchange(ref once, 0) == 1 ? SaveFault.NotApplied : SaveFault.None;

        var id = await PlaceAsync("u", "k");

        Assert.Equal([id], (await WalkAsync(10)).Select(order => order.Id));
    }

    [Fact]
    public async Task List_OrdersPlacedAtOnce_HasEachOnceAndEachPageSorted()
    {
        var placed = await Task.WhenAll(Enumerable.Range(0, 300).Select(i => PlaceAsync("u" + (i % 7), "k" + i)));

        var pages = new List<IReadOnlyList<(string Id, DateTimeOffset Created)>>();
        string? cursor = null;
        do
        {
            (var page, cursor) = await PageAsync(50, cursor);
            pages.Add(page);
        }
        while (cursor is not null);

        Assert.Equal(placed.Order(), pages.SelectMany(page => page).Select(order => order.Id).Order());
        Assert.All(pages, page => Assert.Equal(page.OrderByDescending(order => order.Created), page));
    }

    [Theory]
    [InlineData("cursor=1")]
    [InlineData("cursor=1.1.1.1.1.1.1.x")]
    [InlineData("cursor=1.1.1.1.1.1.1.1.1")]
    [InlineData("cursor=1.1.1.1.1.1.1.1%0A")]
    [InlineData("cursor=1.1.1.1.1.1.1.9999999999")]
    [InlineData("limit=0")]
    [InlineData("status=paid")]
    public async Task List_BadQuery_Is400(string query)
    {
        var answer = await Http.GetAsync("/api/orders/recent?" + query);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(query.Split('=')[0], Assert.Single((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject()).Name);
    }

    [Theory]
    [InlineData("999999999.0.0.0.0.0.0.999999999")]
    [InlineData("0.0.0.0.0.0.0.0")]
    public async Task List_CursorOfNoPage_IsAPage(string cursor)
    {
        await PlaceAsync("u", "k");

        Assert.InRange((await WalkAsync(10, cursor: cursor)).Count, 0, 1);
    }

    [Fact]
    public async Task List_StoreDown_Is503()
    {
        App.State.Unreadable = true;

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await Http.GetAsync("/api/orders/recent")).StatusCode);
    }

    private async Task<string> PlaceAsync(string user, string key)
    {
        using var request = Request(user, key);
        var answer = await Http.SendAsync(request);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").GetProperty("id").GetString()!;
    }

    private static HttpRequestMessage Request(string user, string key)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/orders") { Content = JsonContent.Create(new { userId = user, productId = "p", quantity = 1, amount = 1 }) };
        request.Headers.Add("Idempotency-Key", key);
        return request;
    }

    private async Task<List<(string Id, DateTimeOffset Created)>> WalkAsync(int limit, string filter = "", string? cursor = null)
    {
        var all = new List<(string, DateTimeOffset)>();
        do
        {
            (var page, cursor) = await PageAsync(limit, cursor, filter);
            Assert.InRange(page.Count, 0, limit);
            all.AddRange(page);
        }
        while (cursor is not null);
        return all;
    }

    private async Task<(List<(string Id, DateTimeOffset Created)> Orders, string? Next)> PageAsync(int limit, string? cursor, string filter = "")
    {
        var answer = await Http.GetAsync(string.Create(CultureInfo.InvariantCulture, $"/api/orders/recent?limit={limit}{filter}") + (cursor is null ? "" : "&cursor=" + cursor));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return ([.. body.GetProperty("data").EnumerateArray().Select(order => (order.GetProperty("id").GetString()!, order.GetProperty("createdTime").GetDateTimeOffset()))], body.GetProperty("nextCursor").GetString());
    }
}
