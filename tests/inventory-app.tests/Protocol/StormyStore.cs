using OrderInventory.ServiceDefaults.State;

namespace InventoryApp.Tests.Protocol;

/// <summary>Any store, but another program saves the document right before two of three saves under an ETag, which so lose their race.</summary>
internal sealed class StormyStore(IStateStore store) : IStateStore
{
    private int _saves;

    /// <summary>How often the other program saved.</summary>
    public int Won { get; private set; }

    public Task<StateEntry> GetAsync(string key, CancellationToken cancellationToken) => store.GetAsync(key, cancellationToken);

    public Task<IReadOnlyDictionary<string, StateEntry>> GetManyAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) => store.GetManyAsync(keys, cancellationToken);

    public async Task<bool> SaveAsync(StateSave save, CancellationToken cancellationToken)
    {
        if (save.Condition != SaveCondition.Unchanged || ++_saves % 3 == 0) return await store.SaveAsync(save, cancellationToken);
        var entry = await store.GetAsync(save.Key, cancellationToken);
        Assert.True(await store.SaveAsync(new StateSave(save.Key, entry.Value!.Value, SaveCondition.Unchanged, entry.ETag), cancellationToken));
        Won++;
        return await store.SaveAsync(save, cancellationToken);
    }

    public Task<bool> SaveManyAsync(IReadOnlyCollection<StateSave> saves, CancellationToken cancellationToken) => store.SaveManyAsync(saves, cancellationToken);
}
