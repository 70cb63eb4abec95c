using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OrderInventory.ServiceDefaults;
using OrderInventory.Testing;

namespace InventoryApp.Tests;

public sealed class StockListTests : IDisposable
{
    private readonly InventoryApi _app = new() { Time = new InstantTime() };
    private readonly HttpClient _http;

    public StockListTests() => _http = _app.CreateClient();

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task ListOperations_JournalAndArchive_AreOneListNewestFirst()
    {
        await PutAsync("p", 10);
        for (var i = 1; i <= 99; i++) await _http.PostAsJsonAsync("/api/inventory/p/restock", new { quantity = i });

        var pages = await PagesAsync("/api/inventory/p/operations?limit=30");

        Assert.Equal([30, 30, 30, 10], pages.Select(page => page.Count));
        var operations = pages.SelectMany(page => page).ToArray();
        Assert.Equal(Enumerable.Range(1, 100).Reverse(), operations.Select(operation => operation.GetProperty("sequence").GetInt32()));
        Assert.Equal(("RESTOCK", 99L, "RESTOCKED"), (operations[0].GetProperty("kind").GetString(), operations[0].GetProperty("quantity").GetInt64(), operations[0].GetProperty("outcome").GetString()));
        Assert.Equal("ADJUST", operations[^1].GetProperty("kind").GetString());
        Assert.True((await _http.GetStringAsync("/api/inventory/p/operations?limit=1")).Length < 600);
    }

    [Fact]
    public async Task ListOperations_NewOnesBetweenPages_DoNotMoveTheCursor()
    {
        await PutAsync("p", 10);
        for (var i = 0; i < 5; i++) await _http.PostAsJsonAsync("/api/inventory/p/restock", new { quantity = 1 });
        var first = await _http.GetFromJsonAsync<JsonElement>("/api/inventory/p/operations?limit=2");
        for (var i = 0; i < 40; i++) await _http.PostAsJsonAsync("/api/inventory/p/restock", new { quantity = 1 });

        var second = await _http.GetFromJsonAsync<JsonElement>("/api/inventory/p/operations?limit=200&cursor=" + first.GetProperty("nextCursor").GetString());

        Assert.Equal([4, 3, 2, 1], second.GetProperty("data").EnumerateArray().Select(operation => operation.GetProperty("sequence").GetInt32()));
        Assert.Equal(JsonValueKind.Null, second.GetProperty("nextCursor").ValueKind);
    }

    [Fact]
    public async Task ListOperations_OfALine_AreThoseThatItAskedForHoweverManyOthers()
    {
        await PutAsync("p", 1000);
        await _app.DeliverAsync(("a", InventoryApi.Deduct("o1", 1)), ("b", InventoryApi.Deduct("o1", 1, line: 2)), ("c", InventoryApi.Deduct("o11", 1)));
        for (var i = 0; i < 70; i++) await _http.PostAsJsonAsync("/api/inventory/p/restock", new { quantity = 1 });
        await _app.DeliverAsync(("d", InventoryApi.Ship("o1", 1)));

        Assert.Equal(["o1:1:ship", "o1:1:deduct"], await IdsAsync("o1:1"));
        Assert.Equal(["o1:2:deduct"], await IdsAsync("o1:2"));
        Assert.Empty(await IdsAsync("o1:3"));
        Assert.Empty(await IdsAsync("o2:1"));

        async Task<IEnumerable<string?>> IdsAsync(string line) =>
            [.. (await _http.GetFromJsonAsync<JsonElement>("/api/inventory/p/operations?orderLine=" + line)).GetProperty("data").EnumerateArray().Select(operation => operation.GetProperty("operationId").GetString())];
    }

    // A UUID means the same in capitals. Ids of other programs are text, and one may be a UUID in capitals.
    [Theory]
    [InlineData("57061e50-a4b3-8ffd-b03a-a783a1621207", "57061E50-A4B3-8FFD-B03A-A783A1621207", true)]
    [InlineData("57061E50-A4B3-8FFD-B03A-A783A1621207", "57061E50-A4B3-8FFD-B03A-A783A1621207", true)]
    [InlineData("order-a", "ORDER-A", false)]
    public async Task ListOperations_OfALineInCapitals_AreThoseOfTheOrder(string recorded, string asked, bool isFound)
    {
        await PutAsync("p", 1000);
        await _app.DeliverAsync(("a", InventoryApi.Deduct(recorded, 1)));

        var listed = (await _http.GetFromJsonAsync<JsonElement>($"/api/inventory/p/operations?orderLine={asked}:1")).GetProperty("data");

        Assert.Equal(isFound ? 1 : 0, listed.GetArrayLength());
    }

