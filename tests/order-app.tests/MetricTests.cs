using System.Diagnostics.Metrics;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderApp.Activities;
using OrderApp.Domain;
using OrderApp.Stuck;
using OrderInventory.ServiceDefaults;
using OrderInventory.Testing;

namespace OrderApp.Tests;

/// <summary>Each instrument of order-app moves when what it counts happens.</summary>
public sealed class MetricTests : OrderApiTests
{
    public MetricTests() : base(frozen: true)
    {
    }

    private MetricProbe Probe => field ??= new MetricProbe(App.Services.GetRequiredService<IMeterFactory>());

    [Fact]
    public async Task OrdersCreated_NewReplayedAndReusedKey_AreThreeOutcomes()
    {
        using var probe = Probe;
        await PlaceAsync("one", quantity: 1);
        await PlaceAsync("one", quantity: 1);
        await PlaceAsync("one", quantity: 2);

        Assert.Equal([1, 1, 1], ((string[])["created", "replayed", "key_reused"]).Select(outcome => probe.Sum("orders.created.total", ("outcome", outcome))));
    }

    [Fact]
    public async Task Transaction_StepThatFailsAndStepThatIsDone_AreTimedAndNoLongerActive()
    {
        using var probe = Probe;
        var id = await PlaceAsync("one", quantity: 1);
        App.Events.Down = true;
        await Assert.ThrowsAsync<DependencyUnavailableException>(() => Of<PlaceOrderActivity>().RunAsync(null!, id));
        App.Events.Down = false;
        await Of<PlaceOrderActivity>().RunAsync(null!, id);

        Assert.Single(probe.Of("transaction.duration", ("step", "place"), ("outcome", "failed")));
        Assert.Single(probe.Of("transaction.duration", ("step", "place"), ("outcome", "done")));
        Assert.Equal([1, -1, 1, -1], probe.Of("transaction.active", ("step", "place")));
    }

    [Fact]
    public async Task Outcome_CancelledAfterThreeSeconds_IsTimedAndCountedAsATransition()
    {
        using var probe = Probe;
        var id = await PlaceAsync("one", quantity: 1);
        App.Time.Advance(TimeSpan.FromSeconds(3));
        await Of<AskInventoryActivity>().RunAsync(null!, new AskInput(id, OrderCommand.Cancel, [1], "OUT_OF_STOCK"));
        await Of<TransitionOrderActivity>().RunAsync(null!, new TransitionInput(id, OrderCommand.Cancel, "OUT_OF_STOCK"));

        Assert.Equal([3], probe.Of("orders.outcome.duration", ("status", "CANCELLED")));
        Assert.Equal(1, probe.Sum("orders.transitions.total", ("status", "CANCELLED"), ("reason", "OUT_OF_STOCK")));
        Assert.Equal([1, -1, 1, -1], ((string[])["ask", "transition"]).SelectMany(step => probe.Of("transaction.active", ("step", step))));
    }

    [Fact]
    public async Task Commands_RefusedOne_IsCounted()
    {
        using var probe = Probe;
        await Http.PostAsync($"/api/orders/{await PlaceAsync("one", quantity: 1)}/ship", null);

        Assert.Equal(1, probe.Sum("orders.commands.total", ("command", "SHIP"), ("outcome", "refused")));
    }

    [Fact]
    public async Task Stuck_OrderWithoutAnAnswer_ShowsUntilItIsDecided()
    {
        using var probe = Probe;
        var id = await PlaceAsync("one", quantity: 1);
        await SearchAsync(TimeSpan.FromMinutes(3));
        probe.Observe();
        await App.Orders.ApplyAsync(id, OrderCommand.Confirm, null, CancellationToken.None);
        await SearchAsync(TimeSpan.FromMinutes(3));
        probe.Observe();

        Assert.Equal([1, 0], probe.Of("orders.stuck"));
        Assert.Equal(1, probe.Sum("orders.redriven.total"));
    }

    private T Of<T>() => ActivatorUtilities.CreateInstance<T>(App.Services);

    private Task SearchAsync(TimeSpan later)
    {
        App.Time.Advance(later);
        return App.Services.GetRequiredService<StuckOrderSearch>().SearchAsync(CancellationToken.None);
    }

    private async Task<string> PlaceAsync(string key, int quantity)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/orders") { Content = JsonContent.Create(new { userId = "u", productId = "p", quantity, amount = 1 }) };
        request.Headers.Add("Idempotency-Key", key);
        using var answer = await Http.SendAsync(request);
        return answer.IsSuccessStatusCode ? (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").GetProperty("id").GetString()! : "";
    }
}
