using OrderApp.Domain;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.Rounds;
using OrderInventory.ServiceDefaults.State;

namespace OrderApp.Earlier;

/// <summary>Who owned an idempotency key in versions before groups, whose order ids did not follow from it.</summary>
internal sealed record EarlierClaim(Guid OrderId, string Fingerprint, DateTimeOffset CreatedAt);

/// <summary>The claims of versions before groups (<c>idem:{userId}:{key}</c>): their keys still stand for their orders.</summary>
internal sealed class EarlierClaims(IStateStore state, Backoff backoff, TimeProvider time)
{
    // Of a claim.
    private const int MaxBytes = 4 * 1024;

    // As long as such a version remembers a key at most.
    private static readonly TimeSpan TimeToLive = TimeSpan.FromDays(7);

    /// <summary>The id of the order that the key stands for, or will: that of an earlier version, or the one that follows from the key.</summary>
    /// <exception cref="DependencyUnavailableException">Unknown; asking again gives the right answer.</exception>
    public async Task<Guid> OrderIdAsync(string userId, string idempotencyKey, CancellationToken cancellationToken) =>
        await FindAsync(Key(userId, idempotencyKey), cancellationToken) ?? OrderIds.Of(userId, idempotencyKey);

    /// <summary>
    /// For each of these ids, which follow from a user's key: the id of the order that the key stands for since an earlier version,
    /// null when no such version has seen it. Left out is one of which nothing is known.
    /// </summary>
    public async Task<IReadOnlyDictionary<string, Guid?>> FindManyAsync(IReadOnlyCollection<(string OrderId, string UserId, string Key)> keys, CancellationToken cancellationToken)
    {
        var entries = await state.GetManyAsync([.. keys.Select(key => Key(key.UserId, key.Key))], MaxBytes, cancellationToken);
        var found = new Dictionary<string, Guid?>();
        foreach (var (orderId, userId, key) in keys)
            if (Documents.TryParse(entries[Key(userId, key)], EarlierJson.Default.EarlierClaim, out var claim)) found[orderId] = claim?.OrderId;
        return found;
    }

    /// <summary>
    /// Beside replicas of an earlier version: claims the key in its way, too, and returns the id of the order that it stands for, as
    /// <see cref="OrderIdAsync"/>.
    /// </summary>
    /// <exception cref="DependencyUnavailableException">Unknown; claiming it again gives the right answer.</exception>
    public async Task<Guid> ClaimAsync(PlacedOrder placed, string idempotencyKey, CancellationToken cancellationToken)
    {
        var (key, orderId) = (Key(placed.UserId, idempotencyKey), OrderIds.Of(placed.UserId, idempotencyKey));
        for (var attempt = 1; ; attempt++)
        {
            if (await FindAsync(key, cancellationToken) is { } claimed) return claimed;
            var claim = new EarlierClaim(orderId, Fingerprint.Of(placed), time.GetUtcNow());
            if (await state.SaveAsync(new StateSave(key, Documents.Bytes(claim, EarlierJson.Default.EarlierClaim), SaveCondition.Absent, TimeToLive: TimeToLive), cancellationToken)) return orderId;
            await backoff.AfterAsync(attempt, "An idempotency key could not be claimed.", cancellationToken);
        }
    }

    private async Task<Guid?> FindAsync(string key, CancellationToken cancellationToken) => Documents.Parse(await state.GetAsync(key, cancellationToken), EarlierJson.Default.EarlierClaim)?.OrderId;

    private static string Key(string userId, string idempotencyKey) => StateKey.Of("idem", userId, idempotencyKey);
}
