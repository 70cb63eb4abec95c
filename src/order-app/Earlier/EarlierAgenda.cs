using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Options;
using OrderApp.Domain;
using OrderApp.Storage;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.State;

namespace OrderApp.Earlier;

/// <summary>The orders that set out in one second (<c>open-orders:{second}</c>), as versions before groups listed them.</summary>
internal sealed record EarlierOpenOrders(ImmutableArray<string> Orders);

/// <summary>
/// Puts the orders of a version before groups on the agenda: those that are on their way, or have a deadline of which only
/// the workflow of that version knows. It follows the seconds that such a version lists, also while replicas of it run
/// beside this one.
/// </summary>
internal sealed class EarlierAgenda(IStateStore state, AgendaPages pages, OrderStore orders, IOptions<OrderOptions> options)
{
    private const int SecondsAtOnce = 500;
    private const int MaxSeconds = 40 * SecondsAtOnce;
    private const int OrdersAtOnce = 64;

    // Of a second: 2 000 ids waited for one write then, at most.
    private const int MaxBytes = 128 * 1024;

    /// <summary>What such a version has in hand is its own for this long.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Where the search begins: with the oldest order that can still have a deadline.</summary>
    public long Start(DateTimeOffset now) => (now - options.Value.PaymentDeadline - TimeSpan.FromHours(1)).ToUnixTimeSeconds();

    /// <summary>Goes on from second <paramref name="through"/> and returns how far it came.</summary>
    /// <exception cref="DependencyUnavailableException">Unknown; going on from the same second is safe.</exception>
    public async Task<long> CollectAsync(long through, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var end = Math.Min((now - Patience).ToUnixTimeSeconds(), through + MaxSeconds);
        while (through < end)
        {
            var keys = Enumerable.Range(1, (int)Math.Min(SecondsAtOnce, end - through)).Select(offset => Key(through + offset)).ToArray();
            var entries = await state.GetManyAsync(keys, MaxBytes, cancellationToken);
            var ids = keys.SelectMany(key => Documents.Parse(entries[key], EarlierJson.Default.EarlierOpenOrders)?.Orders ?? []).Distinct();
            foreach (var chunk in ids.Chunk(OrdersAtOnce)) await AddAsync(chunk, now, cancellationToken);
            through += keys.Length;
        }

        return through;
    }

    private async Task AddAsync(string[] ids, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var stored = await orders.ReadManyAsync(ids, cancellationToken);
        var found = stored.Values.Select(order => order.Order).OfType<Order>().Where(order => order.Group is null).ToArray();
        ImmutableArray<string> open = [.. found.Where(order => order.Step is not null).Select(order => order.Id), .. stored.Where(order => order.Value.Reading is OrderReading.Unreadable or OrderReading.Damaged).Select(order => order.Key)];
        if (open.Length > 0) await pages.AddAsync(new AgendaEntry(Guid.CreateVersion7(now).ToString(), AgendaKind.Earlier, null, open, now, now)).WaitAsync(cancellationToken);
        foreach (var order in found.Where(order => order is { Status: OrderStatus.Confirmed, Step: null, Deadline: not null }))
            await pages.AddAsync(new AgendaEntry(order.Id, AgendaKind.Deadline, null, [order.Id], order.Deadline!.Value < now ? now : order.Deadline.Value, now)).WaitAsync(cancellationToken);
    }

    private static string Key(long second) => StateKey.Of("open-orders", second.ToString(CultureInfo.InvariantCulture));
}
