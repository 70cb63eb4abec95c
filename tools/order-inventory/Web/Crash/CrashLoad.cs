using System.Collections.Concurrent;
using System.Globalization;
using OrderInventory.Cli;

namespace OrderInventory.Web.Crash;

/// <summary>
/// A small load as shops make it: each order has a key, and is asked for again with the same key until there is an answer. It follows
/// every accepted order until it is decided.
/// </summary>
internal sealed class CrashLoad(SystemClient system, TimeProvider time)
{
    /// <summary>What it orders.</summary>
    public const string Product = "CRASH-DEMO";

    /// <summary>Who orders.</summary>
    public const string User = "crash-demo";

    private const int Stock = 1_000_000;
    private const int MaxOpen = 1_000;
    private const int RepeatEvery = 5;
    private const int FollowedAtOnce = 50;
    private static readonly TimeSpan BetweenOrders = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> _undecided = new();
    private CancellationTokenSource? _running;
    private long _sent;
    private long _asking;
    private long _accepted;
    private long _decided;
    private long _repeated;
    private long _different;
    private long _lost;

    /// <summary>What became of the orders so far.</summary>
    public LoadCounts Counts
    {
        get
        {
            var oldest = _undecided.IsEmpty ? (DateTimeOffset?)null : _undecided.Values.DefaultIfEmpty(time.GetUtcNow()).Min();
            lock (_lock)
                return new LoadCounts(_running is not null, Read(ref _sent), Read(ref _accepted), Read(ref _decided), oldest is { } since ? (long)(time.GetUtcNow() - since).TotalSeconds : null, Read(ref _repeated), Read(ref _different), Read(ref _lost));
        }
    }

    /// <summary>Begins to place orders, unless it does already. <paramref name="ending"/>: the console ends.</summary>
    public void Start(CancellationToken ending)
    {
        CancellationTokenSource running;
        lock (_lock)
        {
            if (_running is not null) return;
            _running = running = CancellationTokenSource.CreateLinkedTokenSource(ending);
        }

        _ = Task.Run(() => PlaceAsync(running.Token, ending), CancellationToken.None);
        _ = Task.Run(() => FollowAsync(running.Token, ending), CancellationToken.None);
    }

    /// <summary>Places no more; those that are accepted are followed to their end.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _running?.Cancel();
            _running = null;
        }
    }

    private async Task PlaceAsync(CancellationToken stop, CancellationToken ending)
    {
        // Names the orders of this start, so that none of an earlier one is met.
        var run = time.GetUtcNow().ToUnixTimeMilliseconds().ToString("x", CultureInfo.InvariantCulture);
        try
        {
            await UntilAnsweredAsync(() => Put($"/api/inventory/{Product}", new { total = Stock }, "crash-demo"), system.Inventory, stop);
            using var timer = new PeriodicTimer(BetweenOrders, time);
            for (var i = 0; await timer.WaitForNextTickAsync(stop); i++)
            {
                if (Read(ref _asking) + _undecided.Count >= MaxOpen) continue;
                Interlocked.Increment(ref _sent);
                Interlocked.Increment(ref _asking);
                _ = OrderAsync($"{run}-{i.ToString(CultureInfo.InvariantCulture)}", isTwice: i % RepeatEvery == 0, ending);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private async Task OrderAsync(string key, bool isTwice, CancellationToken ending)
    {
        try
        {
            var id = await AskAsync(key, ending);
            Interlocked.Increment(ref _accepted);
            _undecided[id] = time.GetUtcNow();
            if (!isTwice) return;
            Interlocked.Increment(ref _repeated);
            if (await AskAsync(key, ending) != id) Interlocked.Increment(ref _different);
        }
        catch (OperationCanceledException)
        {
            // The console ends.
        }
        finally
        {
            Interlocked.Decrement(ref _asking);
        }
    }

    private async Task<string> AskAsync(string key, CancellationToken ending) => (await UntilAnsweredAsync(
        () => Post("/api/orders", new { userId = User, productId = Product, quantity = 1, amount = 1 }, key), system.Orders, ending)).Body.GetProperty("data").GetProperty("id").GetString()!;

    private async Task<AppAnswer> UntilAnsweredAsync(Func<HttpRequestMessage> request, AppClient app, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                using var message = request();
                var answer = await app.SendAsync(message, cancellationToken);
                if (answer.IsSuccess) return answer;
            }
            catch (Exception error) when (error is NotAnsweredException or UnauthorizedAccessException)
            {
                // Nobody knows whether it was carried out: the same key makes asking again harmless.
            }

            Interlocked.Increment(ref _repeated);
            await Task.Delay(BetweenLooks, time, cancellationToken);
        }
    }

    private async Task FollowAsync(CancellationToken stop, CancellationToken ending)
    {
        try
        {
            while (!stop.IsCancellationRequested || !_undecided.IsEmpty || Read(ref _asking) > 0)
            {
                await Task.WhenAll(_undecided.ToArray().OrderBy(order => order.Value).Take(FollowedAtOnce).Select(order => LookAsync(order.Key, ending)));
                await Task.Delay(BetweenLooks, time, ending);
            }
        }
        catch (OperationCanceledException)
        {
            // The console ends.
        }
    }

    private async Task LookAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            var order = await system.Orders.DataAsync("/api/orders/" + id, cancellationToken);
            if (order is { } found && found.GetProperty("status").GetString() == "PENDING") return;
            if (!_undecided.TryRemove(id, out _)) return;
            if (order is null) Interlocked.Increment(ref _lost);
            else Interlocked.Increment(ref _decided);
        }
        catch (Exception error) when (error is NotAnsweredException or UnauthorizedAccessException)
        {
            // It is looked at again.
        }
    }

    private static HttpRequestMessage Put(string path, object body, string key) => Message(HttpMethod.Put, path, body, key);

    private static HttpRequestMessage Post(string path, object body, string key) => Message(HttpMethod.Post, path, body, key);

    private static HttpRequestMessage Message(HttpMethod method, string path, object body, string key)
    {
        var message = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        message.Headers.Add("Idempotency-Key", key);
        return message;
    }

    private static long Read(ref long count) => Interlocked.Read(ref count);
}
