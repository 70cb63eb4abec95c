using System.Diagnostics.Metrics;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderApp.Agenda;
using OrderApp.Domain;
using OrderApp.Groups;
using OrderInventory.Contracts;
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
    public async Task Transaction_CallThatFailsAndCallThatIsDone_AreTimedAndNoLongerActive()
    {
        using var probe = Probe;
        var id = await PlaceAsync("one", quantity: 1);
        App.Events.Down = true;
        await Assert.ThrowsAsync<DependencyUnavailableException>(() => AdvanceAsync(id, 0));
        App.Events.Down = false;
        await AdvanceAsync(id, 0);

        Assert.Single(probe.Of("transaction.duration", ("step", "start"), ("outcome", "failed")));
        Assert.Single(probe.Of("transaction.duration", ("step", "start"), ("outcome", "done")));
        Assert.Equal([1, -1, 1, -1], probe.Of("transaction.active", ("step", "start")));
    }

    [Fact]
    public async Task Outcome_CancelledAfterThreeSeconds_IsTimedAndCountedAsATransition()
    {
        using var probe = Probe;
        var id = await PlaceAsync("one", quantity: 1);
        App.Time.Advance(TimeSpan.FromSeconds(3));
        await AdvanceAsync(id, 1, new GroupAnswer(id, StockOperationKind.Deduct, new LineAnswer(1, false, "OUT_OF_STOCK")));

        Assert.Equal([3], probe.Of("orders.outcome.duration", ("status", "CANCELLED")));
        Assert.Equal(1, probe.Sum("orders.transitions.total", ("status", "CANCELLED"), ("reason", "OUT_OF_STOCK")));
        Assert.Equal([1, -1], probe.Of("transaction.active", ("step", "advance")));
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
        for (var look = 0; look < 12; look++) await LookAsync(TimeSpan.FromMinutes(1));
        probe.Observe();
        await App.BringAsync(id, OrderCommand.Confirm);
        for (var look = 0; look < 30; look++) await LookAsync(TimeSpan.FromMinutes(1));
        probe.Observe();

        Assert.Equal([1, 0], probe.Of("orders.stuck"));
        Assert.InRange(probe.Sum("orders.groups.looked_again.total"), 3, 7);
    }

    [Fact]
    public async Task Groups_NotStartedResumedAndWaiting_AreCounted()
    {
        using var probe = Probe;
        App.Workflows.Down = true;
        await PlaceAsync("one", quantity: 1);
        App.Workflows.Down = false;
        await LookAsync(TimeSpan.FromSeconds(40));
        probe.Observe();

        Assert.Equal((1, 1), (probe.Sum("orders.groups.not_started.total"), probe.Sum("orders.resumed.total")));
        Assert.Equal([0], probe.Of("orders.intake.waiting"));
        Assert.Equal([1, 1], probe.Of("orders.round.size"));
    }

    [Fact]
    public async Task Damaged_OrderThatNobodyCanRead_IsCounted()
    {
        using var probe = Probe;
        var id = await PlaceAsync("one", quantity: 1);
        await App.DamageAsync(id);

        Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, (await Http.GetAsync("/api/orders/" + id)).StatusCode);
        Assert.Equal(1, probe.Sum("orders.damaged.total"));
    }

    private async Task AdvanceAsync(string id, int call, params GroupAnswer[] answers)
    {
        var group = (await App.Orders.FindAsync(id, CancellationToken.None))!.Group!;
        await ActivatorUtilities.CreateInstance<AdvanceActivity>(App.Services).RunAsync(null!, new AdvanceInput(group, call, [id], new GroupSignal([.. answers])));
    }

    private Task LookAsync(TimeSpan later)
    {
        App.Time.Advance(later);
        return App.Services.GetRequiredService<AgendaRound>().LookAsync(CancellationToken.None);
    }

    private async Task<string> PlaceAsync(string key, int quantity)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/orders") { Content = JsonContent.Create(new { userId = "u", productId = "p", quantity, amount = 1 }) };
        request.Headers.Add("Idempotency-Key", key);
        using var answer = await Http.SendAsync(request);
        return answer.IsSuccessStatusCode ? (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").GetProperty("id").GetString()! : "";
    }
}
