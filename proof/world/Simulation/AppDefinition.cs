using System.Text.Json.Nodes;
using InventoryApp;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrderApp;
using OrderInventory.ServiceDefaults;

namespace OrderInventory.Proof.Simulation;

/// <summary>A topic that an app subscribes to, and where it takes deliveries.</summary>
internal sealed record Subscription(string Topic, string Route);

/// <summary>
/// One of the apps: its real middleware, endpoints and services. The pipeline is built once; each process brings the
/// services that requests are handled with.
/// </summary>
internal sealed class AppDefinition
{
    public static readonly AppDefinition Orders = new("order-app", (services, configuration) => services.AddOrders(configuration), app => app.MapOrders());
    public static readonly AppDefinition Inventory = new("inventory-app", (services, configuration) => services.AddInventory(configuration), app => app.MapInventory());

    // The package does not let others see it.
    private const string PackageWorkerType = "Dapr.Workflow.Worker.WorkflowWorker";

    private readonly DirectServer _server = new();
    private readonly ServiceCollection _services = [];
    private readonly WebApplication _app;

    private AppDefinition(string name, Action<IServiceCollection, IConfiguration> add, Action<IEndpointRouteBuilder> map)
    {
        Name = name;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.AddServiceDefaults();
        add(builder.Services, builder.Configuration);
        foreach (var own in builder.Services.Where(service => service.ServiceType == typeof(IHostedService) && service.ImplementationType?.Namespace?.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) != true).ToArray()) builder.Services.Remove(own);
        builder.Services.AddSingleton<IServer>(_server);
        _app = builder.Build();
        _app.UseServiceDefaults();
        // Requests of processes that died never end, and would hold their places for ever.
        map(_app.MapGroup("").DisableRateLimiting());
        _app.Start();
        Subscriptions = ReadSubscriptions();
        _services.AddSidecar();
        add(_services, builder.Configuration);
        Worker = _services.SingleOrDefault(service => service.ServiceType == typeof(IHostedService) && service.ImplementationType?.FullName == PackageWorkerType)?.ImplementationType;
    }

    public string Name { get; }

    public IReadOnlyList<Subscription> Subscriptions { get; }

    /// <summary>The type of the package's workflow worker; null for an app without workflows.</summary>
    public Type? Worker { get; }

    /// <summary>The services of a new process, with <paramref name="outside"/> instead of those that reach out of it.</summary>
    public ServiceProvider CreateServices(Action<IServiceCollection> outside)
    {
        var services = new ServiceCollection();
        foreach (var service in _services) ((ICollection<ServiceDescriptor>)services).Add(service);
        outside(services);
        return services.BuildServiceProvider();
    }

    /// <summary>What all processes share: nothing that an app remembers.</summary>
    public IServiceProvider Framework => _app.Services;

    /// <summary>Handles a request.</summary>
    public Task HandleAsync(IFeatureCollection request) => _server.HandleAsync(request);

    private List<Subscription> ReadSubscriptions()
    {
        var request = new DirectRequest("GET", "/dapr/subscribe", [], DirectRequest.NoHeaders, _app.Services);
        HandleAsync(request.Features).GetAwaiter().GetResult();
        // Nobody consumes dead letters here: that there is one is a violation.
        return [.. request.Answer().Body!.AsArray().Where(subscription => subscription!["bulkSubscribe"] is not null).Select(subscription => new Subscription(subscription!["topic"]!.GetValue<string>(), Route(subscription)))];
    }

    private static string Route(JsonNode subscription) =>
        "/" + (subscription["route"] ?? subscription["routes"]!["default"])!.GetValue<string>().TrimStart('/');

    /// <summary>A server without a network.</summary>
    private sealed class DirectServer : IServer
    {
        private Func<IFeatureCollection, Task>? _handle;

        public IFeatureCollection Features { get; } = new FeatureCollection();

        public Task HandleAsync(IFeatureCollection request) => _handle!(request);

        public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
            where TContext : notnull
        {
            _handle = async features =>
            {
                var context = application.CreateContext(features);
                await application.ProcessRequestAsync(context);
                application.DisposeContext(context, null);
            };
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose()
        {
        }
    }
}
