using System.Globalization;
using Dapr.Client;

namespace OrderInventory.NaiveApp;

/// <summary>What is usually written: read, check, save under the ETag, and after a lost race again; everything else in saves of its own, one after the other.</summary>
internal sealed class Store(DaprClient dapr, TimeProvider time)
{
    private const string Name = "statestore";
    private const string PubSub = "pubsub";
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(20);
    private static readonly StateOptions FirstWrite = new() { Concurrency = ConcurrencyMode.FirstWrite };

    public Task<Stock?> StockAsync(string productId) => dapr.GetStateAsync<Stock?>(Name, "stock-" + productId);

    public Task<Order?> OrderAsync(string id) => dapr.GetStateAsync<Order?>(Name, "order-" + id);

    public Task<List<string>> ListAsync(string list) => ReadListAsync(list);

    /// <summary>The order of a key: looked up here, written later.</summary>
    public Task<string?> KeyAsync(string userId, string key) => dapr.GetStateAsync<string?>(Name, $"key-{userId}-{key}");

    public async Task<Stock> CreateAsync(string productId, long total)
    {
        if (await StockAsync(productId) is { } known) return known;
        var stock = new Stock(productId, total, total, 0, 1);
        await dapr.SaveStateAsync(Name, "stock-" + productId, stock);
        await WriteAsync(productId, new Entry(1, "set:" + productId, "ADJUST", null, null, total, true, "ADJUSTED", total, time.GetUtcNow()));
        await AddAsync("products", productId);
        return stock;
    }

    /// <summary>Checks the key, takes the units, stores the order, the key and the lists, and says so.</summary>
    public async Task<(Order Order, bool IsNew)> PlaceAsync(PlaceRequest request, string key)
    {
        if (await KeyAsync(request.UserId, key) is { } known && await OrderAsync(known) is { } before) return (before, false);
        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now).ToString();
        var isHeld = await TakeAsync(request.ProductId, id, request.Quantity);
        var order = new Order(id, request.UserId, key, request.ProductId, request.Quantity, request.Amount, ["PENDING", isHeld ? "CONFIRMED" : "CANCELLED"], now);
        await dapr.SaveStateAsync(Name, "order-" + id, order);
        await dapr.SaveStateAsync(Name, $"key-{request.UserId}-{key}", id);
        await AddAsync("orders-" + request.UserId, id);
        await dapr.PublishEventAsync(PubSub, "order-events", order);
        return (order, true);
    }

    /// <summary>The ledger of a product, newest first; what was never written is not there.</summary>
    public async Task<IReadOnlyList<Entry>> EntriesAsync(string productId, long before, int count)
    {
        var last = Math.Min(before - 1, (await StockAsync(productId))?.Version ?? 0);
        var keys = new List<string>();
        for (var number = last; number > 0 && keys.Count < count; number--) keys.Add(EntryKey(productId, number));
        if (keys.Count == 0) return [];
        return [.. (await dapr.GetBulkStateAsync<Entry?>(Name, keys, parallelism: null)).Select(item => item.Value).OfType<Entry>().OrderByDescending(entry => entry.Sequence)];
    }

    private async Task<bool> TakeAsync(string productId, string orderId, long quantity)
    {
        while (true)
        {
            var (stock, etag) = await dapr.GetStateAndETagAsync<Stock?>(Name, "stock-" + productId);
            if (stock is null) return false;
            var isHeld = stock.Available >= quantity;
            var next = stock with { Available = stock.Available - (isHeld ? quantity : 0), Reserved = stock.Reserved + (isHeld ? quantity : 0), Version = stock.Version + 1 };
            if (await dapr.TrySaveStateAsync(Name, "stock-" + productId, next, etag, FirstWrite))
            {
                await WriteAsync(productId, new Entry(next.Version, orderId + ":1:deduct", "DEDUCT", orderId, 1, quantity, isHeld, isHeld ? "HELD" : "OUT_OF_STOCK", next.Available, time.GetUtcNow()));
                return isHeld;
            }

            await Task.Delay(Random.Shared.NextDouble() * LongestPause, time);
        }
    }

    private Task WriteAsync(string productId, Entry entry) => dapr.SaveStateAsync(Name, EntryKey(productId, entry.Sequence), entry);

    private async Task AddAsync(string list, string id)
    {
        while (true)
        {
            var (ids, etag) = await dapr.GetStateAndETagAsync<List<string>?>(Name, list);
            ids ??= [];
            ids.Add(id);
            if (await dapr.TrySaveStateAsync(Name, list, ids, etag, FirstWrite)) return;
            await Task.Delay(Random.Shared.NextDouble() * LongestPause, time);
        }
    }

    private async Task<List<string>> ReadListAsync(string list) => await dapr.GetStateAsync<List<string>?>(Name, list) ?? [];

    private static string EntryKey(string productId, long number) => string.Create(CultureInfo.InvariantCulture, $"entry-{productId}-{number}");
}
