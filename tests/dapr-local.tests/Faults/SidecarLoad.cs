using System.Collections.Concurrent;
using System.Globalization;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Grpc.Core;
using DaprClient = Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient;

namespace DaprLocal.Tests.Faults;

/// <summary>Many saves and publishes of numbers, each tried once, and what became of them.</summary>
internal sealed class SidecarLoad(DaprClient dapr, string topic)
{
    private const int Callers = 16;
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(30);
    private int _acknowledged;

    /// <summary>Numbers that were saved: true when that was acknowledged, false when the call failed.</summary>
    public ConcurrentDictionary<int, bool> Saves { get; } = new();

    /// <summary>Numbers that were published, as <see cref="Saves"/>.</summary>
    public ConcurrentDictionary<int, bool> Publishes { get; } = new();

    /// <summary>The failures.</summary>
    public ConcurrentQueue<RpcException> Errors { get; } = [];

    /// <summary>Saves and publishes the numbers from <paramref name="first"/> on; after a failure a caller waits for <paramref name="recover"/>.</summary>
    public async Task RunAsync(int first, int count, Func<Task> recover, Action<int>? acknowledged = null)
    {
        var next = first - 1;
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(async _ =>
        {
            while (Interlocked.Increment(ref next) is var number && number < first + count)
            {
                var isSaved = Saves[number] = await TryAsync(() => dapr.SaveStateAsync(Save(number), deadline: Deadline));
                var isPublished = Publishes[number] = await TryAsync(() => dapr.PublishEventAsync(Publish(number), deadline: Deadline));
                if (isSaved && isPublished) acknowledged?.Invoke(Interlocked.Increment(ref _acknowledged));
                else await recover();
            }
        }));
    }

    /// <summary>The stored text by number, of those that are stored.</summary>
    public async Task<Dictionary<int, string>> StoredAsync()
    {
        var stored = new Dictionary<int, string>();
        foreach (var numbers in Saves.Keys.Chunk(1000))
        {
            var request = new GetBulkStateRequest { StoreName = SidecarProcess.Store };
            request.Keys.AddRange(numbers.Select(Key));
            foreach (var item in (await dapr.GetBulkStateAsync(request)).Items.Where(item => item.Etag.Length > 0))
                stored.Add(int.Parse(item.Key["save-".Length..], CultureInfo.InvariantCulture), item.Data.ToStringUtf8());
        }

        return stored;
    }

    /// <summary>The value that is saved for a number: large enough to fill a small disk soon.</summary>
    public static string Value(int number) => number.ToString(CultureInfo.InvariantCulture).PadLeft(200, '.');

    private static DateTime Deadline => TimeProvider.System.GetUtcNow().UtcDateTime + CallLimit;

    private static string Key(int number) => $"save-{number}";

    private static SaveStateRequest Save(int number) => new() { StoreName = SidecarProcess.Store, States = { new StateItem { Key = Key(number), Value = ByteString.CopyFromUtf8(Value(number)) } } };

    private PublishEventRequest Publish(int number)
    {
        var request = new PublishEventRequest { PubsubName = SidecarProcess.PubSub, Topic = topic, DataContentType = "application/json", Data = ByteString.CopyFromUtf8($$"""{"n":{{number}}}""") };
        request.Metadata.Add("partitionKey", (number % 50).ToString(CultureInfo.InvariantCulture));
        return request;
    }

    private async Task<bool> TryAsync<T>(Func<AsyncUnaryCall<T>> call)
    {
        try
        {
            await call();
            return true;
        }
        catch (RpcException error)
        {
            Errors.Enqueue(error);
            return false;
        }
    }
}