    [Theory]
    [InlineData("")]
    [InlineData("o1")]
    [InlineData("o1:")]
    [InlineData("o1:0")]
    [InlineData("o1:01")]
    [InlineData("o1:1001")]
    [InlineData("o1:-1")]
    [InlineData(":1")]
    [InlineData("o1:1:deduct")]
    public async Task ListOperations_OfWhatIsNoLine_Is400(string line)
    {
        await PutAsync("p", 1);

        Assert.Equal(HttpStatusCode.BadRequest, (await _http.GetAsync("/api/inventory/p/operations?orderLine=" + line)).StatusCode);
    }

    [Fact]
    public async Task ListOperations_OfAnOrder_ShowsLineAndRefusal()
    {
        await PutAsync("p", 1);
        await _app.DeliverAsync(("a", InventoryApi.Deduct("o1", 1)), ("b", InventoryApi.Deduct("o2", 1)));

        var data = (await _http.GetFromJsonAsync<JsonElement>("/api/inventory/p/operations")).GetProperty("data");

        Assert.Equal(("o2", 1, false, "OUT_OF_STOCK"), (data[0].GetProperty("orderId").GetString(), data[0].GetProperty("line").GetInt32(), data[0].GetProperty("success").GetBoolean(), data[0].GetProperty("outcome").GetString()));
        Assert.Equal(("o1:1:deduct", 0L), (data[1].GetProperty("operationId").GetString(), data[1].GetProperty("availableAfter").GetInt64()));
    }

