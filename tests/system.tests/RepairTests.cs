using System.Net.Http.Headers;
using System.Text.Json;
using OrderInventory.Cli;
using OrderInventory.Contracts;
using OrderInventory.Testing;

namespace OrderInventory.System.Tests;

/// <summary>The command <c>order-inventory repair</c> on a running system that somebody else published to.</summary>
[Collection(OneAuditedSystem.Name)]
public sealed class RepairTests(SharedSystem shared)
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Repair_LineOfAnOrderThatDoesNotExist_IsGivenBack()
    {
        var system = shared.Local;
        const string Product = "held & lost";
        await system.PutStockAsync(Uri.EscapeDataString(Product), 10);
        var id = await system.Orders.PlaceAsync(OrderClient.Body(Product, 2), "owned");
        await system.Orders.DecidedAsync(id, Within);
        await DeductAsync(system, Product);
        await Eventually.GetAsync(() => system.StockAsync(Uri.EscapeDataString(Product)), stock => stock == (10, 5, 5), Within, "the line is held");

        Assert.Equal(1, (await RunAsync(system, "audit")).Code);
        var (code, dry) = await RunAsync(system, "repair", "--older-than", "0");
        Assert.Equal((1, "nobody:1:restore"), (code, dry.GetProperty("findings")[0].GetProperty("lines")[0].GetProperty("eventId").GetString()));
        (code, var young) = await RunAsync(system, "repair", "--apply");
        Assert.Equal((1, true), (code, young.ToString().Contains("none yet", StringComparison.Ordinal)));
        Assert.Equal((10, 5, 5), await system.StockAsync(Uri.EscapeDataString(Product)));

        (code, var done) = await RunAsync(system, "repair", "--apply", "--older-than", "0");

        Assert.Equal((0, "given back"), (code, done.GetProperty("findings")[0].GetProperty("lines")[0].GetProperty("outcome").GetString()));
        Assert.Equal((10, 8, 2), await system.StockAsync(Uri.EscapeDataString(Product)));
        Assert.Equal(0, (await RunAsync(system, "audit")).Code);
        Assert.Equal(0, (await RunAsync(system, "repair", "--apply", "--older-than", "0")).Code);
        await CheckTellAsync(system, id);
    }

    // The observer has both: what order-app published, and what the command published again.
    private static async Task CheckTellAsync(LocalSystem system, string id)
    {
        Assert.Equal(0, (await RunAsync(system, "repair", "--tell", id, "--apply")).Code);

        foreach (var topic in new[] { Topics.OrderEvents, Topics.OrderStatusChanges })
        {
            var seen = await Eventually.GetAsync(() => Task.FromResult(system.Observer.Of(topic).Where(seen => seen.Id.StartsWith(id, StringComparison.Ordinal)).ToArray()), seen => seen.Length >= 4, Within, $"{topic} is told again");
            Assert.Equal(2, seen.Select(seen => (seen.Id, seen.Data)).Distinct().Count());
        }
    }

    private static async Task DeductAsync(LocalSystem system, string product)
    {
        var message = new InventoryDeductionMessage { Operation = StockOperationKind.Deduct, OrderId = "nobody", Line = 1, ProductId = product, Quantity = 3, IdempotencyKey = "nobody:1:deduct", Timestamp = TimeProvider.System.GetUtcNow() };
        using var content = new StringContent(JsonSerializer.Serialize(message, ContractsJson.Default.InventoryDeductionMessage), new MediaTypeHeaderValue("application/json"));
        using var answer = await system.OrderSidecar.PostAsync(
            $"publish/pubsub/{Topics.InventoryDeduction}?metadata.partitionKey={Uri.EscapeDataString(product)}&metadata.cloudevent.id=nobody:1:deduct&metadata.cloudevent.type={nameof(InventoryDeductionMessage)}", content);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static async Task<(int Code, JsonElement Report)> RunAsync(LocalSystem system, string command, params string[] more)
    {
        var (output, errors) = (new StringWriter(), new StringWriter());
        var sidecar = new Uri(system.OrderSidecar.BaseAddress!, "/").ToString();
        string[] where = ["--order-app", system.Orders.Address.ToString(), "--inventory-app", system.Inventory.BaseAddress!.ToString(), "--settle", "0", "--json", .. command == "repair" ? (string[])["--sidecar", sidecar] : []];
        var code = await new CommandLine(output, errors, TimeProvider.System, name => name == "DAPR_API_TOKEN" ? LocalSystem.SidecarToken : null).InvokeAsync([command, .. where, .. more]);
        Assert.True(code < 2, errors.ToString());
        return (code, output.ToString().StartsWith('{') ? JsonDocument.Parse(output.ToString()).RootElement : default);
    }
}
