using System.Globalization;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace OrderInventory.ServiceDefaults.State;

/// <summary>State over the sidecar's gRPC API, as bytes: over HTTP or as JSON some stores rewrite numbers (design rule 11).</summary>
internal sealed class DaprStateStore(SidecarChannel sidecar, ILogger<DaprStateStore> logger) : IStateStore
{
    /// <summary>Name of the Dapr state component.</summary>
    public const string StoreName = "statestore";

    private const int BulkParallelism = 16;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    public async Task<StateEntry> GetAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            var response = await sidecar.Client.GetStateAsync(new GetStateRequest { StoreName = StoreName, Key = key }, sidecar.Options(Timeout, cancellationToken));
            return Entry(response.Data, response.Etag);
        }
        catch (RpcException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DependencyUnavailableException("The state store could not be read.", error);
        }
    }

    public async Task<IReadOnlyDictionary<string, StateEntry>> GetManyAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        if (keys.Count == 0) return new Dictionary<string, StateEntry>();
        var request = new GetBulkStateRequest { StoreName = StoreName, Parallelism = BulkParallelism };
        request.Keys.AddRange(keys);
        GetBulkStateResponse response;
        try
        {
            response = await sidecar.Client.GetBulkStateAsync(request, sidecar.Options(Timeout, cancellationToken));
        }
        catch (RpcException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DependencyUnavailableException("The state store could not be read.", error);
        }

        var found = new Dictionary<string, StateEntry>(keys.Count);
        foreach (var item in response.Items)
        {
            // A failing store answers OK with an error per key; taking that for "missing" would apply an operation twice.
            if (item.Error.Length > 0) throw new DependencyUnavailableException($"The state store could not read a key: {item.Error}");
            found[item.Key] = Entry(item.Data, item.Etag);
        }

        var absent = keys.FirstOrDefault(key => !found.ContainsKey(key));
        return absent is null ? found : throw new DependencyUnavailableException("The state store left out a key of a bulk get.");
    }

    public Task<bool> SaveAsync(StateSave save, CancellationToken cancellationToken) => SaveManyAsync([save], cancellationToken);

    public async Task<bool> SaveManyAsync(IReadOnlyCollection<StateSave> saves, CancellationToken cancellationToken)
    {
        if (saves.Count == 0) return true;
        var request = new SaveStateRequest { StoreName = StoreName };
        foreach (var save in saves) request.States.Add(Item(save));
        try
        {
            await sidecar.Client.SaveStateAsync(request, sidecar.Options(Timeout, cancellationToken));
            return true;
        }
        catch (RpcException error) when (!cancellationToken.IsCancellationRequested)
        {
            Log.SaveNotAcknowledged(logger, saves.Count, error.StatusCode, error.Status.Detail);
            return false;
        }
    }

    private static StateItem Item(StateSave save)
    {
        var item = new StateItem { Key = save.Key, Value = UnsafeByteOperations.UnsafeWrap(save.Value) };
        if (save.Condition != SaveCondition.None)
            item.Options = new StateOptions { Concurrency = StateOptions.Types.StateConcurrency.ConcurrencyFirstWrite };
        if (save.Condition == SaveCondition.Unchanged)
            item.Etag = new Etag { Value = save.ETag ?? throw new ArgumentException("A conditional save needs the ETag that was read.", nameof(save)) };
        if (save.TimeToLive is { } ttl)
            item.Metadata.Add("ttlInSeconds", ((long)Math.Ceiling(ttl.TotalSeconds)).ToString(CultureInfo.InvariantCulture));
        return item;
    }

    // "Missing" shows in the absent ETag only: an empty value has one.
    private static StateEntry Entry(ByteString data, string etag) => etag.Length == 0 ? default : new StateEntry(data.Memory, etag);
}
