using System.Net.Http.Json;
using System.Text.Json;
using OrderInventory.Testing;

namespace InventoryApp.Tests;

/// <summary>Which products have most commands.</summary>
public sealed class BusyProductsTests : IDisposable
{
    private readonly InstantTime _time = new();
    private readonly InventoryApi _app;
    private readonly HttpClient _http;

    public BusyProductsTests()
    {
        _app = new InventoryApi { Time = _time };
        _http = _app.CreateClient();
    }

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task Busy_ProductsOfTheLastMinute_AreThereByCommandsWithTheirLargestBatch()
    {
        await PutAsync("hot");
        await PutAsync("cold");
        await _app.DeliverAsync([.. Enumerable.Range(1, 3).Select(i => ($"e{i}", InventoryApi.Deduct($"o{i}", 1, "hot")))]);

        Assert.Equal([("hot", 4, 3, 0), ("cold", 1, 1, 0)], await BusyAsync());

        _time.Passed = TimeSpan.FromSeconds(40);
        await PutAsync("cold");
        _time.Passed = TimeSpan.FromSeconds(80);
        Assert.Equal([("cold", 1, 1, 0)], await BusyAsync());

        _time.Passed = TimeSpan.FromHours(1);
        Assert.Empty(await BusyAsync());
    }

    [Fact]
    public async Task Busy_StoreHangs_ShowsWhatWaits()
    {
        var hold = new TaskCompletionSource();
        _app.State.BeforeSave = save => save.Key == "stock:hot" ? hold.Task : Task.CompletedTask;
        var first = PutAsync("hot");
        await Eventually.GetAsync(BusyAsync, busy => busy.Length == 1, TimeSpan.FromSeconds(20), "the first is in a round");
        var others = Enumerable.Range(1, 5).Select(_ => PutAsync("hot")).ToArray();

        await Eventually.GetAsync(BusyAsync, busy => busy is [("hot", 1, 1, 5)], TimeSpan.FromSeconds(20), "five wait");
        hold.SetResult();
        await Task.WhenAll([first, .. others]);

        Assert.Equal([("hot", 6, 5, 0)], await BusyAsync());
    }

    [Fact]
    public async Task Busy_ManyProducts_AreTheTwentyWithMost()
    {
        for (var i = 0; i < 30; i++) await PutAsync($"p{i:00}");
        await PutAsync("p29");

        var busy = await BusyAsync();

        Assert.Equal(20, busy.Length);
        Assert.Equal(("p29", 2, 1, 0), busy[0]);
        Assert.Equal(["p00", "p01"], busy[1..3].Select(product => product.Id));
    }

    private async Task<(string Id, int Commands, int LargestBatch, int Waiting)[]> BusyAsync() =>
        [.. (await _http.GetFromJsonAsync<JsonElement>("/api/busy-products")).GetProperty("data").EnumerateArray().Select(product => (product.GetProperty("productId").GetString()!, product.GetProperty("commands").GetInt32(), product.GetProperty("largestBatch").GetInt32(), product.GetProperty("waiting").GetInt32()))];

    private async Task PutAsync(string product) => (await _http.PutAsJsonAsync("/api/inventory/" + product, new { total = 10 })).EnsureSuccessStatusCode();
}
