using System.Globalization;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using OrderInventory.ServiceDefaults.Health;

namespace OrderInventory.ServiceDefaults.State;

/// <summary>State over the sidecar's gRPC API, as bytes: over HTTP or as JSON some stores rewrite numbers (design rule 9).</summary>
internal sealed class DaprStateStore(SidecarChannel sidecar, Dependencies dependencies, ILogger<DaprStateStore> logger) : IStateStore
{
    /// <summary>Name of the Dapr state component.</summary>
    public const string StoreName = "statestore";

    private const int BulkParallelism = 16;

    // Below the 4 MiB that a sidecar takes and gives in one message, with room for keys and ETags.
    private const int MaxMessageBytes = 3 * 1024 * 1024;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    public async Task<StateEntry> GetAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            var response = await sidecar.CallAsync((client, options) => client.GetStateAsync(new GetStateRequest { StoreName = StoreName, Key = key }, options), Timeout, cancellationToken);
            dependencies.Answered(Dependency.Store);
            return Entry(response.Data, response.Etag);
        }
        catch (RpcException error)
        {
            dependencies.Failed(Dependency.Store, error.Status.Detail);
            throw new DependencyUnavailableException("The state store could not be read.", error);
        }
    }

    public async Task<IReadOnlyDictionary<string, StateEntry>> GetManyAsync(IReadOnlyCollection<string> keys, int maxBytes, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxBytes);
        var found = new Dictionary<string, StateEntry>(keys.Count);
        foreach (var answer in await Task.WhenAll(keys.Distinct().Chunk(Math.Max(1, MaxMessageBytes / maxBytes)).Select(chunk => GetChunkAsync(chunk, cancellationToken))))
            foreach (var (key, entry) in answer) found[key] = entry;
        return found;
    }

    public Task<bool> SaveAsync(StateSave save, CancellationToken cancellationToken) => SaveManyAsync([save], cancellationToken);

    public async Task<bool> SaveManyAsync(IReadOnlyCollection<StateSave> saves, CancellationToken cancellationToken)
    {
        var requests = new List<SaveStateRequest>();
        var bytes = MaxMessageBytes;
        foreach (var save in saves)
        {
            var weight = save.Key.Length + save.Value.Length;
            if ((bytes += weight) > MaxMessageBytes)
            {
                requests.Add(new SaveStateRequest { StoreName = StoreName });
                bytes = weight;
            }

            requests[^1].States.Add(Item(save));
        }

        return (await Task.WhenAll(requests.Select(request => SaveChunkAsync(request, cancellationToken)))).All(saved => saved);
    }

    public async Task<bool> DeleteAsync(string key, string etag, CancellationToken cancellationToken)
    {
        var request = new DeleteStateRequest
        {
            StoreName = StoreName,
            Key = key,
            Etag = new Etag { Value = etag },
            Options = new StateOptions { Concurrency = StateOptions.Types.StateConcurrency.ConcurrencyFirstWrite },
        };
        try
        {
            await sidecar.CallAsync((client, options) => client.DeleteStateAsync(request, options), Timeout, cancellationToken);
            dependencies.Answered(Dependency.Store);
            return true;
        }
        catch (RpcException error)
        {
            return NotAcknowledged(1, error);
        }
    }

    private async Task<IReadOnlyDictionary<string, StateEntry>> GetChunkAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        var request = new GetBulkStateRequest { StoreName = StoreName, Parallelism = BulkParallelism };
        request.Keys.AddRange(keys);
        try
        {
            var response = await sidecar.CallAsync((client, options) => client.GetBulkStateAsync(request, options), Timeout, cancellationToken);
            if (response.Items.FirstOrDefault(item => item.Error.Length > 0) is { } failed) dependencies.Failed(Dependency.Store, failed.Error);
            else dependencies.Answered(Dependency.Store);
            // A failing store answers OK with an error per key; taking that for "missing" would apply an operation twice.
            var found = response.Items.DistinctBy(item => item.Key).ToDictionary(item => item.Key, item => item.Error.Length > 0 ? StateEntry.Unreadable(new InvalidOperationException(item.Error)) : Entry(item.Data, item.Etag));
            return keys.ToDictionary(key => key, key => found.TryGetValue(key, out var entry) ? entry : StateEntry.Unreadable(new InvalidOperationException("The sidecar left out the key.")));
        }
        catch (RpcException error)
        {
            dependencies.Failed(Dependency.Store, error.Status.Detail);
            return keys.ToDictionary(key => key, _ => StateEntry.Unreadable(error));
        }
    }

    private async Task<bool> SaveChunkAsync(SaveStateRequest request, CancellationToken cancellationToken)
    {
        try
        {
            await sidecar.CallAsync((client, options) => client.SaveStateAsync(request, options), Timeout, cancellationToken);
            dependencies.Answered(Dependency.Store);
            return true;
        }
        catch (RpcException error)
        {
            return NotAcknowledged(request.States.Count, error);
        }
    }

    private bool NotAcknowledged(int items, RpcException error)
    {
        // Aborted is a lost race wherever a store tells one from a fault; the read that follows tells the rest.
        if (error.StatusCode == StatusCode.Aborted) dependencies.Answered(Dependency.Store);
        else dependencies.Failed(Dependency.Store, error.Status.Detail);
        Log.SaveNotAcknowledged(logger, items, error.StatusCode, error.Status.Detail);
        return false;
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
