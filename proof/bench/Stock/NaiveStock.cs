using Dapr.Client;
using Grpc.Net.Client;

namespace OrderInventory.Bench.Stock;

/// <summary>
/// What is usually written instead of the stock protocol: read, check, save under the ETag, and after a lost race again,
/// 0 to 20 ms later. It keeps no record of what it did and so cannot tell a repeated order from a new one.
/// </summary>
internal sealed class NaiveStock(string sidecar, TimeProvider time) : IDisposable
{
    private const string Store = "statestore";
    private const string Key = "naive";
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(20);
    private static readonly StateOptions FirstWrite = new() { Concurrency = ConcurrencyMode.FirstWrite };

    private readonly DaprClient _dapr = new DaprClientBuilder()
        .UseGrpcEndpoint(sidecar)
        .UseGrpcChannelOptions(new GrpcChannelOptions { HttpHandler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true }, DisposeHttpClient = true })
        .Build();

    /// <summary>Sets the document.</summary>
    public Task CreateAsync(long total) => _dapr.SaveStateAsync(Store, Key, new Document(total, total, 0));

    /// <summary>Takes one unit; false when there is none.</summary>
    public async Task<bool> BuyAsync()
    {
        while (true)
        {
            var (document, etag) = await _dapr.GetStateAndETagAsync<Document>(Store, Key);
            if (document.Available < 1) return false;
            var next = document with { Available = document.Available - 1, Reserved = document.Reserved + 1 };
            if (await _dapr.TrySaveStateAsync(Store, Key, next, etag, FirstWrite)) return true;
            await Task.Delay(Random.Shared.NextDouble() * LongestPause, time);
        }
    }

    /// <summary>What is wrong with the document when so many units were sold; null when nothing is.</summary>
    public async Task<string?> AuditAsync(long given, long succeeded)
    {
        var document = await _dapr.GetStateAsync<Document>(Store, Key);
        return document == new Document(given, given - succeeded, succeeded) ? null : $"read-check-save-retry: {succeeded} of {given} units were sold, the document says {document}";
    }

    public void Dispose() => _dapr.Dispose();

    private sealed record Document(long Total, long Available, long Reserved);
}
