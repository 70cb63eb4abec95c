using DaprLocal.Costs;
using DaprLocal.State;
using Grpc.Core;

namespace DaprLocal.Api;

/// <summary>The state building block of one app, for both APIs: finds the store, prefixes keys, words the errors.</summary>
internal sealed class StateApi(IReadOnlyDictionary<string, StateComponent> stores)
{
    /// <summary>The store of that name.</summary>
    /// <exception cref="ApiException">There is none.</exception>
    public StateComponent Store(string name) =>
        stores.GetValueOrDefault(name) ?? throw new ApiException(stores.Count == 0 ? ApiErrors.NoStateStores(name) : ApiErrors.StateStoreNotFound(name));

    /// <summary>The stored form of an app's key.</summary>
    /// <exception cref="ApiException">The key holds the separator.</exception>
    public static string Key(StateComponent store, string key) =>
        key.Contains(StateComponent.Separator, StringComparison.Ordinal) ? throw new ApiException(ApiErrors.IllegalKey(key)) : store.Prefix + key;

    /// <summary>Reads one key; null when it is not there.</summary>
    public static async ValueTask<StateRecord?> GetAsync(StateComponent store, string key, CancellationToken ct)
    {
        var stored = Key(store, key);
        try
        {
            await store.Costs.ChargeAsync(Operation.Get, 1, ct);
            return await store.Store.GetAsync(stored, ct);
        }
        catch (Exception error) when (error is not RpcException)
        {
            throw new ApiException(ApiErrors.State("ERR_STATE_GET", $"fail to get {key} from state store {store.Name}: {error.Message}"));
        }
    }

    /// <summary>Reads several keys; the order is the store's.</summary>
    public static async ValueTask<IReadOnlyList<StateEntry>> GetManyAsync(StateComponent store, IReadOnlyList<string> keys, CancellationToken ct)
    {
        if (keys.Count == 0) return [];
        string[] stored = [.. keys.Select(key => Key(store, key))];
        try
        {
            await store.Costs.ChargeAsync(Operation.Get, stored.Length, ct);
            return await store.Store.GetAsync(stored, ct);
        }
        catch (Exception error)
        {
            throw new ApiException(ApiErrors.BulkGet(error.Message, isLate: error.InnerException is OperationCanceledException));
        }
    }

    /// <summary>Saves one or several values; several are neither atomic nor in order. Keys are stored ones.</summary>
    public static Task SaveAsync(StateComponent store, IReadOnlyList<StateOperation> operations, CancellationToken ct) =>
        ApplyAsync(store, operations, "ERR_STATE_SAVE", $"failed saving state in state store {store.Name}", ct);

    /// <summary>Deletes one value; <paramref name="operation"/> holds the stored key.</summary>
    public static Task DeleteAsync(StateComponent store, StateOperation operation, CancellationToken ct) =>
        ApplyAsync(store, [operation], "ERR_STATE_DELETE", $"failed deleting state with key {store.Unprefixed(operation.Key)}", ct);

    /// <summary>Deletes several values, neither atomically nor in order.</summary>
    public static Task DeleteManyAsync(StateComponent store, IReadOnlyList<StateOperation> operations, CancellationToken ct) =>
        ApplyAsync(store, operations, "ERR_STATE_BULK_DELETE", $"failed deleting state in state store {store.Name}", ct);

    private static async Task ApplyAsync(StateComponent store, IReadOnlyList<StateOperation> operations, string code, string what, CancellationToken ct)
    {
        await store.Costs.ChargeAsync(Operation.Save, operations.Count, ct);
        Task[] pending = [.. operations.Select(operation => store.Store.ApplyAsync(operation, ct))];
        List<Exception>? errors = null;
        foreach (var task in pending)
        {
            try
            {
                await task;
            }
            catch (Exception error)
            {
                (errors ??= []).Add(error);
            }
        }

        if (errors is null) return;
        // The caller repeats a conflict after reading again; what else failed with it, it meets then.
        var cause = (errors.TrueForAll(IsOfETag) ? errors.Find(error => error is InvalidETagException) : null) ?? errors.Find(IsOfETag);
        throw new ApiException(ApiErrors.State(code, $"{what}: {string.Join('\n', errors.Select(error => error.Message))}", cause));
    }

    private static bool IsOfETag(Exception error) => error is ETagMismatchException or InvalidETagException;
}
