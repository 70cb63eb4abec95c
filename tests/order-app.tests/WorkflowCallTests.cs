using System.Net.Http.Json;
using OrderInventory.Testing;

namespace OrderApp.Tests;

/// <summary>What the workflow package tells the sidecar with each call.</summary>
public sealed class WorkflowCallTests
{
    [Fact]
    public async Task Calls_OfClientAndWorker_CarryTheToken()
    {
        await using var app = await OrderApi.StartAsync(settings: new Dictionary<string, string> { ["DAPR_API_TOKEN"] = "secret" });
        using var http = app.CreateClient();

        using var placed = await http.PostAsJsonAsync("/api/orders", new { userId = "u", productId = "p", quantity = 1, amount = 1 });
        placed.EnsureSuccessStatusCode();

        await Eventually.TrueAsync(() => app.Workflows.Tokens.Count == 2, "a workflow was started and work asked for");
        Assert.All(app.Workflows.Tokens, call => Assert.Equal("secret", call.Value));
    }
}
