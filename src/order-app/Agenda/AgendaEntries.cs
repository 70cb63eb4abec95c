using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using OrderApp.Domain;
using OrderApp.Groups;
using OrderApp.Intake;
using OrderApp.Storage;
using OrderInventory.ServiceDefaults;

namespace OrderApp.Agenda;

/// <summary>What a look at an entry led to.</summary>
/// <param name="Next">The entry as it has to be looked at again; null: it is done.</param>
/// <param name="Open">Its orders that do not rest.</param>
internal sealed record AgendaOutcome(AgendaEntry? Next, ImmutableArray<StuckOrder> Open);

/// <summary>
/// Looks at single entries. A group whose workflow has completed is fine: everything was published, and the workflow is
/// purged. One that runs for long is told to look again; the orders of one that is lost go to the intake, where another
/// group takes them over. Whatever cannot be done now is put off.
/// </summary>
internal sealed class AgendaEntries(OrderStore orders, OrderIntake intake, IGroupEngine engine, GroupFollower groups, Telemetry telemetry, IOptions<OrderOptions> options, TimeProvider time, ILogger<AgendaEntries> logger)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    /// <summary>Does what <paramref name="entry"/>, which is due, asks for.</summary>
    public async Task<AgendaOutcome> LookAtAsync(AgendaEntry entry, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var stored = await orders.ReadManyAsync(entry.Orders, cancellationToken);
        var isRead = stored.Values.All(order => order.Reading is OrderReading.Found or OrderReading.Missing);
        var found = stored.Values.Select(order => order.Order).OfType<Order>().ToArray();
        try
        {
            var isDone = entry.Kind switch
            {
                AgendaKind.Group => await LookAtGroupAsync(entry, found, now, cancellationToken),
                AgendaKind.Deadline => await CancelOverdueAsync(found, now, cancellationToken),
                AgendaKind.Earlier => await ResumeEarlierAsync(found, cancellationToken),
                _ => throw new InvalidOperationException($"Nothing is known of {entry.Kind}."),
            };
            if (isDone == true && isRead) return new AgendaOutcome(null, []);
            // What could be read of it is done.
            if (isDone == true) entry = entry with { Orders = [.. stored.Where(order => order.Value.Reading is OrderReading.Unreadable or OrderReading.Damaged).Select(order => order.Key)] };
            // Null: it is young, and nothing had to be done.
            return PutOff(entry, found, isDone is null && isRead ? entry.Looks : entry.Looks + 1, now);
        }
        catch (DependencyUnavailableException error)
        {
            Log.PutOff(logger, entry.Id, error);
            return PutOff(entry, found, entry.Looks, now);
        }
    }

    /// <summary>
    /// Looks at a group that is not due: another one carries on with its orders when it was never started. The entry stays, because
    /// a slow round may store more of its orders. False: what became of the group is not known.
    /// </summary>
    /// <exception cref="DependencyUnavailableException">Its orders could not be handed over.</exception>
    public async Task<bool> LookAheadAsync(AgendaEntry entry, CancellationToken cancellationToken)
    {
        var state = await engine.StateAsync(entry.Group!, cancellationToken);
        if (state != GroupState.Missing) return state != GroupState.Unknown;
        var stored = await orders.ReadManyAsync(entry.Orders, cancellationToken);
        await ResumeAsync([.. stored.Values.Select(order => order.Order).OfType<Order>()], entry.Group, isLost: true, cancellationToken);
        return stored.Values.All(order => order.Reading != OrderReading.Unreadable);
    }

    /// <summary>True: the group is over. False: it is not, although something was done about it. Null: it is young.</summary>
    private async Task<bool?> LookAtGroupAsync(AgendaEntry entry, Order[] found, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var group = entry.Group!;
        var open = found.Where(order => order.Group == group && order.Step is not null).ToArray();
        switch (await engine.StateAsync(group, cancellationToken))
        {
            case GroupState.Unknown:
                return null;
            case GroupState.Active when open.Length > 0 && now - entry.Since < options.Value.StuckAfter:
                return null;
            case GroupState.Active:
                // Also when all its orders were taken over: it learns of it, and ends.
                Log.LookedAgain(logger, group, open.Length, entry.Looks + 1);
                telemetry.LookedAgain();
                _ = groups.Follow(group, [.. open.Select(order => order.Id)]);
                await engine.RaiseAsync(group, new GroupSignal([], LookAgain: true), cancellationToken);
                return false;
            case GroupState.Completed:
                await ResumeAsync(open, group, isLost: false, cancellationToken);
                return await engine.PurgeAsync(group, cancellationToken);
            case GroupState.Broken:
                await ResumeAsync(found, group, isLost: true, cancellationToken);
                return await engine.PurgeAsync(group, cancellationToken);
            default:
                await ResumeAsync(found, group, isLost: true, cancellationToken);
                return true;
        }
    }

    /// <summary>Hands orders to the intake, where another group takes over those that need one.</summary>
    private async Task ResumeAsync(IReadOnlyCollection<Order> lost, string? group, bool isLost, CancellationToken cancellationToken)
    {
        var resume = new IntakeRequest.Resume(group, isLost);
        var outcomes = await Task.WhenAll(lost.Where(order => IntakeRules.IsToResume(order, resume)).Select(order => intake.AskAsync(order.Id, resume, cancellationToken)));
        if (outcomes.Count(outcome => outcome is OrderOutcome.Accepted) is not (> 0 and var count)) return;
        Log.Resumed(logger, count, group ?? "a version before groups");
        telemetry.Resumed(count);
    }

    private async Task<bool?> ResumeEarlierAsync(Order[] found, CancellationToken cancellationToken)
    {
        await ResumeAsync([.. found.Where(order => order is { Group: null, Step: not null })], null, isLost: true, cancellationToken);
        return true;
    }

    private async Task<bool?> CancelOverdueAsync(Order[] found, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await Task.WhenAll(found.Where(order => order.Status == OrderStatus.Confirmed && order.Deadline <= now).Select(order => intake.AskAsync(order.Id, new IntakeRequest.Overdue(), cancellationToken)));
        return true;
    }

    private AgendaOutcome PutOff(AgendaEntry entry, Order[] found, int looks, DateTimeOffset now)
    {
        // 30 s while it is young; 1, 2, 4, … minutes after each look that had to do something, so that an outage does not become a storm.
        var pause = looks == 0 ? OrderAgenda.FirstLook : TimeSpan.FromMinutes(Math.Min(Math.Pow(2, looks - 1), LongestPause.TotalMinutes));
        return new AgendaOutcome(
            entry with { Due = time.GetUtcNow() + pause, Looks = looks },
            [.. found.Where(order => order.Step is not null).Select(order => new StuckOrder(order.Id, order.Step!.Since, looks, now, order.Step.Command))]);
    }
}
