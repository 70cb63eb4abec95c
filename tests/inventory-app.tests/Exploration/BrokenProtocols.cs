using OrderInventory.ServiceDefaults.State;

namespace InventoryApp.Tests.Exploration;

/// <summary>Passes calls on; the defects below override what they break.</summary>
internal abstract class PassingStore(IStateStore store) : IStateStore
{
    public virtual Task<StateEntry> GetAsync(string key, CancellationToken cancellationToken) => store.GetAsync(key, cancellationToken);

    public virtual Task<IReadOnlyDictionary<string, StateEntry>> GetManyAsync(IReadOnlyCollection<string> keys, int maxBytes, CancellationToken cancellationToken) => store.GetManyAsync(keys, maxBytes, cancellationToken);

    public virtual Task<bool> SaveAsync(StateSave save, CancellationToken cancellationToken) => store.SaveAsync(save, cancellationToken);

    public virtual Task<bool> SaveManyAsync(IReadOnlyCollection<StateSave> saves, CancellationToken cancellationToken) => store.SaveManyAsync(saves, cancellationToken);

    public virtual Task<bool> DeleteAsync(string key, string etag, CancellationToken cancellationToken) => store.DeleteAsync(key, etag, cancellationToken);

    /// <summary>True for the keys of documents, false for those of the archive.</summary>
    protected static bool AreDocuments(IEnumerable<string> keys) => keys.Any(key => key.StartsWith("stock:", StringComparison.Ordinal));
}

/// <summary>Looks into the archive first: what is archived and trimmed before the document is read looks new.</summary>
internal sealed class ArchiveFirst(IStateStore store) : PassingStore(store)
{
    private static readonly string[] Archive = ["operation:p:o1:1:deduct", "operation:p:o1:1:restore", "operation:p:o2:1:deduct", "operation:p:o2:1:restore"];
    private IReadOnlyDictionary<string, StateEntry> _archive = new Dictionary<string, StateEntry>();

    public override async Task<IReadOnlyDictionary<string, StateEntry>> GetManyAsync(IReadOnlyCollection<string> keys, int maxBytes, CancellationToken cancellationToken)
    {
        if (!AreDocuments(keys)) return keys.ToDictionary(key => key, key => _archive[key]);
        _archive = await base.GetManyAsync(Archive, maxBytes, cancellationToken);
        return await base.GetManyAsync(keys, maxBytes, cancellationToken);
    }
}

/// <summary>Says that the archive is written, and writes it after the next save.</summary>
internal sealed class ArchiveLast(IStateStore store) : PassingStore(store)
{
    private readonly List<StateSave> _unwritten = [];

    public override async Task<bool> SaveManyAsync(IReadOnlyCollection<StateSave> saves, CancellationToken cancellationToken)
    {
        if (!AreDocuments(saves.Select(save => save.Key)))
        {
            _unwritten.AddRange(saves);
            return true;
        }

        var saved = await base.SaveManyAsync(saves, cancellationToken);
        if (_unwritten.Count > 0) await base.SaveManyAsync(_unwritten, cancellationToken);
        return saved;
    }
}

/// <summary>Overwrites whatever is there.</summary>
internal sealed class NoETag(IStateStore store) : PassingStore(store)
{
    public override Task<bool> SaveManyAsync(IReadOnlyCollection<StateSave> saves, CancellationToken cancellationToken) =>
        base.SaveManyAsync([.. saves.Select(save => save with { Condition = SaveCondition.None, ETag = null })], cancellationToken);
}

/// <summary>Takes a bulk save that failed for one that was applied.</summary>
internal sealed class TrustedSave(IStateStore store) : PassingStore(store)
{
    public override async Task<bool> SaveManyAsync(IReadOnlyCollection<StateSave> saves, CancellationToken cancellationToken) =>
        await base.SaveManyAsync(saves, cancellationToken) || AreDocuments(saves.Select(save => save.Key));
}
