using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using OrderInventory.Testing;

namespace OrderInventory.System.Tests.Browser;

/// <summary>What is in the system: an order with a whole life, one that was cancelled, one of evil texts, and a dead letter.</summary>
/// <param name="Order">An order that was paid and shipped.</param>
/// <param name="EvilOrder">An order whose texts try to break pages.</param>
/// <param name="Letters">Ids of dead letters: one to replay, one to dismiss, and one that stays.</param>
internal sealed record BrowserData(string Order, string EvilOrder, IReadOnlyList<string> Letters)
{
    public const string User = "ann";
    public const string Product = "SAMPLE-BOOK";

    /// <summary>Markup in a name; names have no slash.</summary>
    public const string EvilUser = "\"><img src=x onerror=alert(1)>";

    /// <summary>Markup that closes what it may be in.</summary>
    public const string EvilRemark = "</bdi></main><script>alert(2)</script><img src=http://evil.example/ onerror=alert(3)>{{7*7}}";

    private static readonly TimeSpan Within = TimeSpan.FromSeconds(30);

    public static readonly string[] EvilProducts =
    [
        "<script>alert(1)",
        "'\"><img src=x onerror=alert(1)>",
        "javascript:alert(1)",
        string.Concat(Enumerable.Repeat("😀", 128)),
        "\u202Eright to left אבג \u2066 and back",
        new('W', 128),
        "..%2f..?a=b#c&amp;",
    ];

    // Nothing to break a line at, and an override that is never ended.
    private static readonly string EvilReason = "\u202E" + new string('M', 150) + "<b>x";

    public static async Task<BrowserData> PlaceAsync(LocalSystem system)
    {
        string[] products = [Product, "SAMPLE-LAMP", .. EvilProducts];
        await Task.WhenAll(products.Select(product => system.PutStockAsync(Uri.EscapeDataString(product), 10_000)));
        var letters = await PoisonAsync(system);

        var order = await PlaceAsync(system, User, "shipped", null, Product, "SAMPLE-LAMP");
        var cancelled = await PlaceAsync(system, User, "cancelled", null, Product);
        var paid = await PlaceAsync(system, User, "paid", null, Product);
        var evil = await PlaceAsync(system, EvilUser, "<b>key", EvilRemark, EvilProducts);
        await system.Orders.CommandAsync(order, "pay", new { paymentId = "payment-1" });
        await system.Orders.CommandAsync(order, "ship");
        await system.Orders.CommandAsync(paid, "pay", new { paymentId = "payment-2" });
        await system.Orders.CommandAsync(cancelled, "cancel", new { reason = "changed my mind" });
        await system.Orders.CommandAsync(evil, "cancel", new { reason = EvilReason });
        return new BrowserData(order, evil, letters);
    }

    /// <summary>Places an order and waits until it is decided; its id.</summary>
    public static async Task<string> PlaceAsync(LocalSystem system, string user, string key, string? remark, params string[] products)
    {
        var body = JsonSerializer.Serialize(new { userId = user, remark, lines = products.Select(product => new { productId = product, quantity = 2, amount = 19.90m }) });
        var id = await system.Orders.PlaceAsync(body, key);
        await system.Orders.DecidedAsync(id, Within);
        return id;
    }

    // A message that can never be handled is a dead letter.
    private static async Task<IReadOnlyList<string>> PoisonAsync(LocalSystem system)
    {
        const int count = 3;
        system.Observer.MadeUpType = "com.dapr.event.sent";
        for (var i = 0; i < count; i++)
        {
            using var content = new StringContent("""{"quantity":0}""", Encoding.UTF8, "application/json");
            using var answer = await system.InventorySidecar.PostAsync($"publish/pubsub/inventory-deduction?metadata.partitionKey=%3Cb%3Ebad{i}&metadata.cloudevent.id=%3Cimg%20src%3Dx%20onerror%3Dalert({i})%3E", content);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        }

        return await Eventually.GetAsync(
            async () => (string[])[.. (await system.Inventory.GetFromJsonAsync<JsonElement>("/api/deadletters")).GetProperty("data").EnumerateArray().Select(letter => letter.GetProperty("id").GetString()!)],
            letters => letters.Length == count,
            Within,
            "the letters are kept");
    }
}
