using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OrderApp.Storage;
using OrderApp.Stuck;
using OrderInventory.ServiceDefaults.Messaging;
using OrderInventory.ServiceDefaults.State;
using OrderInventory.Testing;

namespace OrderApp.Tests;

/// <summary>order-app in this process, on a fake sidecar whose workflow service only remembers what it was asked.</summary>
internal sealed class OrderApi(FakeTaskHub workflows, bool frozen, Dictionary<string, string>? settings) : WebApplicationFactory<Program>
{
    public const string AppToken = "the-app-token";

    public FakeStateStore State { get; } = new();

    public FakeEventPublisher Events { get; } = new();

    public FakeTaskHub Workflows => workflows;

    /// <summary>The clock of a frozen app: the time goes on when the test says so.</summary>
    public FakeTimeProvider Time { get; } = new(TimeProvider.System.GetUtcNow());

    public OrderStore Orders => Services.GetRequiredService<OrderStore>();

    public static async Task<OrderApi> StartAsync(bool frozen = false, Dictionary<string, string>? settings = null) => new(await FakeTaskHub.StartAsync(), frozen, settings);

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("APP_API_TOKEN", AppToken);
        builder.UseSetting("DAPR_GRPC_ENDPOINT", $"http://127.0.0.1:{workflows.Port}");
        foreach (var (name, value) in settings ?? []) builder.UseSetting(name, value);
        builder.ConfigureTestServices(services =>
        {
            services.AddSingleton<IStateStore>(State).AddSingleton<IEventPublisher>(Events);
            // Searches are the test's to start.
            services.Remove(services.Single(service => service.ImplementationType == typeof(StuckOrderService)));
            if (frozen) services.AddSingleton<TimeProvider>(Time);
        });
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await workflows.DisposeAsync();
    }
}
