using System.Collections.Concurrent;
using System.Text.Json;

namespace OrderInventory.Bench.Systems;

/// <summary>Reads order-events as any third app would, and tells who waits for an order that it is decided.</summary>
internal sealed class DecidedOrders : IAsyncDisposable
{
    private const string Route = "/decided";

    private readonly ConcurrentDictionary<string, TaskCompletionSource> _orders = new();
    private readonly WebApplication _web;
    private readonly TimeProvider _time;

    private DecidedOrders(WebApplication web, TimeProvider time) => (_web, _time) = (web, time);

    /// <summary>Listens at <paramref name="address"/> for its sidecar.</summary>
    public static async Task<DecidedOrders> StartAsync(Uri address, TimeProvider time)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(address.ToString());
        var app = new DecidedOrders(builder.Build(), time);
        app._web.MapGet("/dapr/subscribe", () => new object[] { new { pubsubname = "pubsub", topic = "order-events", route = Route, bulkSubscribe = new { enabled = true } } });
        app._web.MapPost(Route, app.Receive);
        await app._web.StartAsync();
        return app;
    }

    /// <summary>Waits until the order, which may be decided already, is; false when that takes longer than <paramref name="limit"/>. Each order is waited for once.</summary>
    public async Task<bool> UntilAsync(string orderId, TimeSpan limit, CancellationToken cancellationToken)
    {
        var decided = Of(orderId).Task;
        await decided.WaitAsync(limit, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _orders.TryRemove(orderId, out _);
        return decided.IsCompleted;
    }

    public ValueTask DisposeAsync() => _web.DisposeAsync();

    // An event can be faster than the answer to the POST.
    private TaskCompletionSource Of(string orderId) => _orders.GetOrAdd(orderId, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    private object Receive(JsonElement bulk)
    {
        var entries = bulk.GetProperty("entries").EnumerateArray().ToList();
        foreach (var order in entries.Select(entry => entry.GetProperty("event").GetProperty("data")))
            if (order.GetProperty("status").GetString() is "CONFIRMED" or "CANCELLED") Of(order.GetProperty("orderId").GetString()!).TrySetResult();
        return new { statuses = entries.Select(entry => new { entryId = entry.GetProperty("entryId").GetString(), status = "SUCCESS" }) };
    }
}
