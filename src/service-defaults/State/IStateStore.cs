namespace OrderInventory.ServiceDefaults.State;

/// <summary>
/// What is stored under a key. A key that could not be read is not one without a value (design rule 8): whoever looks at it
/// without asking <see cref="IsUnreadable"/> first gets a <see cref="DependencyUnavailableException"/>.
/// </summary>
public readonly record struct StateEntry
{
    private readonly ReadOnlyMemory<byte>? _value;
    private readonly string? _etag;
    private readonly Exception? _failure;

    /// <summary>A value and its version; both null when the key does not exist.</summary>
    public StateEntry(ReadOnlyMemory<byte>? value, string? etag) => (_value, _etag) = (value, etag);

    private StateEntry(Exception failure) => _failure = failure;

    /// <summary>True when nothing is known about the key.</summary>
    public bool IsUnreadable => _failure is not null;

    /// <summary>The bytes as saved; null when the key does not exist.</summary>
    /// <exception cref="DependencyUnavailableException">The key could not be read.</exception>
    public ReadOnlyMemory<byte>? Value => _failure is null ? _value : throw Unknown();

    /// <summary>Opaque version of the value; null when the key does not exist.</summary>
    /// <exception cref="DependencyUnavailableException">The key could not be read.</exception>
    public string? ETag => _failure is null ? _etag : throw Unknown();

    /// <summary>A key that could not be read, because of <paramref name="failure"/>.</summary>
    public static StateEntry Unreadable(Exception failure) => new(failure);

    /// <summary>For people.</summary>
    public override string ToString() => IsUnreadable ? "unreadable" : $"{_value?.Length.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "no"} bytes, ETag {_etag}";

    private DependencyUnavailableException Unknown() => new("The state store could not be read.", _failure!);
}

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

    /// <summary>
    /// Reads many keys. The result has every key that was asked for, also those that could not be read. One answer of the
    /// sidecar stays below its 4 MiB: <paramref name="maxBytes"/> is what one value can weigh at most.
    /// </summary>
    Task<IReadOnlyDictionary<string, StateEntry>> GetManyAsync(IReadOnlyCollection<string> keys, int maxBytes, CancellationToken cancellationToken);

    /// <summary>Saves one value. True: it is stored. False: unknown, read again; a lost race and an outage look alike here.</summary>
    Task<bool> SaveAsync(StateSave save, CancellationToken cancellationToken);

    /// <summary>Saves many values, each on its own. True: all are stored. False: some may be, some may not.</summary>
    Task<bool> SaveManyAsync(IReadOnlyCollection<StateSave> saves, CancellationToken cancellationToken);

    /// <summary>Deletes a value that still carries <paramref name="etag"/>. True: it is gone. False: unknown, read again.</summary>
    Task<bool> DeleteAsync(string key, string etag, CancellationToken cancellationToken);
}
