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

    public Task<IReadOnlyDictionary<string, StateEntry>> GetManyAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        ThrowAtTimes();
        return store.GetManyAsync(keys, cancellationToken);
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
        1 => await store.SaveManyAsync([.. saves.Take(saves.Count / 2)], cancellationToken) && false,
        _ => await store.SaveManyAsync(saves, cancellationToken),
    };

    private void ThrowAtTimes()
    {
        if (Next(12) == 0) throw new DependencyUnavailableException("down");
    }

    private int Next(int below)
    {
        lock (random) return random.Next(below);
    }
}
