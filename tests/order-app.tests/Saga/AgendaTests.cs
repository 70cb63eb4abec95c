using OrderApp.Agenda;
using OrderApp.Domain;
using OrderApp.Groups;
using OrderApp.Storage;
using OrderInventory.Contracts;

namespace OrderApp.Tests.Saga;

/// <summary>What happens to orders whose workflow, client or deadline nobody looks after any more.</summary>
public sealed class AgendaTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(31);

    [Fact]
    public async Task Look_CompletedGroup_PurgesItAndLeavesNothing()
    {
        await using var saga = await SagaRun.StartAsync(settings: NoDeadline);
        await saga.AnswerAllAsync();

        await saga.LookAsync(Soon);

        Assert.Equal([saga.Engine.Started[0].Group], saga.Engine.Purged);
        Assert.Empty(saga.State.Values("agenda:"));
        Assert.Single(saga.Engine.Started);
    }

    [Fact]
    public async Task Look_YoungGroup_LetsItGoOn()
    {
        await using var saga = await SagaRun.StartAsync();

        await saga.LookAsync(Soon);
        await saga.LookAsync(Soon);

        Assert.Single(saga.Commands());
        Assert.Single(saga.Engine.Started);
        Assert.NotEmpty(saga.State.Values("agenda:"));
    }

    // What it asked for may be lost: a deleted topic, an expired retention.
    [Fact]
    public async Task Look_OldGroup_AsksInventoryAgainLessAndLessOftenAndIsStuck()
    {
        await using var saga = await SagaRun.StartAsync(settings: NoDeadline);

        for (var minutes = 0; minutes < 60; minutes++) await saga.LookAsync(TimeSpan.FromMinutes(1));
        var asked = saga.Commands().Length;
        var stuck = await StuckAsync(saga);
        await saga.AnswerAllAsync();
        for (var minutes = 0; minutes < 70; minutes++) await saga.LookAsync(TimeSpan.FromMinutes(1));

        Assert.InRange(asked, 5, 9);
        Assert.Equal((saga.OrderId, OrderCommand.Confirm), (Assert.Single(stuck).OrderId, stuck[0].WaitsFor));
        Assert.Equal(OrderStatus.Confirmed, (await saga.OrderAsync()).Status);
        Assert.Empty(await StuckAsync(saga));
    }

    [Fact]
    public async Task Look_WorkflowLostBeforeItsFirstCall_AnotherGroupCarriesOn()
    {
        await using var saga = new SagaRun();
        saga.Engine.Down = true;
        Assert.IsType<OrderOutcome.Created>(await saga.PlaceAsync());
        Assert.Empty(saga.EventIds(Topics.OrderEvents));
        saga.Engine.Down = false;

        await saga.LookAsync(Soon);
        await saga.AnswerAllAsync();

        Assert.Equal(OrderStatus.Confirmed, (await saga.OrderAsync()).Status);
        Assert.Equal([1, 2], saga.StatusChanges().Select(change => change.Sequence));
    }

    [Fact]
    public async Task Look_WorkflowLostAfterASaveAndBeforeItsPublish_TellsWhatWasStored()
    {
        await using var saga = await SagaRun.StartAsync();
        saga.Events.Down = true;
        await saga.AnswerAllAsync();
        saga.Engine.Lose(saga.Engine.Started[0].Group);
        saga.Events.Down = false;
        Assert.Equal(OrderStatus.Confirmed, (await saga.OrderAsync()).Status);
        Assert.Equal([1], saga.StatusChanges().Select(change => change.Sequence));

        await saga.LookAsync(Soon);

        Assert.Equal([1, 1, 2], saga.StatusChanges().Select(change => change.Sequence).Order());
    }

    // The next command has another group, which knows nothing of what the lost one owes.
    [Fact]
    public async Task Look_WorkflowLostAndTheOrderDrivenOnByAnother_TellsWhatWasStored()
    {
        await using var saga = await SagaRun.StartAsync();
        saga.Events.Down = true;
        await saga.AnswerAllAsync();
        saga.Engine.Lose(saga.Engine.Started[0].Group);
        saga.Events.Down = false;
        await saga.CommandAsync(OrderCommand.Pay);
        Assert.Equal([1, 3], saga.StatusChanges().Select(change => change.Sequence).Order());

        await saga.LookAsync(Soon);

        Assert.Equal([1, 2, 3], saga.StatusChanges().Select(change => change.Sequence).Distinct().Order());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Look_WorkflowFailedOrPurged_AnotherGroupCarriesOn(bool failed)
    {
        await using var saga = await SagaRun.StartAsync(lines: 2);
        await saga.AnswerNextAsync();
        var first = saga.Engine.Started[0].Group;
        await saga.Engine.RaiseAsync(first, GroupSignal.Settle, default);
        if (failed) saga.Engine.Broken.Add(first);
        else saga.Engine.Lose(first);

        await saga.LookAsync(Soon);
        await saga.AnswerAllAsync();

        Assert.Equal(OrderStatus.Confirmed, (await saga.OrderAsync()).Status);
        Assert.Equal(2, saga.Engine.Started.Count);
        Assert.DoesNotContain(first, saga.Engine.Present);
        // The line whose answer is stored is not asked for again.
        Assert.Equal([saga.OrderId + ":1:deduct", saga.OrderId + ":2:deduct", saga.OrderId + ":2:deduct"], saga.EventIds(Topics.InventoryDeduction));
    }

    [Fact]
    public async Task Replay_OfAPendingOrderWhoseWorkflowIsLost_NeedNotWaitForTheAgenda()
    {
        await using var saga = await SagaRun.StartAsync();
        saga.Engine.Lose(saga.Engine.Started[0].Group);
        saga.Time.Advance(TimeSpan.FromSeconds(6));

        Assert.IsType<OrderOutcome.Replayed>(await saga.PlaceAsync());
        await saga.AnswerAllAsync();

        Assert.Equal(OrderStatus.Confirmed, (await saga.OrderAsync()).Status);
    }

    [Fact]
    public async Task Result_ForAWorkflowThatIsGone_IsAcknowledgedAndTheOrderCarriedOn()
    {
        await using var saga = await SagaRun.StartAsync();
        var first = saga.Engine.Started[0].Group;
        saga.Engine.Lose(first);

        Assert.Single(await saga.ResultAsync(StockOperationKind.Deduct, 1, "HELD", group: first));
        await saga.AnswerAllAsync();

        Assert.Equal(OrderStatus.Confirmed, (await saga.OrderAsync()).Status);
    }

    [Fact]
    public async Task Result_ForAGroupThatIsPurged_StartsNothing()
    {
        await using var saga = await SagaRun.StartAsync();
        await saga.AnswerAllAsync();
        await saga.LookAsync(Soon);

        Assert.Single(await saga.ResultAsync(StockOperationKind.Deduct, 1, "HELD"));

        Assert.Single(saga.Engine.Started);
    }

    // Each round has an entry, also one that changed nothing: it must not bring about the next.
    [Fact]
    public async Task Look_RoundsThatChangedNothing_LeaveNothing()
    {
        await using var saga = await SagaRun.StartAsync(settings: NoDeadline);
        await saga.AnswerAllAsync();
        Assert.IsType<OrderOutcome.Replayed>(await saga.PlaceAsync());
        await saga.ResultAsync(StockOperationKind.Deduct, 1, "HELD", group: "gone");

        for (var looks = 0; looks < 4; looks++) await saga.LookAsync(Soon);

        Assert.Empty(saga.State.Values("agenda:"));
        Assert.Single(saga.Engine.Started);
        Assert.Single(saga.StatusChanges(), change => change.Sequence == 1);
    }

    [Fact]
    public async Task Deadline_OfAnUnpaidOrder_CancelsAndGivesBack()
    {
        await using var saga = await SagaRun.StartAsync(lines: 2, settings: new() { ["Orders:PaymentDeadline"] = "00:10:00" });
        await saga.AnswerAllAsync();
        var confirmed = await saga.OrderAsync();
        Assert.Equal(confirmed.UpdatedTime.AddMinutes(10), confirmed.Deadline);

        await saga.LookAsync(TimeSpan.FromMinutes(9));
        Assert.Equal(OrderStatus.Confirmed, (await saga.OrderAsync()).Status);
        await saga.LookAsync(TimeSpan.FromMinutes(1.2));
        await saga.AnswerAllAsync();

        Assert.Equal("PAYMENT_OVERDUE", (await saga.OrderAsync()).StatusReason);
        Assert.All(saga.Stock.Values, state => Assert.Equal("RELEASED", state));
    }

    [Fact]
    public async Task Deadline_OfAPaidOrder_DoesNothing()
    {
        await using var saga = await SagaRun.StartAsync();
        await saga.AnswerAllAsync();
        await saga.CommandAsync(OrderCommand.Pay);

        for (var looks = 0; looks < 5; looks++) await saga.LookAsync(TimeSpan.FromMinutes(10));

        Assert.Equal(OrderStatus.Paid, (await saga.OrderAsync()).Status);
        Assert.Empty(saga.State.Values("agenda:"));
    }

    [Fact]
    public async Task Deadline_OfZero_IsNone()
    {
        await using var saga = await SagaRun.StartAsync(settings: NoDeadline);

        await saga.AnswerAllAsync();

        Assert.Null((await saga.OrderAsync()).Deadline);
    }

    [Fact]
    public async Task Look_AfterDaysOfStandstill_WorksOffWhatFellDue()
    {
        await using var saga = new SagaRun();
        await saga.LookAsync(TimeSpan.FromSeconds(10));
        saga.Engine.Down = true;
        for (var i = 0; i < 20; i++)
        {
            await saga.PlaceAsync(key: "k" + i);
            saga.Time.Advance(TimeSpan.FromMinutes(5));
        }

        saga.Engine.Down = false;
        saga.Time.Advance(TimeSpan.FromDays(3));
        for (var looks = 0; looks < 40; looks++) await saga.LookAsync(TimeSpan.FromSeconds(10));
        await saga.AnswerAllAsync();

        for (var i = 0; i < 20; i++) Assert.Equal(OrderStatus.Confirmed, (await saga.OrderAsync(OrderIds.Of("u", "k" + i).ToString())).Status);
    }

    [Fact]
    public async Task Look_StoreCannotBeReadForAWhile_ForgetsNothing()
    {
        await using var saga = new SagaRun();
        saga.Engine.Down = true;
        await saga.PlaceAsync();
        saga.Engine.Down = false;
        saga.State.IsUnreadable = key => key.StartsWith("order:", StringComparison.Ordinal);
        await saga.LookAsync(Soon);
        saga.State.IsUnreadable = key => key.StartsWith("agenda:", StringComparison.Ordinal);
        await saga.LookAsync(TimeSpan.FromMinutes(5));
        saga.State.IsUnreadable = _ => false;

        for (var looks = 0; looks < 5; looks++) await saga.LookAsync(TimeSpan.FromMinutes(1));
        await saga.AnswerAllAsync();

        Assert.Equal(OrderStatus.Confirmed, (await saga.OrderAsync()).Status);
    }

    [Fact]
    public async Task Look_DamagedOrder_StaysOnTheAgendaAndHoldsUpNoOther()
    {
        await using var saga = new SagaRun();
        saga.Engine.Down = true;
        await saga.AdvancingAsync(Task.WhenAll(saga.PlaceAsync(key: "a"), saga.PlaceAsync(key: "b")));
        saga.Engine.Down = false;
        await AdvanceTests.DamageAsync(saga, "order:" + OrderIds.Of("u", "a"));

        await saga.LookAsync(Soon);
        await saga.AnswerAllAsync();

        Assert.Equal(OrderStatus.Confirmed, (await saga.OrderAsync(OrderIds.Of("u", "b").ToString())).Status);
        Assert.Contains(saga.State.Values("agenda:").Values, page => System.Text.Encoding.UTF8.GetString(page).Contains(OrderIds.Of("u", "a").ToString(), StringComparison.Ordinal));
    }

    // The whole system ends before anybody has looked at the agenda for the first time.
    [Fact]
    public async Task Look_TheFirstOneComesLate_MissesNothing()
    {
        await using var saga = new SagaRun();
        saga.Engine.Down = true;
        await saga.PlaceAsync();
        saga.Engine.Down = false;

        await saga.LookAsync(TimeSpan.FromDays(2));
        for (var looks = 0; looks < 20; looks++) await saga.LookAsync(TimeSpan.FromSeconds(10));
        await saga.AnswerAllAsync();

        Assert.Equal(OrderStatus.Confirmed, (await saga.OrderAsync()).Status);
    }

    [Fact]
    public async Task Look_TwoReplicas_OneOfThemLooks()
    {
        await using var saga = await SagaRun.StartAsync(settings: NoDeadline);
        await saga.AnswerAllAsync();
        saga.Time.Advance(Soon);

        await saga.AdvancingAsync(Task.WhenAll(Enumerable.Range(0, 2).Select(async _ =>
        {
            await saga.Of<AgendaRound>().LookAsync(CancellationToken.None);
            return true;
        })));

        Assert.Single(saga.Engine.Purged);
    }

    // The document is stored, and one of its lists is not: nobody was told of the order.
    [Theory]
    [InlineData("user-orders:")]
    [InlineData("recent-orders:")]
    public async Task Look_OrderThatAListLacks_IsListedThen(string lists)
    {
        await using var saga = new SagaRun();
        saga.State.FaultOf = save => save.Key.StartsWith(lists, StringComparison.Ordinal) ? OrderInventory.Testing.SaveFault.NotApplied : OrderInventory.Testing.SaveFault.None;
        await Assert.ThrowsAsync<OrderInventory.ServiceDefaults.DependencyUnavailableException>(() => saga.PlaceAsync());
        Assert.Empty(saga.Engine.Started);
        saga.State.FaultOf = _ => OrderInventory.Testing.SaveFault.None;

        await saga.LookAsync(Soon);
        await saga.AnswerAllAsync();

        Assert.Equal(OrderStatus.Confirmed, (await saga.OrderAsync()).Status);
        foreach (var prefix in new[] { "user-orders:", "recent-orders:" })
            Assert.Equal(2, System.Text.Encoding.UTF8.GetString(saga.State.Values(prefix).Single().Value).Split(saga.OrderId).Length);
    }

    private static Dictionary<string, string?> NoDeadline => new() { ["Orders:PaymentDeadline"] = "00:00:00" };

    private static async Task<IReadOnlyList<StuckOrder>> StuckAsync(SagaRun saga)
    {
        var (progress, _) = await saga.Of<AgendaPages>().ReadProgressAsync(CancellationToken.None);
        return progress!.Stuck;
    }
}
