using OrderInventory.ServiceDefaults.State;

namespace InventoryApp.Tests.Exploration;

/// <summary>Passes calls on; the defects below override what they break.</summary>
internal abstract class PassingStore(IStateStore store) : IStateStore
{
    public virtual Task<StateEntry> GetAsync(string key, CancellationToken cancellationToken) => store.GetAsync(key, cancellationToken);

    public virtual Task<IReadOnlyDictionary<string, StateEntry>> GetManyAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) => store.GetManyAsync(keys, cancellationToken);

    public virtual Task<bool> SaveAsync(StateSave save, CancellationToken cancellationToken) => store.SaveAsync(save, cancellationToken);

    public virtual Task<bool> SaveManyAsync(IReadOnlyCollection<StateSave> saves, CancellationToken cancellationToken) => store.SaveManyAsync(saves, cancellationToken);
}

/// <summary>Looks into the archive first: what is archived and trimmed before the document is read looks new.</summary>
internal sealed class ArchiveFirst(IStateStore store) : PassingStore(store)
{
    private static readonly string[] Archive = ["operation:p:o1:1:deduct", "operation:p:o1:1:restore", "operation:p:o2:1:deduct", "operation:p:o2:1:restore"];
    private IReadOnlyDictionary<string, StateEntry> _archive = new Dictionary<string, StateEntry>();

    public override async Task<StateEntry> GetAsync(string key, CancellationToken cancellationToken)
    {
        _archive = await base.GetManyAsync(Archive, cancellationToken);
        return await base.GetAsync(key, cancellationToken);
    }

    public override Task<IReadOnlyDictionary<string, StateEntry>> GetManyAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<string, StateEntry>>(keys.ToDictionary(key => key, key => _archive[key]));
}

/// <summary>Says that the archive is written, and writes it after the next save.</summary>
internal sealed class ArchiveLast(IStateStore store) : PassingStore(store)
{
    private readonly List<StateSave> _unwritten = [];

    public override async Task<bool> SaveAsync(StateSave save, CancellationToken cancellationToken)
    {
        var saved = await base.SaveAsync(save, cancellationToken);
        if (_unwritten.Count > 0) await base.SaveManyAsync(_unwritten, cancellationToken);
        return saved;
    }

    public override Task<bool> SaveManyAsync(IReadOnlyCollection<StateSave> saves, CancellationToken cancellationToken)
    {
        _unwritten.AddRange(saves);
        return Task.FromResult(true);
    }
}

/// <summary>Overwrites whatever is there.</summary>
internal sealed class NoETag(IStateStore store) : PassingStore(store)
{
    public override Task<bool> SaveAsync(StateSave save, CancellationToken cancellationToken) =>
        base.SaveAsync(save with { Condition = SaveCondition.None, ETag = null }, cancellationToken);
}
