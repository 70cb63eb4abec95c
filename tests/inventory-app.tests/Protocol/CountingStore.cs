using OrderInventory.ServiceDefaults.State;

namespace InventoryApp.Tests.Protocol;

/// <summary>Counts what a round costs, and forgets the archive: a million operations that nobody repeats are only ever asked for in vain.</summary>
internal sealed class CountingStore(IStateStore store) : IStateStore
{
    /// <summary>Calls so far.</summary>
    public long Calls { get; private set; }

    /// <summary>Bytes saved and read so far, without the keys.</summary>
    public long Bytes { get; private set; }

    /// <summary>Size in bytes of the largest value that was not of the archive.</summary>
    public int Largest { get; private set; }

    /// <summary>Operations archived by id so far.</summary>
    public long Archived { get; private set; }

    public async Task<StateEntry> GetAsync(string key, CancellationToken cancellationToken)
    {
        var entry = await store.GetAsync(key, cancellationToken);
        Count(entry.Value?.Length ?? 0);
        return entry;
    }

    public async Task<IReadOnlyDictionary<string, StateEntry>> GetManyAsync(IReadOnlyCollection<string> keys, int maxBytes, CancellationToken cancellationToken)
    {
        var entries = await store.GetManyAsync(keys, maxBytes, cancellationToken);
        Count(entries.Values.Sum(entry => entry.Value?.Length ?? 0));
        return entries;
    }

    public Task<bool> SaveAsync(StateSave save, CancellationToken cancellationToken)
    {
        Count(save.Value.Length);
        return store.SaveAsync(save, cancellationToken);
    }

    public Task<bool> SaveManyAsync(IReadOnlyCollection<StateSave> saves, CancellationToken cancellationToken)
    {
        Count(saves.Sum(save => save.Value.Length));
        Archived += saves.Count(save => save.Key.StartsWith("operation:", StringComparison.Ordinal));
        StateSave[] kept = [.. saves.Where(save => !save.Key.StartsWith("operation", StringComparison.Ordinal))];
        Largest = Math.Max(Largest, kept.Select(save => save.Value.Length).DefaultIfEmpty().Max());
        return store.SaveManyAsync(kept, cancellationToken);
    }

    public Task<bool> DeleteAsync(string key, string etag, CancellationToken cancellationToken) => store.DeleteAsync(key, etag, cancellationToken);

    private void Count(int bytes)
    {
        Calls++;
        Bytes += bytes;
    }
}
