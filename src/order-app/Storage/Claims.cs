using Microsoft.Extensions.Options;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.State;

namespace OrderApp.Storage;

/// <summary>Who owns an idempotency key: the order id was chosen before the claim, so every retry resumes the same order.</summary>
internal sealed record Claim(Guid OrderId, string Fingerprint, DateTimeOffset CreatedAt);

/// <summary>
/// Idempotency claims (<c>idem:{userId}:{key}</c>): the first writer wins. Only this class writes these keys, always
/// first-write; on Redis a plain write would break that for good.
/// </summary>
internal sealed class Claims(IStateStore state, IOptions<OrderOptions> options)
{
    private const int MaxAttempts = 3;

    /// <summary>Claims the key, or returns the claim that was there first.</summary>
    /// <exception cref="DependencyUnavailableException">Unknown; asking again gives the right answer.</exception>
    public async Task<Claim> ClaimAsync(string userId, string key, Claim claim, CancellationToken cancellationToken)
    {
        var save = new StateSave(Key(userId, key), Documents.Bytes(claim, OrderJson.Default.Claim), SaveCondition.Absent, TimeToLive: options.Value.KeyTimeToLive);
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await state.SaveAsync(save, cancellationToken)) return claim;
            // Lost race, outage, or applied in spite of the error: whose claim is there decides.
            if (await FindAsync(userId, key, cancellationToken) is { } first) return first;
        }

        throw new DependencyUnavailableException("An idempotency key could not be claimed.");
    }

    /// <summary>Who owns the key; null when nobody does, or did longer ago than keys are remembered.</summary>
    /// <exception cref="DependencyUnavailableException">It cannot be read.</exception>
    public async Task<Claim?> FindAsync(string userId, string key, CancellationToken cancellationToken) =>
        Documents.Parse(await state.GetAsync(Key(userId, key), cancellationToken), OrderJson.Default.Claim);

    private static string Key(string userId, string key) => StateKey.Of("idem", userId, key);
}
