using OrderInventory.Testing.Access;

namespace InventoryApp.Tests;

/// <summary>What every answer of inventory-app has in common.</summary>
public sealed class HttpTests
{
    [Fact]
    public async Task EveryAnswer_HasTheSecurityHeaders()
    {
        await using var app = new InventoryApi();
        app.UseKestrel();
        using var http = app.CreateClient();

        Assert.Empty(await HttpSuite.HeaderFailuresAsync(Routes.Of(app.Services), http));
    }

    [Fact]
    public async Task EveryPath_TakesItsMethodsOnly()
    {
        await using var app = new InventoryApi();

        Assert.Empty(await HttpSuite.MethodFailuresAsync(Routes.Of(app.Services), app.CreateClient()));
    }

    [Fact]
    public async Task EveryRoute_TakesNoBodyThatIsTooLarge()
    {
        await using var app = new InventoryApi();
        app.UseKestrel();
        using var http = app.CreateClient();

        Assert.Empty(await HttpSuite.BodyFailuresAsync(Routes.Of(app.Services), http));
    }
}
