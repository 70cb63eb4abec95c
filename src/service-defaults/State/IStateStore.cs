namespace OrderInventory.ServiceDefaults.State;

/// <summary>What is stored under a key.</summary>
/// <param name="Value">The bytes as saved; null when the key does not exist.</param>
/// <param name="ETag">Opaque version of the value; null when the key does not exist.</param>
public readonly record struct StateEntry(ReadOnlyMemory<byte>? Value, string? ETag);

/// <summary>Says under which condition a save may take effect.</summary>
public enum SaveCondition
{
    /// <summary>The key must not exist (Dapr first-write concurrency without ETag).</summary>
    Absent,

    /// <summary>The stored value must still carry the ETag that was read.</summary>
    Unchanged,

    /// <summary>No condition: the content is the same whoever writes it.</summary>
    None,
}

/// <summary>One value to save.</summary>
/// <param name="Key">Built by <see cref="StateKey"/>.</param>
/// <param name="Value">Bytes, stored as they are.</param>
/// <param name="Condition">When the save may take effect.</param>
/// <param name="ETag">The ETag read; needed for <see cref="SaveCondition.Unchanged"/> only.</param>
/// <param name="TimeToLive">When the value may disappear; null keeps it.</param>
public sealed record StateSave(string Key, ReadOnlyMemory<byte> Value, SaveCondition Condition, string? ETag = null, TimeSpan? TimeToLive = null);

/// <summary>
/// State of this app behind its sidecar. The process boundary: a save that is not acknowledged may have been applied,
/// so it is never an error to act on but a reason to read again (design rule 1).
/// </summary>
public interface IStateStore
{
    /// <summary>Reads one key.</summary>
    /// <exception cref="DependencyUnavailableException">The sidecar or its store did not answer in time.</exception>
    Task<StateEntry> GetAsync(string key, CancellationToken cancellationToken);

    /// <summary>Reads many keys; the result has every key that was asked for.</summary>
    /// <exception cref="DependencyUnavailableException">Any of them could not be read: unreadable is not missing.</exception>
    Task<IReadOnlyDictionary<string, StateEntry>> GetManyAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken);

    /// <summary>Saves one value. True: it is stored. False: unknown, read again; a lost race and an outage look alike here.</summary>
    Task<bool> SaveAsync(StateSave save, CancellationToken cancellationToken);

    /// <summary>Saves many values, each on its own. True: all are stored. False: some may be, some may not.</summary>
    Task<bool> SaveManyAsync(IReadOnlyCollection<StateSave> saves, CancellationToken cancellationToken);
}
