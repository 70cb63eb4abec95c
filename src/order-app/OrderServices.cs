using Dapr.Workflow;
using Microsoft.Extensions.Options;
using OrderApp.Activities;
using OrderApp.Orders;
using OrderApp.Results;
using OrderApp.Storage;
using OrderApp.Stuck;
using OrderApp.Workflows;
using OrderInventory.Contracts;
using OrderInventory.ServiceDefaults.DeadLetters;

namespace OrderApp;

/// <summary>What order-app is made of.</summary>
internal static class OrderServices
{
    /// <summary>Adds everything behind the endpoints; the settings are read here, so that a wrong one stops the start.</summary>
    public static IServiceCollection AddOrders(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(Options.Create(OrderOptions.From(configuration)));
        services.AddSingleton<Claims>();
        services.AddSingleton<OrderStore>();
        services.AddSingleton<OrderMessages>();
        services.AddSingleton<OrderWatch>();
        services.AddSingleton<UserOrders>();
        services.AddSingleton<OpenOrderStore>();
        services.AddSingleton<OrderWorkflows>();
        services.AddSingleton<OrderPlacement>();
        services.AddSingleton<OrderCommands>();
        services.AddSingleton<OrderList>();
        services.AddSingleton<OrderReader>();
        services.AddSingleton<StuckOrderSearch>();
        services.AddHostedService<StuckOrderService>();
        services.AddHybridCache(options => options.MaximumPayloadBytes = 256 * 1024);
        services.AddSingleton<Telemetry>();
        // The package's source generator registers every workflow and activity of this assembly by its class name.
        // Without the setting it would keep up to 100 000 histories in memory, each for an hour.
        services.AddDaprWorkflow(options => options.DisableStatefulHistory = true);
        return services;
    }

    /// <summary>Maps the HTTP API and the subscription.</summary>
    public static void MapOrders(this IEndpointRouteBuilder routes)
    {
        routes.MapOrderEndpoints();
        routes.MapOrderCommandEndpoints();
        routes.MapStuckOrderEndpoints();
        routes.MapResultSubscription();
        routes.MapDeadLetters(Topics.InventoryDeductionResult);
    }
}
