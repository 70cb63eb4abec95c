using Microsoft.Extensions.Options;
using OrderApp.Domain;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.Rounds;
using OrderInventory.ServiceDefaults.State;

namespace OrderApp.Earlier;

/// <summary>Who owned an idempotency key in versions before groups, whose order ids did not follow from it.</summary>
internal sealed record EarlierClaim(Guid OrderId, string Fingerprint, DateTimeOffset CreatedAt);

/// <summary>The claims of versions before groups (<c>idem:{userId}:{key}</c>): their keys still stand for their orders.</summary>
internal sealed class EarlierClaims(IStateStore state, Backoff backoff, IOptions<OrderOptions> options, TimeProvider time)
{
    // As long as such a version remembers a key at most.
    private static readonly TimeSpan TimeToLive = TimeSpan.FromDays(7);

    /// <summary>The id of the order that the key stands for, or will: that of an earlier version, or the one that follows from the key.</summary>
    /// <exception cref="DependencyUnavailableException">Unknown; asking again gives the right answer.</exception>
    public async Task<Guid> OrderIdAsync(string userId, string idempotencyKey, CancellationToken cancellationToken) =>
        await FindAsync(Key(userId, idempotencyKey), cancellationToken) ?? OrderIds.Of(userId, idempotencyKey);

    /// <summary>As <see cref="OrderIdAsync"/>; beside replicas of an earlier version the key is claimed in its way, too.</summary>
    /// <exception cref="DependencyUnavailableException">Unknown; claiming it again gives the right answer.</exception>
    public async Task<Guid> ClaimAsync(PlacedOrder placed, string idempotencyKey, CancellationToken cancellationToken)
    {
        var (key, orderId) = (Key(placed.UserId, idempotencyKey), OrderIds.Of(placed.UserId, idempotencyKey));
        for (var attempt = 1; ; attempt++)
        {
            if (await FindAsync(key, cancellationToken) is { } claimed) return claimed;
            if (!options.Value.BesideEarlierVersion) return orderId;
            var claim = new EarlierClaim(orderId, Fingerprint.Of(placed), time.GetUtcNow());
            if (await state.SaveAsync(new StateSave(key, Documents.Bytes(claim, EarlierJson.Default.EarlierClaim), SaveCondition.Absent, TimeToLive: TimeToLive), cancellationToken)) return orderId;
            await backoff.AfterAsync(attempt, "An idempotency key could not be claimed.", cancellationToken);
        }
    }

    private async Task<Guid?> FindAsync(string key, CancellationToken cancellationToken) => Documents.Parse(await state.GetAsync(key, cancellationToken), EarlierJson.Default.EarlierClaim)?.OrderId;

    private static string Key(string userId, string idempotencyKey) => StateKey.Of("idem", userId, idempotencyKey);
}
