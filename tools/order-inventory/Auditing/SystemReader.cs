using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using OrderInventory.Cli;

namespace OrderInventory.Auditing;

/// <summary>What the HTTP APIs of both apps show, as the documents came. <paramref name="patience"/>: how long an app may not answer; <paramref name="onWait"/> is told what is waited for.</summary>
internal sealed class SystemReader(HttpClient orders, HttpClient inventory, TimeSpan patience, TimeProvider time, Action<string>? onWait = null)
{
    private const int StockPage = 200;
    private const int OrderPage = 100;

    private readonly ApiReader _orders = new(orders, patience, time, onWait);
    private readonly ApiReader _inventory = new(inventory, patience, time, onWait);

    /// <summary>The ids of all products, those that are damaged, too.</summary>
    public async IAsyncEnumerable<string> ProductsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var page in _inventory.WholePagesAsync($"/api/inventory?limit={StockPage}", cancellationToken))
        {
            foreach (var product in page.GetProperty("data").EnumerateArray()) yield return product.GetProperty("productId").GetString()!;
            if (!page.TryGetProperty("damaged", out var damaged)) continue;
            foreach (var product in damaged.EnumerateArray()) yield return product.GetString()!;
        }
    }

    /// <summary>One product; null when nobody created it.</summary>
    public Task<JsonElement?> ProductAsync(string productId, CancellationToken cancellationToken) => DataAsync(_inventory, $"/api/inventory/{Escaped(productId)}", cancellationToken);

    /// <summary>The operations of a product, newest first, in pages; none when it has none.</summary>
    public IAsyncEnumerable<JsonElement> OperationsAsync(string productId, CancellationToken cancellationToken) => _inventory.PagesAsync($"/api/inventory/{Escaped(productId)}/operations?limit={StockPage}", cancellationToken);

    /// <summary>What one line of an order asked of a product, newest first, in pages; a version before answers all operations of the product.</summary>
    public IAsyncEnumerable<JsonElement> OperationsOfLineAsync(string productId, string orderId, int line, CancellationToken cancellationToken) =>
        _inventory.PagesAsync(string.Create(CultureInfo.InvariantCulture, $"/api/inventory/{Escaped(productId)}/operations?limit={StockPage}&orderLine={Escaped(orderId)}:{line}"), cancellationToken);

    /// <summary>One order; null when there is none.</summary>
    public Task<JsonElement?> OrderAsync(string orderId, CancellationToken cancellationToken) => DataAsync(_orders, $"/api/orders/{Escaped(orderId)}", cancellationToken);

    /// <summary>Its transitions.</summary>
    public Task<JsonElement?> HistoryAsync(string orderId, CancellationToken cancellationToken) => DataAsync(_orders, $"/api/orders/{Escaped(orderId)}/history", cancellationToken);

    /// <summary>The order that a key stands for, as a list of one or none.</summary>
    public Task<JsonElement?> ByKeyAsync(string userId, string key, CancellationToken cancellationToken) => DataAsync(_orders, $"/api/orders?userId={Escaped(userId)}&idempotencyKey={Escaped(KeyText.InQuotes(key))}", cancellationToken);

    /// <summary>The orders of a user, newest first, in pages.</summary>
    public IAsyncEnumerable<JsonElement> OrdersOfAsync(string userId, CancellationToken cancellationToken) => _orders.PagesAsync($"/api/orders?userId={Escaped(userId)}&limit={OrderPage}", cancellationToken);

    /// <summary>The orders of everybody, newest first, in pages; none where a version before has no such list.</summary>
    /// <exception cref="UnreadableException">Also when order-app does not tell this caller, see <see cref="IsForOperators"/>.</exception>
    public IAsyncEnumerable<JsonElement> RecentOrdersAsync(CancellationToken cancellationToken) => _orders.PagesAsync($"/api/orders/recent?limit={OrderPage}", cancellationToken);

    /// <summary>True when the app tells this only to operators, or callers on its own machine.</summary>
    public static bool IsForOperators(UnreadableException error) => error.Message.Contains("OPERATORS_ONLY", StringComparison.Ordinal);

    /// <summary>The orders that order-app calls stuck; null when it does not tell this caller.</summary>
    public async Task<JsonElement?> StuckAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await DataAsync(_orders, "/api/orders/stuck", cancellationToken);
        }
        catch (UnreadableException error) when (IsForOperators(error))
        {
            return null;
        }
    }

    private static async Task<JsonElement?> DataAsync(ApiReader app, string path, CancellationToken cancellationToken) => (await app.GetAsync(path, cancellationToken))?.GetProperty("data");

    private static string Escaped(string id) => Uri.EscapeDataString(id);
}
