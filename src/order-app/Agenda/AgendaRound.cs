using OrderApp.Earlier;
using OrderApp.Storage;
using OrderInventory.ServiceDefaults;

namespace OrderApp.Agenda;

/// <summary>
/// Works off what is due, one replica at a time: what has come to its end is removed, what has not is looked at again later.
/// After a standstill it goes through what fell due in its order, a bounded piece with each look.
/// </summary>
internal sealed class AgendaRound(AgendaPages pages, AgendaEntries entries, EarlierAgenda earlier, Telemetry telemetry, TimeProvider time)
{
    /// <summary>Orders that are listed as stuck.</summary>
    public const int MaxStuck = 1_000;

    /// <summary>Orders that are listed as waiting.</summary>
    public const int MaxWaiting = 100;

    // An order is looked at again within an hour. What is not, an earlier version looked at, which does not know this list.
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(90);

    /// <summary>An order is stuck when it was looked at more often than this.</summary>
    public const int PatientLooks = 2;

    private const int SlotsAtOnce = 60;
    private const int MaxChunks = 20;
    private const int MaxEntries = 1_000;
    private const int Parallelism = 8;

    /// <summary>Time between two looks, whichever replica does them.</summary>
    public static TimeSpan Interval { get; } = TimeSpan.FromSeconds(5);

    /// <summary>True once this process has looked at what is not due yet. What a process remembers changes what it does next; the proof has to know it.</summary>
    public bool HasLookedAhead { get; private set; }

    /// <summary>One look, unless another replica has just looked.</summary>
    /// <exception cref="DependencyUnavailableException">The store cannot be read or written; the next look goes on.</exception>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (progress, etag) = await pages.ReadProgressAsync(cancellationToken);
        progress ??= AgendaProgress.Beginning(now);
        telemetry.Stuck(progress.Stuck.Length);
        if (now - progress.LastLook < Interval * 0.9) return;
        // Whoever saves this is the one replica that looks now.
        if (!await pages.SaveProgressAsync(progress with { LastLook = now }, etag, cancellationToken)) return;
        var earlierThrough = await earlier.CollectAsync(progress.EarlierThrough ?? earlier.Start(now), now, cancellationToken);
        var worked = await WorkOffAsync(progress, now, cancellationToken);
        telemetry.Stuck(worked.Stuck.Length);
        (_, etag) = await pages.ReadProgressAsync(cancellationToken);
        await pages.SaveProgressAsync(worked with { LastLook = now, EarlierThrough = earlierThrough }, etag, cancellationToken);
        if (!HasLookedAhead) HasLookedAhead = await LookAheadAsync(now, cancellationToken);
    }

    /// <summary>
    /// A process that died may have stored orders whose group it had not started. Who comes after it finds them with its first look,
    /// before they are due. False: not all of it could be looked at; the next look does.
    /// </summary>
    private async Task<bool> LookAheadAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await pages.ReadAsync(AgendaPages.SlotOf(now), AgendaPages.SlotOf(now + OrderAgenda.FirstLook), cancellationToken) is not { } read) return false;
        var young = read.SelectMany(page => page.Page.Entries).Where(entry => entry is { Kind: AgendaKind.Group, Looks: 0 } && entry.Due > now && now - entry.Since > OrderAgenda.Young);
        var unknown = 0;
        await Parallel.ForEachAsync(young.Take(MaxEntries), new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken }, async (entry, stopping) =>
        {
            if (!await entries.LookAheadAsync(entry, stopping)) Interlocked.Increment(ref unknown);
        });
        return unknown == 0;
    }

    private async Task<AgendaProgress> WorkOffAsync(AgendaProgress progress, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (next, last, handled) = (progress.Through + 1, AgendaPages.SlotOf(now), 0);
        var open = new OpenOrders(progress.Stuck.ToDictionary(order => order.OrderId), (progress.Waiting ?? []).Where(order => now - order.LastAttempt < Forgotten).ToDictionary(order => order.OrderId));
        long? firstLeft = null;
        for (var chunk = 0; chunk < MaxChunks && next <= last && handled < MaxEntries; chunk++)
        {
            var to = Math.Min(last, next + SlotsAtOnce - 1);
            if (await pages.ReadAsync(next, to, cancellationToken) is not { } read) break;
            foreach (var page in read)
            {
                handled += page.Page.Entries.Length;
                if (!await WorkOffAsync(page, open, now, cancellationToken)) firstLeft ??= page.Slot;
            }

            next = to + 1;
        }

        var through = Math.Min((firstLeft ?? next) - 1, AgendaPages.LastClosed(now));
        return progress with
        {
            Through = Math.Max(progress.Through, through),
            Stuck = [.. open.Stuck.Values.OrderBy(order => order.Since).Take(MaxStuck)],
            Waiting = [.. open.Waiting.Values.OrderBy(order => order.Since).Take(MaxWaiting)],
        };
    }

    /// <summary>True when nothing is left on the page.</summary>
    private async Task<bool> WorkOffAsync(ReadPage page, OpenOrders open, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var due = page.Page.Entries.Where(entry => entry.Due <= now).ToArray();
        var outcomes = new (AgendaEntry Entry, AgendaOutcome Outcome)[due.Length];
        await Parallel.ForAsync(0, due.Length, new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken }, async (i, stopping) => outcomes[i] = (due[i], await entries.LookAtAsync(due[i], now, stopping)));
        foreach (var (entry, outcome) in outcomes)
        {
            foreach (var order in entry.Orders) open.Remove(order);
            if (outcome.Next is { } next)
            {
                // Put off first, taken off the page then: it may be on both, and is never on none.
                await pages.AddAsync(next);
                foreach (var order in outcome.Open)
                {
                    open.Waiting[order.OrderId] = order;
                    if (next.Looks > PatientLooks) open.Stuck[order.OrderId] = order;
                }
            }
        }

        if (due.Length > 0) await pages.RemoveAsync(page, due.Select(entry => entry.Id).ToHashSet(), cancellationToken);
        return due.Length == page.Page.Entries.Length;
    }

    /// <summary>What the looks found on its way, by id.</summary>
    private sealed record OpenOrders(Dictionary<string, StuckOrder> Stuck, Dictionary<string, StuckOrder> Waiting)
    {
        public void Remove(string orderId)
        {
            Stuck.Remove(orderId);
            Waiting.Remove(orderId);
        }
    }
}

/// <summary>Looks at the agenda now and then for as long as the app runs.</summary>
internal sealed class AgendaService(AgendaRound round, TimeProvider time, ILogger<AgendaRound> logger) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ticks = new PeriodicTimer(AgendaRound.Interval, time);
        while (await ticks.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await round.LookAsync(stoppingToken);
            }
            catch (DependencyUnavailableException error)
            {
                Log.AgendaFailed(logger, error);
            }
        }
    }
}
