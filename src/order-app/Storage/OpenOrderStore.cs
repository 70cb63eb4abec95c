using System.Collections.Immutable;
using System.Globalization;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.Rounds;
using OrderInventory.ServiceDefaults.State;

namespace OrderApp.Storage;

/// <summary>Orders that set out for another status within one second.</summary>
internal sealed record OpenOrders(ImmutableArray<string> Orders);

/// <summary>An order that did not arrive in time.</summary>
internal sealed record StuckOrder(string OrderId, DateTimeOffset Since, int Attempts, DateTimeOffset? LastAttempt);

/// <summary>What the search for stuck orders knows; one document for all replicas.</summary>
internal sealed record StuckOrders(DateTimeOffset CheckedThrough, DateTimeOffset LastSearch, ImmutableArray<StuckOrder> Orders);

/// <summary>
/// Remembers, by the second, which orders set out for another status (<c>open-orders:{second}</c>), so that those that
/// never arrive can be found without a query. Nothing is removed: an order that arrived is passed over when its second is
/// looked at, and the documents expire.
/// </summary>
internal sealed class OpenOrderStore : IAsyncDisposable
{
    // All orders of a second; each takes 39 bytes.
    private const int MaxBytes = 64 * 1024;
    private const string StuckKey = "stuck-orders";

    /// <summary>How long a second is remembered; a system that stands still for longer forgets what was stuck.</summary>
    private static readonly TimeSpan TimeToLive = TimeSpan.FromDays(30);
    private static readonly RoundLimits Limits = new(Lanes: 4, MaxItems: 2_000, MaxBytes: int.MaxValue, MaxWaiting: 2_000);

    private readonly IStateStore _state;
    private readonly Backoff _backoff;
    private readonly TimeProvider _time;
    private readonly RoundQueue<string, bool> _adds;

    public OpenOrderStore(IStateStore state, Backoff backoff, TimeProvider time)
    {
        (_state, _backoff, _time) = (state, backoff, time);
        _adds = new RoundQueue<string, bool>(Limits, AddAsync);
    }

    /// <summary>Remembers that the order sets out now.</summary>
    /// <exception cref="DependencyUnavailableException">Unknown; adding it again is safe.</exception>
    public Task AddAsync(string orderId) => _adds.AddAsync(orderId, Key(_time.GetUtcNow()));

    /// <summary>The orders that set out in <paramref name="seconds"/> seconds from <paramref name="from"/>.</summary>
    /// <exception cref="DependencyUnavailableException">Any second cannot be read.</exception>
    public async Task<IReadOnlyList<string>> ListAsync(DateTimeOffset from, int seconds, CancellationToken cancellationToken)
    {
        var keys = Enumerable.Range(0, seconds).Select(second => Key(from.AddSeconds(second))).ToArray();
        var entries = await _state.GetManyAsync(keys, MaxBytes, cancellationToken);
        return [.. keys.SelectMany(key => Documents.Parse(entries[key], OrderJson.Default.OpenOrders)?.Orders ?? [])];
    }

    /// <summary>What is known about stuck orders, and its ETag; both null before the first search.</summary>
    /// <exception cref="DependencyUnavailableException">It cannot be read.</exception>
    public async Task<(StuckOrders? Stuck, string? ETag)> ReadStuckAsync(CancellationToken cancellationToken)
    {
        var entry = await _state.GetAsync(StuckKey, cancellationToken);
        return (Documents.Parse(entry, OrderJson.Default.StuckOrders), entry.ETag);
    }

    /// <summary>Saves if nobody else did since it was read. False: unknown; the next search reads again.</summary>
    public Task<bool> SaveStuckAsync(StuckOrders stuck, string? etag, CancellationToken cancellationToken) => _state.SaveAsync(
        new StateSave(StuckKey, Documents.Bytes(stuck, OrderJson.Default.StuckOrders), etag is null ? SaveCondition.Absent : SaveCondition.Unchanged, etag),
        cancellationToken);

    public ValueTask DisposeAsync() => _adds.DisposeAsync();

    private async Task AddAsync(IReadOnlyList<RoundItem<string, bool>> orders)
    {
        foreach (var second in orders.GroupBy(order => order.Key))
        {
            await AddAsync(second.Key, [.. second.Select(order => order.Item)]);
            foreach (var order in second) order.Done(true);
        }
    }

    private async Task AddAsync(string key, IReadOnlyList<string> orderIds)
    {
        for (var attempt = 1; ; attempt++)
        {
            var entry = await _state.GetAsync(key, CancellationToken.None);
            var known = Documents.Parse(entry, OrderJson.Default.OpenOrders)?.Orders ?? [];
            ImmutableArray<string> all = [.. known.Union(orderIds)];
            if (all.Length == known.Length) return;
            var save = new StateSave(
                key,
                Documents.Bytes(new OpenOrders(all), OrderJson.Default.OpenOrders),
                entry.ETag is null ? SaveCondition.Absent : SaveCondition.Unchanged,
                entry.ETag,
                TimeToLive);
            if (await _state.SaveAsync(save, CancellationToken.None)) return;
            await _backoff.AfterAsync(attempt, "The list of open orders could not be stored.", CancellationToken.None);
        }
    }

    private static string Key(DateTimeOffset time) => StateKey.Of("open-orders", time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
}
