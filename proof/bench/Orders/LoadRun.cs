using System.Collections.Concurrent;
using OrderInventory.Judging;

namespace OrderInventory.Bench.Orders;

/// <summary>
/// Sends the arrivals when they are due, whatever became of the earlier ones, and remembers what the clients were told. A
/// latency counts from the due time, so that a slow system cannot hide by slowing the load down.
/// </summary>
internal sealed class LoadRun(LoadOptions options, LoadClient client, LoadFigures figures, TimeProvider time)
{
    private const int MaxRecent = 10_000;
    private const int MaxParallelPuts = 16;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan WatchLimit = TimeSpan.FromMinutes(2);

    private readonly Lock _lock = new();
    private readonly Accepted[] _recent = new Accepted[MaxRecent];
    private long _accepted;
    private long _began;

    /// <summary>Every order that a client was told of; as many as were sent.</summary>
    public ConcurrentQueue<ToldOrder> Told { get; } = new();

    /// <summary>What the answers alone say is wrong; at most one for each key.</summary>
    public ConcurrentQueue<Finding> Findings { get; } = new();

    /// <summary>How long the load has run.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(_began);

    /// <summary>Creates the products.</summary>
    public Task PrepareAsync(CancellationToken cancellationToken) => Parallel.ForEachAsync(
        Enumerable.Range(0, options.Products), new ParallelOptions { MaxDegreeOfParallelism = MaxParallelPuts, CancellationToken = cancellationToken }, async (product, _) => await client.CreateAsync(product, options.Stock));

    /// <summary>Runs the load, until its time is over or it is <paramref name="enough"/>; returns when the last request has ended.</summary>
    public async Task RunAsync(CancellationToken enough, CancellationToken cancellationToken)
    {
        using var places = new SemaphoreSlim(options.InFlight);
        _began = time.GetTimestamp();
        var number = 0;
        try
        {
            foreach (var arrival in Arrivals.Of(options).TakeWhile(_ => !enough.IsCancellationRequested))
            {
                while (Elapsed < arrival.Due) await Task.Delay(Tick, time, cancellationToken);
                var own = number++;
                if (places.Wait(0, CancellationToken.None)) _ = Task.Run(() => SendAsync(own, arrival, places), CancellationToken.None);
                else figures.Miss();
            }
        }
        finally
        {
            // Each of them gives up at some time.
            for (var i = 0; i < options.InFlight; i++) await places.WaitAsync(CancellationToken.None);
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task SendAsync(int number, Arrival arrival, SemaphoreSlim places)
    {
        try
        {
            var recent = arrival.Kind is LoadKind.Place or LoadKind.Restock ? null : Recent(arrival.Recent);
            // At the very start there is nothing to repeat, pay or cancel yet.
            var sent = recent is null && arrival.Kind != LoadKind.Restock ? arrival with { Kind = LoadKind.Place } : arrival;
            var (outcome, told) = sent.Kind switch
            {
                LoadKind.Duplicate => await client.PlaceAgainAsync(recent!, isOther: false),
                LoadKind.ReusedKey => await client.PlaceAgainAsync(recent!, isOther: true),
                LoadKind.Cancel => (await client.CommandAsync(recent!.OrderId, "cancel"), null),
                LoadKind.Pay => (await client.CommandAsync(recent!.OrderId, "pay"), null),
                LoadKind.Restock => (await client.RestockAsync(number, sent), null),
                _ => await client.PlaceAsync(number, sent),
            };
            figures.End(sent, outcome, Elapsed - arrival.Due);
            if (told is null) return;
            Told.Enqueue(told);
            if (sent.Kind == LoadKind.ReusedKey) Findings.Enqueue(new Finding("I3", [told.UserId, told.Key, told.OrderId], $"{told.Key} of {told.UserId} was used with another content and answered with {outcome}", told.Key));
            if (sent.Kind == LoadKind.Place) Remember(new Accepted(told.UserId, told.Key, sent.Product, sent.Quantity, told.OrderId));
            if (sent.IsWatched) await WatchAsync(told.OrderId, arrival.Due);
        }
        finally
        {
            places.Release();
        }
    }

    private async Task WatchAsync(string orderId, TimeSpan due)
    {
        for (var limit = Elapsed + WatchLimit; Elapsed < limit && !client.IsStopped; await Task.Delay(LookAgain, time))
        {
            if (await client.StatusAsync(orderId) is null or "PENDING") continue;
            figures.Decided.Count(succeeded: true, inTime: true);
            figures.Decided.Record(Elapsed - due);
            return;
        }

        // The auditor says so if it never was.
    }

    private void Remember(Accepted order)
    {
        lock (_lock) _recent[_accepted++ % MaxRecent] = order;
    }

    private Accepted? Recent(double back)
    {
        lock (_lock) return _accepted == 0 ? null : _recent[(_accepted - 1 - (long)(back * Math.Min(_accepted, MaxRecent))) % MaxRecent];
    }
}
