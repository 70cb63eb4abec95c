using System.Text;
using System.Text.Json.Nodes;
using OrderApp.Domain;
using OrderApp.Earlier;
using OrderApp.Storage;
using OrderInventory.Contracts;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.State;

namespace OrderApp.Tests.Saga;

/// <summary>Orders, keys and deadlines that a version before groups stored, carried on by this one.</summary>
public sealed class EarlierVersionTests
{
    private const string Id = "0198aaaa-0000-7000-8000-000000000001";

    [Fact]
    public async Task Result_OfAnOrderWithItsOwnWorkflow_IsCarriedOnByAGroup()
    {
        await using var saga = new SagaRun();
        await StoreAsync(saga, "PENDING");

        Assert.Single(await saga.ResultAsync(StockOperationKind.Deduct, 1, "HELD", Id, group: null));
        await saga.AnswerAllAsync();

        var order = await saga.OrderAsync(Id);
        Assert.Equal((OrderStatus.Confirmed, 2), (order.Status, order.Version));
        Assert.Equal([1, 2], saga.StatusChanges().Select(change => change.Sequence));
    }

    [Fact]
    public async Task Result_OfAnOrderThatItsOwnWorkflowDecided_ChangesNothing()
    {
        await using var saga = new SagaRun();
        await StoreAsync(saga, "CONFIRMED");

        Assert.Single(await saga.ResultAsync(StockOperationKind.Deduct, 1, "HELD", Id, group: null));

        Assert.Empty(saga.Engine.Started);
    }

