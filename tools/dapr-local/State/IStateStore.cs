namespace DaprLocal.State;

/// <summary>A live value with its version.</summary>
internal sealed record StateRecord(ReadOnlyMemory<byte> Value, string ETag, DateTimeOffset? ExpiresAt);

/// <summary>
/// One write of one key. <see cref="IsBinary"/> tells bytes that were given as such from text that is JSON; stores keep
/// them apart. An empty etag is none.
/// </summary>
internal sealed record StateOperation(bool IsDelete, string Key)
{
    /// <summary>The value of an upsert.</summary>
    public ReadOnlyMemory<byte> Value { get; init; }

    /// <summary>True when <see cref="Value"/> is bytes, false when it is JSON text.</summary>
    public bool IsBinary { get; init; }

    /// <summary>The version that must be there; null or empty means any.</summary>
    public string? ETag { get; init; }

    /// <summary><c>first-write</c>, <c>last-write</c> or null.</summary>
    public string? Concurrency { get; init; }

    /// <summary><c>strong</c>, <c>eventual</c> or null; checked, otherwise ignored.</summary>
    public string? Consistency { get; init; }

    /// <summary>Seconds to live as the caller wrote them.</summary>
    public string? Ttl { get; init; }

    /// <summary>True when an etag must match.</summary>
    public bool HasETag => !string.IsNullOrEmpty(ETag);

    /// <summary>True when the key must not be there.</summary>
    public bool IsFirstWrite => Concurrency == "first-write";
}

/// <summary>A store's refusal; the message reaches the caller.</summary>
internal class StateStoreException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>A version that is not the current one.</summary>
internal sealed class ETagMismatchException(string? detail = null)
    : StateStoreException("possible etag mismatch. error from state store" + (detail is null ? "" : ": " + detail));

/// <summary>A version that cannot be one of this store's.</summary>
internal sealed class InvalidETagException(string detail) : StateStoreException("invalid etag value: " + detail);

/// <summary>What reading one of several keys gave: a value, nothing, or <paramref name="Error"/>.</summary>
internal sealed record StateEntry(string Key, StateRecord? Record, string? Error = null);

/// <summary>A component that keeps values under keys; keys come with their prefix.</summary>
internal interface IStateStore : IAsyncDisposable
{
    /// <summary>What <c>GET /v1.0/metadata</c> shows.</summary>
    IReadOnlyList<string> Capabilities { get; }

    /// <summary>The live value of a key, or null.</summary>
    ValueTask<StateRecord?> GetAsync(string key, CancellationToken ct);

    /// <summary>The live values of several keys; the order is the store's own, and a found key may stand once only.</summary>
    ValueTask<IReadOnlyList<StateEntry>> GetAsync(IReadOnlyList<string> keys, CancellationToken ct);

    /// <summary>Applies one operation; ends when it is durable.</summary>
    Task ApplyAsync(StateOperation operation, CancellationToken ct);
}
