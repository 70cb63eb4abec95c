using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.State;

namespace InventoryApp.Tests.Protocol;

/// <summary>Any store, but a third of its calls fail: without effect, with an effect that nobody hears of, or with half of it.</summary>
internal sealed class FaultyStore(IStateStore store, Random random) : IStateStore
{
    public Task<StateEntry> GetAsync(string key, CancellationToken cancellationToken)
    {
        ThrowAtTimes();
        return store.GetAsync(key, cancellationToken);
    }

    public async Task<IReadOnlyDictionary<string, StateEntry>> GetManyAsync(IReadOnlyCollection<string> keys, int maxBytes, CancellationToken cancellationToken)
    {
        // All of them, or single ones.
        var found = await store.GetManyAsync(keys, maxBytes, cancellationToken);
        if (Next(12) == 0) return keys.Distinct().ToDictionary(key => key, _ => Unreadable());
        return keys.Distinct().ToDictionary(key => key, key => Next(24) == 0 ? Unreadable() : found[key]);
    }

    public async Task<bool> SaveAsync(StateSave save, CancellationToken cancellationToken) => Next(6) switch
    {
        0 => false,
        1 => await store.SaveAsync(save, cancellationToken) && false,
        _ => await store.SaveAsync(save, cancellationToken),
    };

    public async Task<bool> SaveManyAsync(IReadOnlyCollection<StateSave> saves, CancellationToken cancellationToken) => Next(6) switch
    {
        0 => false,
        1 => await store.SaveManyAsync([.. saves.Take(Next(saves.Count + 1))], cancellationToken) && false,
        _ => await store.SaveManyAsync(saves, cancellationToken),
    };

    public Task<bool> DeleteAsync(string key, string etag, CancellationToken cancellationToken) => store.DeleteAsync(key, etag, cancellationToken);

    private static StateEntry Unreadable() => StateEntry.Unreadable(new InvalidOperationException("down"));

    private void ThrowAtTimes()
    {
        if (Next(12) == 0) throw new DependencyUnavailableException("down");
    }

    private int Next(int below)
    {
        lock (random) return random.Next(below);
    }
}