    [Fact]
    public async Task ListOperations_UnknownProduct_Is404()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await _http.GetAsync("/api/inventory/none/operations")).StatusCode);
    }

    [Fact]
    public async Task ListOperations_ArchivePageMissing_Is500()
    {
        await PutAsync("p", 10);
        for (var i = 0; i < 70; i++) await _http.PostAsJsonAsync("/api/inventory/p/restock", new { quantity = 1 });
        _app.State.Remove("operations:p:0");

        var answer = await _http.GetAsync("/api/inventory/p/operations?limit=200");

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Equal("STOCK_DAMAGED", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
    }

    [Fact]
    public async Task ListProducts_None_IsEmpty()
    {
        var list = await _http.GetFromJsonAsync<JsonElement>("/api/inventory");

        Assert.True(list.GetProperty("success").GetBoolean());
        Assert.Empty(list.GetProperty("data").EnumerateArray());
        Assert.Equal(JsonValueKind.Null, list.GetProperty("nextCursor").ValueKind);
    }

    [Fact]
    public async Task ListProducts_MoreThanOnePageOfTheIndex_ListsEachOnceInOrderOfCreation()
    {
        var created = Enumerable.Range(1, 1_050).Select(i => $"product-{i}").ToArray();
        foreach (var product in created) await PutAsync(product, 1);
        // Neither a second PUT nor an order for a product that nobody created lists anything.
        await PutAsync("product-7", 2);
        await _app.DeliverAsync(("a", InventoryApi.Deduct("o", 1, "ghost")));

        var pages = await PagesAsync("/api/inventory?limit=200");

        Assert.Equal(created, pages.SelectMany(page => page).Select(stock => stock.GetProperty("productId").GetString()));
        Assert.All(pages, page => Assert.InRange(page.Count, 1, 200));
    }

    [Theory]
    [InlineData("limit=2", "q", "r")]
    [InlineData("ids=p,q,none,r,s", "q,r", null)]
    public async Task ListProducts_SomeDamaged_NamesThemAndListsTheOthers(string query, string damaged, string? onTheNext)
    {
        foreach (var product in new[] { "p", "q", "r", "s" }) await PutAsync(product, 1);
        await _app.WriteAsync("stock:q", "{}");
        await _app.WriteAsync("stock:r", "rubbish");

        var page = await _http.GetFromJsonAsync<JsonElement>("/api/inventory?" + query);

        Assert.Equal((damaged, onTheNext is null ? "p,s" : "p"), (Damaged(page), Listed(page)));
        if (onTheNext is null) return;
        page = await _http.GetFromJsonAsync<JsonElement>($"/api/inventory?{query}&cursor={page.GetProperty("nextCursor").GetString()}");
        Assert.Equal((onTheNext, "s"), (Damaged(page), Listed(page)));

        static string Damaged(JsonElement page) => string.Join(',', page.GetProperty("damaged").EnumerateArray().Select(product => product.GetString()));
        static string Listed(JsonElement page) => string.Join(',', page.GetProperty("data").EnumerateArray().Select(stock => stock.GetProperty("productId").GetString()));
    }

    [Theory]
    [InlineData("products", "{}")]
    [InlineData("products", "rubbish")]
    [InlineData("products:0", "rubbish")]
    [InlineData("products:0", "null")]
    public async Task ListProducts_IndexDamaged_Is503AndStockOfOthersGoesOn(string document, string content)
    {
        foreach (var product in Enumerable.Range(1, 501).Select(i => $"product-{i}")) await PutAsync(product, 1);
        await _app.WriteAsync(document, content);

        var answer = await _http.GetAsync("/api/inventory");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        await PutAsync("product-7", 2);
    }

    [Fact]
    public async Task ListProducts_OneUnreadable_Is503InsteadOfAListWithoutIt()
    {
        foreach (var product in new[] { "p", "q" }) await PutAsync(product, 1);
        _app.State.IsUnreadable = key => key == "stock:q";

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await _http.GetAsync("/api/inventory")).StatusCode);
    }

    [Fact]
    public async Task ListProducts_CreatedTogetherOnAFullPage_ListsEachOnce()
    {
        await using var rounds = new StockParts(_app.State).Rounds();
        var products = Enumerable.Range(1, 1_300).Select(i => $"product-{i}").ToArray();

        await Task.WhenAll(rounds.Execute([.. products.Select(product => new Domain.SetTotalCommand(product, "set", 1))]));

        var listed = (await PagesAsync("/api/inventory?limit=200")).SelectMany(page => page).Select(stock => stock.GetProperty("productId").GetString()).ToArray();
        Assert.Equal(products.Order(), listed.Order());
        Assert.InRange(_app.State.Values("products").Count, 2, 4);
    }

    [Fact]
    public async Task ListProducts_ManyCreatedAtOnceByTwoReplicas_ListsEachOnce()
    {
        var replicas = new[] { new StockParts(_app.State).Rounds(), new StockParts(_app.State).Rounds() };
        var products = Enumerable.Range(1, 60).Select(i => $"product-{i}").ToArray();

        await Task.WhenAll(products.SelectMany(product => replicas.Select(async replica =>
        {
            try { await replica.ExecuteAsync(new Domain.SetTotalCommand(product, "set:" + product, 5)); }
            catch (DependencyUnavailableException) { /* Lost too many races; the other one made it. */ }
        })));

        var listed = (await PagesAsync("/api/inventory?limit=7")).SelectMany(page => page).Select(stock => stock.GetProperty("productId").GetString()).ToArray();
        Assert.Equal(products.Order(), listed.Order());
    }

    [Theory]
    [InlineData(SaveFault.NotApplied)]
    [InlineData(SaveFault.AppliedButUnknown)]
    public async Task ListProducts_CreationFailedAtEachSave_ListsOnlyWhatWasCreated(SaveFault fault)
    {
        for (var failing = 0; failing < 30; failing++)
        {
            var saves = 0;
            var product = $"product-{failing}";
            _app.State.FaultOf = save => save.Key.StartsWith("operation", StringComparison.Ordinal) || saves++ < failing ? fault : SaveFault.None;
            var answer = await _http.PutAsJsonAsync("/api/inventory/" + product, new { total = 1 });
            _app.State.FaultOf = _ => SaveFault.None;
            if (!answer.IsSuccessStatusCode) await PutAsync(product, 1);
        }

        var listed = (await PagesAsync("/api/inventory")).SelectMany(page => page).Select(stock => stock.GetProperty("productId").GetString()).ToArray();

        Assert.Equal(Enumerable.Range(0, 30).Select(i => $"product-{i}").Order(), listed.Order());
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=201", "limit")]
    [InlineData("limit=ten", "limit")]
    [InlineData("limit=", "limit")]
    [InlineData("cursor=-1", "cursor")]
    [InlineData("cursor=1.x", "cursor")]
    [InlineData("cursor=99999999999999999999", "cursor")]
    public async Task List_BadQuery_NamesTheField(string query, string field)
    {
        foreach (var list in new[] { "/api/inventory?", "/api/inventory/p/operations?" })
        {
            var answer = await _http.GetAsync(list + query);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Equal(field, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject().Single().Name);
        }
    }

    private async Task<IReadOnlyList<IReadOnlyList<JsonElement>>> PagesAsync(string uri)
    {
        var pages = new List<IReadOnlyList<JsonElement>>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await _http.GetFromJsonAsync<JsonElement>(uri + (cursor.Length == 0 ? "" : (uri.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "cursor=" + cursor));
            pages.Add([.. page.GetProperty("data").EnumerateArray()]);
            cursor = page.GetProperty("nextCursor").GetString();
        }

        return pages;
    }

    private async Task PutAsync(string productId, long total) => (await _http.PutAsJsonAsync("/api/inventory/" + productId, new { total })).EnsureSuccessStatusCode();
}
