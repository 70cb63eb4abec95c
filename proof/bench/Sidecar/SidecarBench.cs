using System.Globalization;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using OrderInventory.Bench.Load;

namespace OrderInventory.Bench.Sidecar;

/// <summary>The measurement: each operation on each component at each number of callers, one after the other.</summary>
internal sealed class SidecarBench(SidecarSystem system, int[] callerCounts, TimeSpan measured, TextWriter progress, TimeProvider time)
{
    /// <summary>Keys in each store, and so the most callers that have one each.</summary>
    public const int Keys = 1_000;

    private const string GetAndSave = "get, then save with its ETag";
    private const double MemoryCallsWanted = 40_000;

    // A part of each row in which what is compiled or connected anew does not count.
    private const double WarmUpShare = 0.25;
    private static readonly TimeSpan DeliveryLimit = TimeSpan.FromSeconds(60);
    private static readonly ByteString Value = ByteString.CopyFromUtf8("""{"productId":"p","total":100,"available":90,"reserved":10}""");
    private long _operations;

    public async Task<SidecarReport> RunAsync(CancellationToken cancellationToken)
    {
        var rows = new List<SidecarRow>();
        foreach (var store in SidecarComponents.Stores)
        {
            foreach (var key in Enumerable.Range(0, Keys)) await SaveAsync(store, Key(key), etag: null);
            await MeasureAsync(rows, "get", store, _ => () => GetAsync(store), cancellationToken);
            await MeasureAsync(rows, GetAndSave, store, caller => () => SaveWithETagAsync(store, caller), cancellationToken);
        }

        foreach (var broker in SidecarComponents.Brokers)
        {
            await PublishAsync(broker); // The subscription of a broker may begin later than the sidecar answers.
            await MeasureAsync(rows, "publish to delivered", broker, _ => () => PublishAsync(broker), cancellationToken);
        }

        await MeasureAsync(rows, "invoke over HTTP", "", _ => InvokeAsync, cancellationToken);
        return new SidecarReport { Cores = Environment.ProcessorCount, Seconds = measured.TotalSeconds, Rows = rows, Targets = Targets(rows), NotMeasured = SidecarComponents.Missing };
    }

    private async Task MeasureAsync(List<SidecarRow> rows, string operation, string component, Func<int, Func<Task<bool>>> ofCaller, CancellationToken cancellationToken)
    {
        foreach (var callers in callerCounts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{operation} {component}, {callers} callers"));
            var measure = new Measure();
            await ClosedLoop.RunAsync(callers, WarmUpShare * measured, measured, ofCaller, measure, time, cancellationToken);
            rows.Add(new SidecarRow(operation, component, callers, Math.Round(measure.PerSecond, 1), measure.Milliseconds(50), measure.Milliseconds(99), measure.Done - measure.Succeeded));
        }
    }

    // Where no store and no disk is in the way, what is left is the sidecar's own cost.
    private static IReadOnlyList<Target> Targets(List<SidecarRow> rows) =>
        [.. rows.Where(row => row is { Component: SidecarComponents.InMemoryState, Callers: >= 64, Operation: GetAndSave })
            .Select(row => Target.AtLeast($"state calls/s over gRPC on {row.Component}, {row.Callers} callers", 2 * row.PerSecond, MemoryCallsWanted))];

    private async Task<bool> GetAsync(string store)
    {
        var number = (int)(Interlocked.Increment(ref _operations) % Keys);
        return (await system.Client.GetStateAsync(new GetStateRequest { StoreName = store, Key = Key(number) })).Data.Length == Value.Length;
    }

    // Each caller has a key of its own: what races cost is measured by bench stock.
    private async Task<bool> SaveWithETagAsync(string store, int caller)
    {
        var answer = await system.Client.GetStateAsync(new GetStateRequest { StoreName = store, Key = Key(caller) });
        await SaveAsync(store, Key(caller), answer.Etag);
        return true;
    }

    private async Task SaveAsync(string store, string key, string? etag)
    {
        var item = new StateItem { Key = key, Value = Value, Options = new StateOptions { Concurrency = StateOptions.Types.StateConcurrency.ConcurrencyFirstWrite } };
        if (etag is not null) item.Etag = new Etag { Value = etag };
        await system.Client.SaveStateAsync(new SaveStateRequest { StoreName = store, States = { item } });
    }

    private async Task<bool> PublishAsync(string broker)
    {
        var id = Interlocked.Increment(ref _operations).ToString(CultureInfo.InvariantCulture);
        var delivered = system.DeliveredAsync(id);
        var request = new PublishEventRequest { PubsubName = broker, Topic = SidecarSystem.Topic, Data = Value, DataContentType = "application/json" };
        request.Metadata.Add("cloudevent.id", id);
        request.Metadata.Add("partitionKey", id);
        await system.Client.PublishEventAsync(request);
        await delivered.WaitAsync(DeliveryLimit, time);
        return true;
    }

    private async Task<bool> InvokeAsync()
    {
        using var body = new ByteArrayContent(Value.ToByteArray());
        using var answer = await system.Http.PostAsync($"invoke/{system.AppId}/method/echo", body);
        return answer.IsSuccessStatusCode && (await answer.Content.ReadAsByteArrayAsync()).Length == Value.Length;
    }

    private static string Key(int number) => "key-" + number.ToString(CultureInfo.InvariantCulture);
}
