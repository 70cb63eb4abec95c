using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using OrderInventory.Testing;

namespace InventoryApp.Tests;

public sealed class MetricTests
{
    // The alert InventoryAppMissing takes its absence for that of the app.
    [Fact]
    public async Task QueueDepth_BeforeAnyRequest_IsShown()
    {
        await using var app = new InventoryApi();
        using var probe = new MetricProbe(app.Services.GetRequiredService<IMeterFactory>());

        probe.Observe();

        Assert.Equal([0], probe.Of("inventory.queue.depth"));
    }
}
