using System.Text.Json;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.State;

namespace OrderApp.Storage;

/// <summary>Who owns an idempotency key: the order id was chosen before the claim, so every retry resumes the same order.</summary>
internal sealed record Claim(Guid OrderId, string Fingerprint, DateTimeOffset CreatedAt);

/// <summary>
/// Idempotency claims (<c>idem:{userId}:{key}</c>): the first writer wins. Only this class writes these keys, always
/// first-write; on Redis a plain write would break that for good.
/// </summary>
internal sealed class Claims(IStateStore state)
{
    /// <summary>How long a key is remembered.</summary>
    public static readonly TimeSpan TimeToLive = TimeSpan.FromHours(24);

    private const int MaxAttempts = 3;

    /// <summary>Claims the key, or returns the claim that was there first.</summary>
    /// <exception cref="DependencyUnavailableException">Unknown; asking again gives the right answer.</exception>
    public async Task<Claim> ClaimAsync(string userId, string key, Claim claim, CancellationToken cancellationToken)
    {
        var stateKey = StateKey.Of("idem", userId, key);
        var save = new StateSave(stateKey, JsonSerializer.SerializeToUtf8Bytes(claim, OrderJson.Default.Claim), SaveCondition.Absent, TimeToLive: TimeToLive);
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await state.SaveAsync(save, cancellationToken)) return claim;
            // Lost race, outage, or applied in spite of the error: whose claim is there decides.
            var entry = await state.GetAsync(stateKey, cancellationToken);
            if (entry.Value is { } bytes) return JsonSerializer.Deserialize(bytes.Span, OrderJson.Default.Claim)!;
        }

        throw new DependencyUnavailableException("An idempotency key could not be claimed.");
    }
}
