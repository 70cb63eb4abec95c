namespace DaprLocal.State;

/// <summary>A store that can be made to answer nobody for a while, as one that is away or overloaded.</summary>
internal sealed class FreezableStore(IStateStore store) : IStateStore
{
    private volatile Task _open = Task.CompletedTask;

    /// <inheritdoc/>
    public IReadOnlyList<string> Capabilities => store.Capabilities;

    /// <summary>Every operation waits until <paramref name="open"/> ends.</summary>
    public void Freeze(Task open) => _open = open;

    /// <inheritdoc/>
    public async ValueTask<StateRecord?> GetAsync(string key, CancellationToken ct)
    {
        await _open.WaitAsync(ct);
        return await store.GetAsync(key, ct);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<StateEntry>> GetAsync(IReadOnlyList<string> keys, CancellationToken ct)
    {
        await _open.WaitAsync(ct);
        return await store.GetAsync(keys, ct);
    }

    /// <inheritdoc/>
    public async Task ApplyAsync(StateOperation operation, CancellationToken ct)
    {
        await _open.WaitAsync(ct);
        await store.ApplyAsync(operation, ct);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => store.DisposeAsync();
}
