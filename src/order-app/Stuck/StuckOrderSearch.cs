using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using OrderApp.Activities;
using OrderApp.Domain;
using OrderApp.Storage;
using OrderApp.Workflows;
using OrderInventory.Contracts;
using OrderInventory.ServiceDefaults;

namespace OrderApp.Stuck;

/// <summary>
/// Finds orders that did not arrive in time and asks once more, with the same ids: rarely, few at a time, and each one
/// less and less often. A published command is redelivered by itself, so this is only for what got lost altogether: a
/// deleted topic, an expired retention, a workflow that was never scheduled (design rule 7).
/// </summary>
internal sealed class StuckOrderSearch(
    OpenOrderStore open, OrderStore orders, OrderWorkflows workflows, OrderMessages messages, Telemetry telemetry, IOptions<OrderOptions> options, TimeProvider time, ILogger<StuckOrderSearch> logger)
{
    /// <summary>Orders that are remembered as stuck; with so many the search does not go further.</summary>
    public const int MaxStuck = 1_000;

    private const int SecondsAtOnce = 500;
    private const int MaxSeconds = 6 * SecondsAtOnce;
    private const int OrdersAtOnce = 200;
    private const int MaxAsked = 20;
    private static readonly TimeSpan FirstSearchReach = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    /// <summary>Time between two searches, whichever replica does them.</summary>
    public static TimeSpan Interval { get; } = TimeSpan.FromSeconds(10);

    /// <summary>One search, unless another replica has just done one.</summary>
    /// <exception cref="DependencyUnavailableException">The store cannot be read; the next search goes on.</exception>
    public async Task SearchAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (known, etag) = await open.ReadStuckAsync(cancellationToken);
        known ??= new StuckOrders(now - FirstSearchReach, DateTimeOffset.MinValue, []);
        telemetry.Stuck(known.Orders.Length);
        if (now - known.LastSearch < Interval * 0.9) return;
        // Whoever saves this is the one replica that searches now.
        if (!await open.SaveStuckAsync(known with { LastSearch = now }, etag, cancellationToken)) return;

        var found = await FindAsync(known, now, cancellationToken);
        var asked = await AskAsync(found, now, cancellationToken);
        telemetry.Stuck(asked.Orders.Length);
        (_, etag) = await open.ReadStuckAsync(cancellationToken);
        await open.SaveStuckAsync(asked, etag, cancellationToken);
    }

    private async Task<StuckOrders> FindAsync(StuckOrders known, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var due = now - options.Value.StuckAfter;
        var through = known.CheckedThrough;
        var stuck = await StillStuckAsync(known.Orders, due, cancellationToken);
        for (var seconds = 0; seconds < MaxSeconds && through < due && stuck.Length < MaxStuck; seconds += SecondsAtOnce)
        {
            var reach = (int)Math.Min(SecondsAtOnce, Math.Ceiling((due - through).TotalSeconds));
            var ids = await open.ListAsync(through, reach, cancellationToken);
            var fresh = ids.Except(stuck.Select(order => order.OrderId)).Select(id => new StuckOrder(id, due, 0, null)).ToImmutableArray();
            stuck = stuck.AddRange(await StillStuckAsync(fresh, due, cancellationToken));
            through = through.AddSeconds(reach);
        }

        return new StuckOrders(through, now, stuck);
    }

    /// <summary>Those of the orders that are still on their way since before <paramref name="due"/>.</summary>
    private async Task<ImmutableArray<StuckOrder>> StillStuckAsync(ImmutableArray<StuckOrder> candidates, DateTimeOffset due, CancellationToken cancellationToken)
    {
        var stuck = ImmutableArray.CreateBuilder<StuckOrder>();
        foreach (var chunk in candidates.Chunk(OrdersAtOnce))
        {
            var found = await orders.FindManyAsync([.. chunk.Select(order => order.OrderId)], cancellationToken);
            foreach (var candidate in chunk)
                if (found.TryGetValue(candidate.OrderId, out var order) && order.BusySince is { } since && since <= due) stuck.Add(candidate with { Since = since });
        }

        return stuck.ToImmutable();
    }

    private async Task<StuckOrders> AskAsync(StuckOrders found, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var asked = found.Orders.ToBuilder();
        var count = 0;
        for (var i = 0; i < asked.Count && count < MaxAsked; i++)
        {
            var stuck = asked[i];
            if (stuck.LastAttempt is { } last && now - last < Pause(stuck.Attempts)) continue;
            count++;
            asked[i] = stuck with { Attempts = stuck.Attempts + 1, LastAttempt = now };
            try
            {
                await AskAgainAsync(await orders.GetAsync(stuck.OrderId, cancellationToken), cancellationToken);
                Log.Redriven(logger, stuck.OrderId, stuck.Since, stuck.Attempts + 1);
                telemetry.Redriven();
            }
            catch (DependencyUnavailableException error)
            {
                Log.SearchFailed(logger, error);
            }
        }

        return found with { Orders = asked.ToImmutable() };
    }

    private async Task AskAgainAsync(Order order, CancellationToken cancellationToken)
    {
        if (order.Status == OrderStatus.Pending) await workflows.ScheduleAsync(order, cancellationToken);
        if (order.Waiting is { } step) await messages.PublishStockCommandsAsync(order, step.Lines, step.Operation, cancellationToken);
        else if (order.Status == OrderStatus.Pending) await messages.PublishStockCommandsAsync(order, order.LineNumbers, StockOperationKind.Deduct, cancellationToken);
    }

    /// <summary>2, 4, 8, … minutes after each attempt, so that an outage does not become a storm.</summary>
    private static TimeSpan Pause(int attempts) => TimeSpan.FromMinutes(Math.Min(Math.Pow(2, attempts), LongestPause.TotalMinutes));
}

/// <summary>Searches now and then for as long as the app runs.</summary>
internal sealed class StuckOrderService(StuckOrderSearch search, TimeProvider time, ILogger<StuckOrderSearch> logger) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ticks = new PeriodicTimer(StuckOrderSearch.Interval, time);
        while (await ticks.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await search.SearchAsync(stoppingToken);
            }
            catch (DependencyUnavailableException error)
            {
                Log.SearchFailed(logger, error);
            }
        }
    }
}
