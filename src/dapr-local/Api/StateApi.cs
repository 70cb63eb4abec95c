using DaprLocal.State;
using Grpc.Core;

namespace DaprLocal.Api;

/// <summary>The state building block of one app, for both APIs: finds the store, prefixes keys, words the errors.</summary>
internal sealed class StateApi(string appId, IReadOnlyDictionary<string, StateComponent> stores)
{
    /// <summary>The app whose stores these are.</summary>
    public string AppId => appId;

    /// <summary>The store of that name.</summary>
    /// <exception cref="ApiException">There is none.</exception>
    public StateComponent Store(string name, bool namesAppId = true)
    {
        if (stores.TryGetValue(name, out var store)) return store;
        throw new ApiException(stores.Count == 0 ? ApiErrors.NoStateStores(name, appId) : ApiErrors.StateStoreNotFound(name, namesAppId ? appId : null));
    }

    /// <summary>The stored form of an app's key.</summary>
    /// <exception cref="ApiException">The key holds the separator.</exception>
    public static string Key(StateComponent store, string key, bool inTransaction = false) =>
        key.Contains(StateComponent.Separator, StringComparison.Ordinal)
            ? throw new ApiException(ApiErrors.IllegalKey(store.Name, key, inTransaction))
            : store.Prefix + key;

    /// <summary>Reads one key; null when it is not there.</summary>
    public static StateRecord? Get(StateComponent store, string key)
    {
        var stored = Key(store, key);
        try
        {
            return store.Store.Get(stored);
        }
        catch (Exception error) when (error is not RpcException)
        {
            throw new ApiException(ApiErrors.State("ERR_STATE_GET", $"fail to get {key} from state store {store.Name}: {error.Message}", conflict: false));
        }
    }

    /// <summary>Reads several keys; the order is the store's.</summary>
    public static IReadOnlyList<(string Key, StateRecord? Record)> GetMany(StateComponent store, IReadOnlyList<string> keys)
    {
        if (keys.Count == 0) return [];
        return store.Store.Get([.. keys.Select(key => Key(store, key))]);
    }

    /// <summary>Saves one or several values; several are neither atomic nor in order. Keys are stored ones.</summary>
    public static Task SaveAsync(StateComponent store, IReadOnlyList<StateOperation> operations) =>
        ApplyAsync(store, operations, "ERR_STATE_SAVE", $"failed saving state in state store {store.Name}");

    /// <summary>Deletes one value; <paramref name="operation"/> holds the stored key.</summary>
    public static Task DeleteAsync(StateComponent store, StateOperation operation) =>
        ApplyAsync(store, [operation], "ERR_STATE_DELETE", $"failed deleting state with key {store.Unprefixed(operation.Key)}");

    /// <summary>Deletes several values, neither atomically nor in order.</summary>
    public static Task DeleteManyAsync(StateComponent store, IReadOnlyList<StateOperation> operations) =>
        ApplyAsync(store, operations, "ERR_STATE_BULK_DELETE", $"failed deleting state in state store {store.Name}");

    /// <summary>Applies all or nothing.</summary>
    public static async Task TransactAsync(StateComponent store, IReadOnlyList<StateOperation> operations)
    {
        try
        {
            await store.Store.TransactAsync(operations);
        }
        catch (Exception error) when (error is not RpcException)
        {
            throw new ApiException(ApiErrors.Transaction(error.Message));
        }
    }

    private static async Task ApplyAsync(StateComponent store, IReadOnlyList<StateOperation> operations, string code, string what)
    {
        if (operations.Count == 1)
        {
            try
            {
                await store.Store.ApplyAsync(operations[0]);
            }
            catch (Exception error)
            {
                throw new ApiException(ApiErrors.State(code, $"{what}: {error.Message}", error is ETagMismatchException));
            }

            return;
        }

        var pending = new Task[operations.Count];
        for (var i = 0; i < pending.Length; i++) pending[i] = store.Store.ApplyAsync(operations[i]);
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
        var message = string.Join('\n', errors.Select(error => error.Message));
        if (errors.TrueForAll(error => error is ETagMismatchException)) message = new ETagMismatchException(message).Message;
        var conflict = errors.Find(error => error is ETagMismatchException);
        throw new ApiException(ApiErrors.State(code, $"{what}: {message}", conflict is not null) with
        {
            // Of different failures HTTP names the conflict only.
            HttpMessage = conflict is null || errors.TrueForAll(error => error is ETagMismatchException) ? null : $"{what}: {conflict.Message}",
        });
    }
}
