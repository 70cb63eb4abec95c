using Dapr.Workflow;
using Grpc.Net.ClientFactory;
using Microsoft.Extensions.Options;
using OrderApp.Agenda;
using OrderApp.Domain;
using OrderApp.Earlier;
using OrderApp.Groups;
using OrderApp.Intake;
using OrderApp.Orders;
using OrderApp.Results;
using OrderApp.Storage;
using OrderInventory.Contracts;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.DeadLetters;
using OrderInventory.ServiceDefaults.Health;
using OrderInventory.ServiceDefaults.Metrics;
using OrderInventory.ServiceDefaults.Repeats;

namespace OrderApp;

/// <summary>What order-app is made of.</summary>
internal static class OrderServices
{
    /// <summary>Adds everything behind the endpoints; the settings are read here, so that a wrong one stops the start.</summary>
    public static IServiceCollection AddOrders(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(Options.Create(OrderOptions.From(configuration)));
        services.AddSingleton(provider => new OrderRules(provider.GetRequiredService<IOptions<OrderOptions>>().Value.Terms));
        services.AddSingleton<OrderStore>();
        services.AddSingleton<UserOrders>();
        services.AddSingleton<RecentOrders>();
        services.AddSingleton<OrderWatch>();
        services.AddSingleton<OrderReader>();
        services.AddSingleton<OrderNews>();
        services.AddSingleton<OrderMessages>();
        services.AddSingleton<IGroupEngine, DaprGroupEngine>();
        services.AddSingleton<GroupFollower>();
        services.AddSingleton<IntakeRules>();
        services.AddSingleton<UndrivenOrders>();
        services.AddSingleton<IntakeRound>();
        services.AddSingleton<OrderIntake>();
        services.AddSingleton<ResultHandler>();
        services.AddSingleton<ClientRequests>();
        services.AddSingleton<OrderPlacement>();
        services.AddSingleton<OrderCommands>();
        services.AddSingleton<OrderList>();
        services.AddSingleton(Random.Shared);
        services.AddSingleton<AgendaPages>();
        services.AddSingleton<OrderAgenda>();
        services.AddSingleton<AgendaEntries>();
        services.AddSingleton<AgendaRound>();
        services.AddHostedService<AgendaService>();
        services.AddSingleton<EarlierClaims>();
        services.AddSingleton<EarlierAgenda>();
        services.AddHybridCache(options => options.MaximumPayloadBytes = 256 * 1024);
        services.AddSingleton<Telemetry>();
        // The package's source generator registers every workflow and activity of this assembly by its class name.
        // Without the setting it would keep up to 100 000 histories in memory, each for an hour.
        services.AddDaprWorkflow(options => options.DisableStatefulHistory = true);
        services.ConfigureAll<GrpcClientFactoryOptions>(options => options.ChannelOptionsActions.Add(SidecarReconnect.Soon));
        return services;
    }

    /// <summary>Maps the HTTP API and the subscription.</summary>
    public static void MapOrders(this IEndpointRouteBuilder routes)
    {
        routes.MapOrderEndpoints();
        routes.MapOrderCommandEndpoints();
        routes.MapStuckOrderEndpoints();
        routes.MapSagaEndpoint();
        routes.MapResultSubscription();
        routes.MapDeadLetters(Topics.InventoryDeductionResult);
        routes.MapRepeats();
        routes.MapMetrics();
        routes.MapHealth(Dependency.Store, Dependency.Broker, Dependency.Engine);
    }
}