    [Fact]
    public async Task Order_ThatWaitedForItsStock_GoesOnWithWhatItWaitedFor()
    {
        await using var saga = new SagaRun();
        await StoreAsync(saga, "PENDING", "'waiting':{'command':'CANCEL','operation':'RESTORE','lines':[1],'reason':'changed my mind','since':'2026-01-02T03:04:05+00:00'},");

        await saga.ResultAsync(StockOperationKind.Restore, 1, "FENCED", Id, group: null);
        await saga.AnswerAllAsync();

        var order = await saga.OrderAsync(Id);
        Assert.Equal((OrderStatus.Cancelled, "changed my mind"), (order.Status, order.StatusReason));
        Assert.DoesNotContain("waiting", Encoding.UTF8.GetString(saga.State.Values("order:" + Id).Single().Value), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'waiting':'CANCEL',")]
    [InlineData("'waiting':{'command':'SELL','operation':'RESTORE','lines':[1],'since':'2026-01-02T03:04:05+00:00'},")]
    public async Task Read_WhatItWaitedForIsDamaged_FailsThisOrderAlone(string waiting)
    {
        await using var saga = new SagaRun();
        await saga.PlaceAsync();
        await StoreAsync(saga, "PENDING", waiting);

        var read = await saga.Orders.ReadManyAsync([Id, saga.OrderId], CancellationToken.None);

        Assert.Equal((OrderReading.Damaged, OrderReading.Found), (read[Id].Reading, read[saga.OrderId].Reading));
    }

    [Fact]
    public async Task Look_OrderThatIsListedAsOpen_IsCarriedOn()
    {
        await using var saga = new SagaRun();
        await saga.LookAsync(TimeSpan.FromSeconds(10));
        await StoreAsync(saga, "PENDING");
        await ListAsync(saga);

        for (var looks = 0; looks < 5; looks++) await saga.LookAsync(TimeSpan.FromMinutes(1));
        await saga.AnswerAllAsync();

        Assert.Equal(OrderStatus.Confirmed, (await saga.OrderAsync(Id)).Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Look_DeadlineOfWhichOnlyAWorkflowKnew_IsKept(bool firstLookIsLate)
    {
        await using var saga = new SagaRun();
        if (!firstLookIsLate) await saga.LookAsync(TimeSpan.FromSeconds(10));
        await StoreAsync(saga, "CONFIRMED");
        await ListAsync(saga);

        for (var looks = 0; looks < 8; looks++) await saga.LookAsync(TimeSpan.FromMinutes(5));
        await saga.AnswerAllAsync();

        Assert.Equal((OrderStatus.Cancelled, "PAYMENT_OVERDUE"), ((await saga.OrderAsync(Id)).Status, (await saga.OrderAsync(Id)).StatusReason));
    }

    [Fact]
    public async Task Place_KeyThatWasClaimedThen_FindsTheOrderOfThen()
    {
        await using var saga = new SagaRun();
        await StoreAsync(saga, "CONFIRMED");
        await ClaimAsync(saga);

        var again = await saga.PlaceAsync();
        var other = await saga.PlaceAsync(lines: 2);

        Assert.Equal(Id, Assert.IsType<OrderOutcome.Replayed>(again).Order.Id);
        Assert.IsType<OrderOutcome.KeyReused>(other);
        Assert.Single(saga.State.Values("order:"));
    }

    // It died between the claim and the order.
    [Fact]
    public async Task Place_KeyThatWasClaimedAndNothingBehindIt_PlacesTheClaimedOrder()
    {
        await using var saga = new SagaRun();
        await ClaimAsync(saga);

        Assert.Equal(Id, Assert.IsType<OrderOutcome.Created>(await saga.PlaceAsync()).Order.Id);
    }

    [Theory]
    [InlineData("idem:u:b", true)]
    [InlineData("idem:u:b", false)]
    [InlineData("order:", false)]
    public async Task Place_OneOfARoundCannotBeDecided_FailsNoOther(string prefix, bool isDamaged)
    {
        await using var saga = new SagaRun(new() { ["Orders:GroupsInFlight"] = "1" });
        await saga.PlaceAtOnceAsync();
        var key = prefix == "order:" ? prefix + OrderIds.Of("u", "b") : prefix;
        if (isDamaged) await AdvanceTests.DamageAsync(saga, key);
        else saga.State.IsUnreadable = read => read == key;
        // They wait for one round, while the first order has the only lane.
        var placing = new[] { "a", "b", "c" }.Select(name => saga.PlaceAtOnceAsync(key: name)).ToArray();
        await saga.AdvancingAsync(Task.WhenAny(Task.WhenAll(placing)));

        await Assert.ThrowsAsync<DependencyUnavailableException>(() => placing[1]);
        foreach (var other in new[] { placing[0], placing[2] }) Assert.IsType<OrderOutcome.Created>(await other);
        Assert.Equal(Set("a", "c"), saga.Engine.Started[^1].Orders.ToHashSet());

        static HashSet<string> Set(params string[] names) => [.. names.Select(name => OrderIds.Of("u", name).ToString())];
    }

    [Fact]
    public async Task Place_BesideAnEarlierVersion_ClaimsTheKeyInItsWay()
    {
        await using var saga = new SagaRun(new() { ["Orders:BesideEarlierVersion"] = "true" });

        await saga.PlaceAsync();

        Assert.Contains(saga.OrderId, Encoding.UTF8.GetString(saga.State.Values("idem:u:k").Single().Value), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancel_BesideAnEarlierVersionThatMayConfirm_IsAcceptedWhenItIsDecided()
    {
        await using var saga = new SagaRun(new() { ["Orders:BesideEarlierVersion"] = "true" });
        await saga.PlaceAsync();

        Assert.IsType<OrderOutcome.Busy>(await saga.CommandAsync(OrderCommand.Cancel));
        Assert.Equal(StockOperationKind.Deduct, (await saga.OrderAsync()).Step!.Operation);
        await saga.AnswerAllAsync();
        Assert.IsType<OrderOutcome.Accepted>(await saga.CommandAsync(OrderCommand.Cancel));
        await saga.AnswerAllAsync();

        Assert.Equal(OrderStatus.Cancelled, (await saga.OrderAsync()).Status);
    }

    // An older replica that reads the document knows "waiting" alone, and drops what it does not know when it writes.
    [Fact]
    public async Task Step_BesideAnEarlierVersion_IsReadByItToo()
    {
        await using var saga = new SagaRun(new() { ["Orders:BesideEarlierVersion"] = "true" });
        await saga.PlaceAsync();
        await saga.AnswerAllAsync();

        await saga.CommandAsync(OrderCommand.Cancel, "changed my mind");

        var waiting = Stored(saga)["waiting"]!;
        Assert.Equal(("CANCEL", "RESTORE", "changed my mind", 1), ((string?)waiting["command"], (string?)waiting["operation"], (string?)waiting["reason"], (int)waiting["lines"]![0]!));
        Assert.Null((await saga.OrderAsync()).Unknown);
        await saga.AnswerAllAsync();
        Assert.Equal(("CANCELLED", null), ((string?)Stored(saga)["status"], Stored(saga)["waiting"]));
    }

    [Fact]
    public async Task Step_OnItsOwn_IsWrittenOnce()
    {
        await using var saga = await SagaRun.StartAsync();
        await saga.AnswerAllAsync();

        await saga.CommandAsync(OrderCommand.Cancel);

        Assert.Equal((true, null), (Stored(saga)["step"] is not null, Stored(saga)["waiting"]));
    }

    private static JsonNode Stored(SagaRun saga) => JsonNode.Parse(saga.State.Values("order:" + saga.OrderId).Single().Value)!;

    [Fact]
    public async Task Place_OnItsOwn_ClaimsNothing()
    {
        await using var saga = await SagaRun.StartAsync();

        Assert.Empty(saga.State.Values("idem:"));
    }

    // As that version wrote it.
    private static Task StoreAsync(SagaRun saga, string status, string waiting = "")
    {
        var (version, confirmed, deadline) = status == "PENDING"
            ? (1, "", "")
            : (2, ",{'sequence':2,'oldStatus':'PENDING','newStatus':'CONFIRMED','time':'2026-01-02T03:04:06+00:00'}", "'deadline':'2026-01-02T03:34:06+00:00',");
        var json = $"{{'id':'{Id}','orderNo':'ORD00000000000000000000000000','userId':'u','lines':[{{'line':1,'productId':'p1','quantity':1,'amount':1}}],'amount':1,'idempotencyKey':'k','status':'{status}',"
            + $"'history':[{{'sequence':1,'newStatus':'PENDING','time':'2026-01-02T03:04:05+00:00'}}{confirmed}],{waiting}{deadline}"
            + $"'createdTime':'2026-01-02T03:04:05+00:00','updatedTime':'2026-01-02T03:04:05+00:00','version':{version}}}";
        return AdvanceTests.OverwriteAsync(saga, "order:" + Id, json.Replace('\'', '"'));
    }

    private static Task ListAsync(SagaRun saga) =>
        AdvanceTests.OverwriteAsync(saga, StateKey.Of("open-orders", saga.Time.GetUtcNow().ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture)), $$"""{"orders":["{{Id}}"]}""");

    private static Task ClaimAsync(SagaRun saga)
    {
        var placed = new PlacedOrder("u", [new OrderLine(1, "p1", 1, 1m)], null);
        return AdvanceTests.OverwriteAsync(saga, "idem:u:k", Encoding.UTF8.GetString(Documents.Bytes(new EarlierClaim(Guid.Parse(Id), Fingerprint.Of(placed), saga.Time.GetUtcNow()), EarlierJson.Default.EarlierClaim)));
    }
}
