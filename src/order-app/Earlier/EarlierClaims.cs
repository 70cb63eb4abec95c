using OrderApp.Domain;
using OrderApp.Storage;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.Rounds;
using OrderInventory.ServiceDefaults.State;

namespace OrderApp.Earlier;

/// <summary>Who owned an idempotency key in versions before groups, whose order ids did not follow from it.</summary>
internal sealed record EarlierClaim(Guid OrderId, string Fingerprint, DateTimeOffset CreatedAt);

/// <summary>The claims of versions before groups (<c>idem:{userId}:{key}</c>): their keys still stand for their orders.</summary>
internal sealed class EarlierClaims(IStateStore state, Backoff backoff, TimeProvider time, ILogger<EarlierClaims> logger)
{
    // Such a version refuses longer keys.
    private const int MaxKey = 128;

    // Of a claim.
    private const int MaxBytes = 4 * 1024;

    // As long as such a version remembers a key at most.
    private static readonly TimeSpan TimeToLive = TimeSpan.FromDays(7);

    /// <summary>The id of the order that the key stands for, or will: that of an earlier version, or the one that follows from the key.</summary>
    /// <exception cref="DependencyUnavailableException">Unknown; asking again gives the right answer.</exception>
    public async Task<Guid> OrderIdAsync(string userId, string idempotencyKey, CancellationToken cancellationToken) =>
        (idempotencyKey.Length <= MaxKey ? await FindAsync(Key(userId, idempotencyKey), cancellationToken) : null) ?? OrderIds.Of(userId, idempotencyKey);

    /// <summary>
    /// For each of these ids, which follow from a user's key: what a read of the claim showed, and the id of the order that the key
    /// stands for since an earlier version; null unless it was found. A key that no such version took has no entry.
    /// </summary>
    public async Task<IReadOnlyDictionary<string, (OrderReading Reading, Guid? OrderId)>> FindManyAsync(IReadOnlyCollection<(string OrderId, string UserId, string Key)> keys, CancellationToken cancellationToken)
    {
        var known = keys.Where(key => key.Key.Length <= MaxKey).ToArray();
        var entries = await state.GetManyAsync([.. known.Select(key => Key(key.UserId, key.Key))], MaxBytes, cancellationToken);
        return known.ToDictionary(key => key.OrderId, key => Read(key.OrderId, entries[Key(key.UserId, key.Key)]));
    }

    /// <summary>
    /// Beside replicas of an earlier version: claims the key in its way, too, and returns the id of the order that it stands for, as
    /// <see cref="OrderIdAsync"/>.
    /// </summary>
    /// <exception cref="DependencyUnavailableException">Unknown; claiming it again gives the right answer.</exception>
    public async Task<Guid> ClaimAsync(PlacedOrder placed, string idempotencyKey, CancellationToken cancellationToken)
    {
        var orderId = OrderIds.Of(placed.UserId, idempotencyKey);
        if (idempotencyKey.Length > MaxKey) return orderId;
        var key = Key(placed.UserId, idempotencyKey);
        for (var attempt = 1; ; attempt++)
        {
            if (await FindAsync(key, cancellationToken) is { } claimed) return claimed;
            var claim = new EarlierClaim(orderId, Fingerprint.Of(placed), time.GetUtcNow());
            if (await state.SaveAsync(new StateSave(key, Documents.Bytes(claim, EarlierJson.Default.EarlierClaim), SaveCondition.Absent, TimeToLive: TimeToLive), cancellationToken)) return orderId;
            await backoff.AfterAsync(attempt, "An idempotency key could not be claimed.", cancellationToken);
        }
    }

    private (OrderReading, Guid?) Read(string orderId, StateEntry entry)
    {
        if (entry.IsUnreadable) return (OrderReading.Unreadable, null);
        if (Documents.TryParse(entry, EarlierJson.Default.EarlierClaim, out var claim)) return claim is null ? (OrderReading.Missing, null) : (OrderReading.Found, claim.OrderId);
        Log.ClaimDamaged(logger, orderId);
        return (OrderReading.Damaged, null);
    }

    private async Task<Guid?> FindAsync(string key, CancellationToken cancellationToken) => Documents.Parse(await state.GetAsync(key, cancellationToken), EarlierJson.Default.EarlierClaim)?.OrderId;

    private static string Key(string userId, string idempotencyKey) => StateKey.Of("idem", userId, idempotencyKey);
}
