using OrderApp.Domain;
using OrderApp.Storage;

namespace OrderApp.Tests.Saga;

/// <summary>Which orders the agenda lists as being on their way.</summary>
public sealed class WaitingOrderTests
{
    private static Dictionary<string, string?> NoDeadline => new() { ["Orders:PaymentDeadline"] = "00:00:00" };

    [Fact]
    public async Task Look_YoungGroup_IsSeenWaitingUntilItIsDecided()
    {
        await using var saga = await SagaRun.StartAsync(settings: NoDeadline);

        await saga.LookAsync(OrderAgenda.FirstLook);
        var waiting = await WaitingAsync(saga);
        await saga.AnswerAllAsync();
        for (var looks = 0; looks < 10; looks++) await saga.LookAsync(OrderAgenda.FirstLook);

        Assert.Equal(saga.OrderId, Assert.Single(waiting).OrderId);
        Assert.Empty((await saga.Of<AgendaPages>().ReadProgressAsync(CancellationToken.None)).Progress!.Stuck);
        Assert.Empty(await WaitingAsync(saga));
    }

    [Fact]
    public async Task Look_WaitingThatNobodyLooksAtAnyMore_IsForgotten()
    {
        await using var saga = await SagaRun.StartAsync(settings: NoDeadline);
        var pages = saga.Of<AgendaPages>();
        await saga.LookAsync(TimeSpan.FromSeconds(10));
        var (progress, etag) = await pages.ReadProgressAsync(CancellationToken.None);
        var left = new StuckOrder("00000000-0000-0000-0000-000000000001", progress!.LastLook, 0, progress.LastLook, OrderCommand.Confirm);
        // As an earlier version leaves it, which keeps what it does not know.
        Assert.True(await pages.SaveProgressAsync(progress with { Waiting = [left] }, etag, CancellationToken.None));

        await saga.LookAsync(TimeSpan.FromSeconds(10));
        Assert.Contains(left.OrderId, (await WaitingAsync(saga)).Select(order => order.OrderId));
        await saga.LookAsync(TimeSpan.FromMinutes(91));
        Assert.DoesNotContain(left.OrderId, (await WaitingAsync(saga)).Select(order => order.OrderId));
    }

    private static async Task<IReadOnlyList<StuckOrder>> WaitingAsync(SagaRun saga)
    {
        var (progress, _) = await saga.Of<AgendaPages>().ReadProgressAsync(CancellationToken.None);
        return progress!.Waiting ?? [];
    }
}
