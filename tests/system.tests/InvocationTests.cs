using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace OrderInventory.System.Tests;

/// <summary>
/// What another app may do through the sidecars, with the configuration that is shipped: inventory-app's sidecar calls order-app, and the
/// other way round. These systems have no authentication, so callers have no bearer token.
/// </summary>
[Collection(OneSystem.Name)]
public sealed class InvocationTests(SharedSystem shared)
{
    private LocalSystem System => shared.Local;

    [Fact]
    public async Task Invoke_FromTheSidecarOfTheOtherApp_PlacesAnOrderAndReadsStock()
    {
        await System.PutStockAsync("invoked", 5);

        using var placed = await System.InventorySidecar.PostAsJsonAsync("/v1.0/invoke/order-app/method/api/orders", new { userId = "u", productId = "invoked", quantity = 2, amount = 1 });
        var id = (await placed.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").GetProperty("id").GetString()!;

        Assert.Equal(HttpStatusCode.Created, placed.StatusCode);
        Assert.Equal("CONFIRMED", (await System.Orders.DecidedAsync(id, TimeSpan.FromSeconds(30))).GetProperty("status").GetString());
        var stock = await System.OrderSidecar.GetFromJsonAsync<JsonElement>("/v1.0/invoke/inventory-app/method/api/inventory/invoked");
        Assert.Equal(2, stock.GetProperty("data").GetProperty("reserved").GetInt32());
    }

    [Theory]
    [InlineData("GET", "order-app", "/api/orders/stuck", "OPERATORS_ONLY")]
    [InlineData("GET", "order-app", "/api/deadletters", "OPERATORS_ONLY")]
    [InlineData("GET", "order-app", "/api/health", "OPERATORS_ONLY")]
    [InlineData("GET", "order-app", "/dapr/subscribe", "NOT_FOR_OTHER_APPS")]
    [InlineData("POST", "order-app", "/dapr/events/inventory-deduction-result", "NOT_FOR_OTHER_APPS")]
    [InlineData("POST", "order-app", "/DAPR/events/inventory-deduction-result.dlq", "NOT_FOR_OTHER_APPS")]
    [InlineData("POST", "inventory-app", "/dapr/events/inventory-deduction", "NOT_FOR_OTHER_APPS")]
    [InlineData("POST", "inventory-app", "/api/deadletters/x/replay", "OPERATORS_ONLY")]
    public async Task Invoke_DeliveriesAndWhatIsForOperators_Is403(string method, string app, string path, string code)
    {
        var sidecar = app == "order-app" ? System.InventorySidecar : System.OrderSidecar;

        using var answer = await sidecar.SendAsync(new HttpRequestMessage(new HttpMethod(method), $"/v1.0/invoke/{app}/method{path}") { Content = method == "GET" ? null : JsonContent.Create(new { entries = Array.Empty<object>() }) });

        Assert.Equal((HttpStatusCode.Forbidden, code), (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString()));
    }
}
