using InventoryApp.Changes;
using InventoryApp.Deductions;
using InventoryApp.Stock;
using InventoryApp.Storage;
using Microsoft.Extensions.Options;
using OrderInventory.Contracts;
using OrderInventory.ServiceDefaults.DeadLetters;
using OrderInventory.ServiceDefaults.Health;
using OrderInventory.ServiceDefaults.Metrics;
using OrderInventory.ServiceDefaults.Repeats;
using OrderInventory.ServiceDefaults.Settings;

namespace InventoryApp;

/// <summary>What inventory-app is made of.</summary>
internal static class InventoryServices
{
    /// <summary>Adds everything behind the endpoints.</summary>
    /// <exception cref="InvalidOperationException">A setting is not what it should be.</exception>
    public static IServiceCollection AddInventory(this IServiceCollection services, IConfiguration configuration)
    {
        var options = SettingsReader.Read<InventoryOptions>(configuration);
        services.AddSingleton(Options.Create(options));
        services.AddSingleton<StockStore>();
        services.AddSingleton<OperationArchive>();
        services.AddSingleton<ProductIndex>();
        services.AddSingleton(Random.Shared);
        services.AddSingleton<UntoldNotes>();
        services.AddSingleton<StockChanges>();
        services.AddSingleton<UntoldLook>();
        if (options.PublishStockChanges) services.AddHostedService<UntoldService>();
        services.AddSingleton<StockProtocol>();
        services.AddSingleton<BusyProducts>();
        services.AddSingleton<StockRounds>();
        services.AddSingleton<StockDamage>();
        services.AddSingleton<DeductionHandler>();
        services.AddSingleton<Telemetry>();
        return services;
    }

    /// <summary>Maps the HTTP API and the subscription.</summary>
    public static void MapInventory(this IEndpointRouteBuilder routes)
    {
        // Its metrics are shown from the start, not from the first request on.
        routes.ServiceProvider.GetRequiredService<Telemetry>();
        routes.MapStockEndpoints();
        routes.MapBulkStock();
        routes.MapStockLists();
        routes.MapBusyProducts();
        routes.MapDeductionSubscription();
        routes.MapDeadLetters(Topics.InventoryDeduction);
        routes.MapRepeats();
        routes.MapMetrics();
        routes.MapHealth(Dependency.Store, Dependency.Broker);
    }
}
