using System.Collections.Immutable;
using System.Globalization;
using OrderInventory.ServiceDefaults;
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
internal sealed class OpenOrderStore
{
    private const int MaxAttempts = 16;
    private const string StuckKey = "stuck-orders";

    /// <summary>How long a second is remembered; a system that stands still for longer forgets what was stuck.</summary>
    private static readonly TimeSpan TimeToLive = TimeSpan.FromDays(30);

    private readonly IStateStore _state;
    private readonly TimeProvider _time;
    private readonly GroupCommit<string> _adds;

    public OpenOrderStore(IStateStore state, TimeProvider time)
    {
        _state = state;
        _time = time;
        _adds = new GroupCommit<string>(AddAsync);
    }

    /// <summary>Remembers that the order sets out now.</summary>
    /// <exception cref="DependencyUnavailableException">Unknown; adding it again is safe.</exception>
    public Task AddAsync(string orderId) => _adds.AddAsync(Key(_time.GetUtcNow()), orderId);

    /// <summary>The orders that set out in <paramref name="seconds"/> seconds from <paramref name="from"/>.</summary>
    /// <exception cref="DependencyUnavailableException">Any second cannot be read.</exception>
    public async Task<IReadOnlyList<string>> ListAsync(DateTimeOffset from, int seconds, CancellationToken cancellationToken)
    {
        var keys = Enumerable.Range(0, seconds).Select(second => Key(from.AddSeconds(second))).ToArray();
        var entries = await _state.GetManyAsync(keys, cancellationToken);
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

    private async Task AddAsync(string key, IReadOnlyList<string> orderIds)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
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
        }

        throw new DependencyUnavailableException("The list of open orders could not be stored.");
    }

    private static string Key(DateTimeOffset time) => StateKey.Of("open-orders", time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
}
