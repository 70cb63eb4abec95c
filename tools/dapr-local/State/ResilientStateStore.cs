using DaprLocal.Config;
using DaprLocal.Sidecars;

namespace DaprLocal.State;

/// <summary>
/// A store under the outbound policy of one app's Resiliency resources. As in daprd, a save that meets another version is
/// not tried again, but a delete and a transaction are; and after a time limit the work may still be done behind the answer.
/// </summary>
internal sealed class ResilientStateStore(IStateStore store, ComponentPolicy policy, TimeProvider time) : IStateStore
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Capabilities => store.Capabilities;

    /// <inheritdoc/>
    public string? QueryRefusal => store.QueryRefusal;

    /// <inheritdoc/>
    public bool HidesEmptyValues => store.HidesEmptyValues;

    /// <inheritdoc/>
    public async ValueTask<StateRecord?> GetAsync(string key, CancellationToken ct) => await RunAsync(async limited => await store.GetAsync(key, limited), ct);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<StateEntry>> GetAsync(IReadOnlyList<string> keys, CancellationToken ct) => await RunAsync(async limited => await store.GetAsync(keys, limited), ct);

    /// <inheritdoc/>
    public async Task ApplyAsync(StateOperation operation, CancellationToken ct)
    {
        var lost = await RunAsync(
            async limited =>
            {
                try
                {
                    await store.ApplyAsync(operation, limited);
                    return null;
                }
                catch (ETagMismatchException error) when (!operation.IsDelete)
                {
                    return error;
                }
            },
            ct);
        if (lost is not null) throw lost;
    }

    /// <inheritdoc/>
    public Task TransactAsync(IReadOnlyList<StateOperation> operations, CancellationToken ct) => RunAsync(
        async limited =>
        {
            await store.TransactAsync(operations, limited);
            return true;
        },
        ct);

    /// <summary>Does nothing: the store belongs to all apps.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken ct)
    {
        try
        {
            return await PolicyRunner.RunAsync(policy, call, _ => false, time, ct);
        }
        catch (TimeoutException error)
        {
            throw new StateStoreException(error.Message, error);
        }
    }
}
