using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using OrderInventory.ServiceDefaults.Messaging;
using OrderInventory.ServiceDefaults.State;
using OrderApp.Storage;
using OrderInventory.Testing;

namespace OrderApp.Tests;

/// <summary>order-app in this process, on a fake sidecar whose workflow service only remembers what it was asked.</summary>
internal sealed class OrderApi(FakeTaskHub workflows) : WebApplicationFactory<Program>
{
    public const string AppToken = "the-app-token";

    public FakeStateStore State { get; } = new();

    public FakeEventPublisher Events { get; } = new();

    public FakeTaskHub Workflows => workflows;

    public OrderStore Orders => Services.GetRequiredService<OrderStore>();

    public static async Task<OrderApi> StartAsync() => new(await FakeTaskHub.StartAsync());

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("APP_API_TOKEN", AppToken);
        builder.UseSetting("DAPR_GRPC_ENDPOINT", $"http://127.0.0.1:{workflows.Port}");
        builder.ConfigureTestServices(services => services.AddSingleton<IStateStore>(State).AddSingleton<IEventPublisher>(Events));
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await workflows.DisposeAsync();
    }
}
