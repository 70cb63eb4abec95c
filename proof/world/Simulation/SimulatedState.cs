using Dapr.Client.Autogen.Grpc.v1;
using DaprLocal.Api;
using DaprLocal.Grpc;
using DaprLocal.State;
using Google.Protobuf;

namespace OrderInventory.Proof.Simulation;

/// <summary>
/// The state store of both apps behind dapr-local's own API, which plays the recordings of the real daprd
/// (tests/dapr-local.tests/golden).
/// </summary>
internal sealed class SimulatedState
{
    private readonly IStateStore _store;
    private readonly string _prefix;
    private readonly Dictionary<string, StateComponent> _components = [];
    private readonly SortedSet<string> _keys = new(StringComparer.Ordinal);

    public SimulatedState(TimeProvider clock) => (_store, _prefix) = StoreProfile.New(clock);

    /// <summary>Called with each value that was stored.</summary>
    public Action<string, ReadOnlyMemory<byte>> Stored { get; set; } = (_, _) => { };

    /// <summary>All stored values of an app whose keys begin with <paramref name="prefix"/>, by key.</summary>
    public async Task<IReadOnlyList<(string Key, ReadOnlyMemory<byte> Value)>> ValuesAsync(string app, string prefix)
    {
        var values = new List<(string, ReadOnlyMemory<byte>)>();
        foreach (var key in Keys(app, prefix))
            if (await _store.GetAsync(Of(app).Prefix + key, CancellationToken.None) is { } record) values.Add((key, record.Value));
        return values;
    }

    /// <summary>The keys of an app that begin with <paramref name="prefix"/>, in their order.</summary>
    public IEnumerable<string> Keys(string app, string prefix) => _keys.Where(key => key.StartsWith(Of(app).Prefix + prefix, StringComparison.Ordinal)).Select(key => Of(app).Unprefixed(key));

    /// <summary>True when something is stored there.</summary>
    public bool Has(string app, string key) => _keys.Contains(Of(app).Prefix + key);

    public async Task<GetStateResponse> GetAsync(string app, GetStateRequest request)
    {
        var record = await StateApi.GetAsync(Of(app), request.Key, CancellationToken.None);
        return record is null ? new GetStateResponse() : new GetStateResponse { Data = ByteString.CopyFrom(record.Value.Span), Etag = record.ETag };
    }

    public async Task<GetBulkStateResponse> GetAsync(string app, GetBulkStateRequest request)
    {
        var response = new GetBulkStateResponse();
        foreach (var (key, record, error) in await StateApi.GetManyAsync(Of(app), request.Keys, CancellationToken.None))
        {
            var item = new BulkStateItem { Key = Of(app).Unprefixed(key), Error = error ?? "" };
            if (record is not null) (item.Data, item.Etag) = (ByteString.CopyFrom(record.Value.Span), record.ETag);
            response.Items.Add(item);
        }

        return response;
    }

    /// <summary>Saves the items, each on its own.</summary>
    /// <exception cref="ApiException">One of them was refused.</exception>
    public async Task SaveAsync(string app, IEnumerable<StateItem> items)
    {
        StateOperation[] operations = [.. items.Select(item => StateMapping.Upsert(item, Of(app)))];
        try
        {
            await StateApi.SaveAsync(Of(app), operations, CancellationToken.None);
        }
        finally
        {
            foreach (var operation in operations)
            {
                if (await _store.GetAsync(operation.Key, CancellationToken.None) is not { } record || !record.Value.Span.SequenceEqual(operation.Value.Span)) continue;
                _keys.Add(operation.Key);
                Stored(operation.Key, record.Value);
            }
        }
    }

    /// <summary>Deletes a value.</summary>
    /// <exception cref="ApiException">It was refused.</exception>
    public async Task DeleteAsync(string app, DeleteStateRequest request)
    {
        var operation = StateMapping.Operation(Of(app), isDelete: true, request.Key, request.Etag, request.Options);
        await StateApi.DeleteAsync(Of(app), operation, CancellationToken.None);
        _keys.Remove(operation.Key);
    }

    /// <summary>Puts values there that were read with <see cref="ValuesAsync"/>.</summary>
    public async Task FillAsync(string app, IEnumerable<(string Key, ReadOnlyMemory<byte> Value)> values)
    {
        foreach (var (key, value) in values)
        {
            var stored = Of(app).Prefix + key;
            _keys.Add(stored);
            await _store.ApplyAsync(new StateOperation(IsDelete: false, stored) { Value = value, IsBinary = true, Concurrency = "first-write" }, CancellationToken.None);
        }
    }

    /// <summary>Another writer stores the same value again: only the ETag changes.</summary>
    public async Task TouchAsync(string app, string key)
    {
        var stored = Of(app).Prefix + key;
        if (await _store.GetAsync(stored, CancellationToken.None) is { } record)
            await _store.ApplyAsync(new StateOperation(IsDelete: false, stored) { Value = record.Value, IsBinary = true, ETag = record.ETag }, CancellationToken.None);
    }

    private StateComponent Of(string app)
    {
        if (!_components.TryGetValue(app, out var component))
            _components[app] = component = new StateComponent("statestore", _store, _prefix + app + StateComponent.Separator);
        return component;
    }
}
