using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrderInventory.Contracts;
using OrderInventory.Testing;

namespace OrderInventory.System.Tests.Browser;

/// <summary>From a finding of the audit to what is given back, in the browser.</summary>
[Collection(BrowserTestGroup.Name)]
public sealed class GiveBackTests(BrowserSystem system)
{
    private const string Product = "HELD-AND-LOST";
    private const string Order = "nobody";

    // Longer than the console lets units be held before it gives them back.
    private static readonly TimeSpan Ago = TimeSpan.FromHours(1);
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(30);

    [BrowserFact]
    public async Task GiveBack_WhatNoOrderOwns_ShowsTheMessageFirstAndThenItsEffect()
    {
        await system.Local.PutStockAsync(Product, 10);
        await HoldAsync();
        Assert.Equal((10, 7, 3), await system.Local.StockAsync(Product));
        var page = $"/repair?order={Order}&line=1&product={Product}";
        var pages = new[] { new Visit("Give back", page, "What will be published") };

        await system.RunAsync("look.js", new { pages });
        await system.RunAsync("keys.js", new { pages });
        Assert.Equal((10, 7, 3), await system.Local.StockAsync(Product));

        await system.RunAsync("repair.js", new { page, link = $"Give back 3 of {Product}…", eventId = $"{Order}:1:restore", effect = $"{Order}:1:restore is RELEASED: 3 units of {Product}, 10 available after it" });
        Assert.Equal((10, 10, 0), await system.Local.StockAsync(Product));
    }

    // A message of an order that does not exist, an hour ago.
    private async Task HoldAsync()
    {
        const string id = $"{Order}:1:deduct";
        var message = new InventoryDeductionMessage { Operation = StockOperationKind.Deduct, OrderId = Order, Line = 1, ProductId = Product, Quantity = 3, IdempotencyKey = id, Timestamp = TimeProvider.System.GetUtcNow() };
        using var content = new StringContent(JsonSerializer.Serialize(message, ContractsJson.Default.InventoryDeductionMessage), new MediaTypeHeaderValue("application/json"));
        using var answer = await system.Local.OrderSidecar.PostAsync($"publish/pubsub/{Topics.InventoryDeduction}?metadata.partitionKey={Product}&metadata.cloudevent.id={id}&metadata.cloudevent.type={nameof(InventoryDeductionMessage)}", content);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());

        await ChangeAsync($"operation:{Product}:{id}", operation => operation["time"] = Before());
        await ChangeAsync($"stock:{Product}", stock =>
        {
            foreach (var operation in stock["journal"]!.AsArray().Where(operation => (string?)operation!["operationId"] == id)) operation!["time"] = Before();
        });

        static JsonNode Before() => JsonValue.Create(TimeProvider.System.GetUtcNow() - Ago);
    }

    // In the store of inventory-app, once it is there.
    private async Task ChangeAsync(string key, Action<JsonNode> change)
    {
        using var stored = await Eventually.GetAsync(() => system.Local.InventorySidecar.GetAsync("state/statestore/" + Uri.EscapeDataString(key)), stored => stored.Headers.NonValidated.Contains("ETag"), Within, $"{key} is stored");
        var document = JsonNode.Parse(await stored.Content.ReadAsStringAsync())!;
        change(document);
        (await system.Local.InventorySidecar.PostAsJsonAsync("state/statestore", new[] { new { key, value = document, etag = stored.Headers.NonValidated["ETag"].ToString() } })).EnsureSuccessStatusCode();
    }
}
