using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderInventory.Testing;

namespace InventoryApp.Tests;

/// <summary>inventory-app on a store and a broker in this process, for tests of what is delivered to it.</summary>
public abstract class DeliveryTest : IDisposable
{
    private protected DeliveryTest()
    {
        Http = App.CreateClient();
        Metrics = new MetricProbe(App.Services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>());
    }

    private protected InventoryApi App { get; } = new() { Time = new InstantTime() };

    private protected HttpClient Http { get; }

    private protected MetricProbe Metrics { get; }

    public void Dispose()
    {
        Metrics.Dispose();
        App.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected async Task PutAsync(string productId, long total) => (await Http.PutAsJsonAsync("/api/inventory/" + productId, new { total })).EnsureSuccessStatusCode();
}
