using OrderInventory.ServiceDefaults.Access;
using OrderInventory.Testing.Access;

namespace InventoryApp.Tests;

/// <summary>inventory-app with authentication on.</summary>
public sealed class AccessTests
{
    private readonly TestIssuer _issuer = new();

    [Fact]
    public async Task EveryRoute_WithEveryKindOfToken_LetsInWhomItSays()
    {
        using var app = new InventoryApi { Settings = _issuer.Settings };
        using var http = app.CreateClient();
        var routes = Routes.Of(app.Services);

        Assert.Equal(5, routes.Select(route => route.Rule).Distinct().Count());
        Assert.Empty(await AccessSuite.FailuresAsync(routes, http, _issuer, InventoryApi.AppToken));
    }

    [Fact]
    public async Task EveryRoute_InvokedByAnotherAppWithoutAuthentication_Is403ForOperatorsAndDeliveries()
    {
        using var app = new InventoryApi();

        Assert.Empty(await InvocationSuite.FailuresAsync(Routes.Of(app.Services), app.Server, InventoryApi.AppToken));
    }

    [Fact]
    public void Routes_ThatChangeStock_AreForOperators()
    {
        using var app = new InventoryApi();

        Assert.All(Routes.Of(app.Services).Where(route => route.Method != "GET" && route.Pattern.StartsWith("/api/inventory", StringComparison.Ordinal)), route => Assert.Equal(AccessRule.Stock, route.Rule));
    }
}
