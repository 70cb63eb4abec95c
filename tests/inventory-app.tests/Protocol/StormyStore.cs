using OrderInventory.ServiceDefaults.State;

namespace InventoryApp.Tests.Protocol;

/// <summary>Any store, but another program saves the document right before two of three saves under an ETag, which so lose their race.</summary>
internal sealed class StormyStore(IStateStore store) : IStateStore
{
    private int _saves;

    /// <summary>How often the other program saved.</summary>
    public int Won { get; private set; }

    public Task<StateEntry> GetAsync(string key, CancellationToken cancellationToken) => store.GetAsync(key, cancellationToken);

    public Task<IReadOnlyDictionary<string, StateEntry>> GetManyAsync(IReadOnlyCollection<string> keys, int maxBytes, CancellationToken cancellationToken) => store.GetManyAsync(keys, maxBytes, cancellationToken);

    public Task<bool> SaveAsync(StateSave save, CancellationToken cancellationToken) => store.SaveAsync(save, cancellationToken);

    public async Task<bool> SaveManyAsync(IReadOnlyCollection<StateSave> saves, CancellationToken cancellationToken)
    {
        foreach (var save in saves.Where(save => save.Condition == SaveCondition.Unchanged && ++_saves % 3 != 0))
        {
            var entry = await store.GetAsync(save.Key, cancellationToken);
            Assert.True(await store.SaveAsync(new StateSave(save.Key, entry.Value!.Value, SaveCondition.Unchanged, entry.ETag), cancellationToken));
            Won++;
        }

        return await store.SaveManyAsync(saves, cancellationToken);
    }

    public Task<bool> DeleteAsync(string key, string etag, CancellationToken cancellationToken) => store.DeleteAsync(key, etag, cancellationToken);
}
