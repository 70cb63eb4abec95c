using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using OrderInventory.ServiceDefaults.Messaging;
using OrderInventory.ServiceDefaults.State;
using OrderInventory.Testing;

namespace InventoryApp.Tests;

/// <summary>inventory-app in this process, on a fake sidecar.</summary>
internal sealed class InventoryApi : WebApplicationFactory<Program>
{
    public const string AppToken = "the-app-token";

    public FakeStateStore State { get; } = new();

    public FakeEventPublisher Events { get; } = new();

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("APP_API_TOKEN", AppToken);
        builder.ConfigureTestServices(services => services.AddSingleton<IStateStore>(State).AddSingleton<IEventPublisher>(Events));
    }
}
