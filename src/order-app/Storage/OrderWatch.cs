using System.Collections.Concurrent;
using OrderApp.Domain;
using OrderInventory.ServiceDefaults;

namespace OrderApp.Storage;

/// <summary>
/// Lets a request wait for what becomes of an order: told at once when this process writes the document, otherwise by
/// looking again now and then. Never a decision: the document decides.
/// </summary>
internal sealed class OrderWatch(OrderStore orders, TimeProvider time)
{
    private const int MaxWaiting = 256;
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<string, TaskCompletionSource<Order>> _changes = new();
    private int _waiting;

    /// <summary>This process wrote the order.</summary>
    public void Changed(Order order)
    {
        if (_changes.TryRemove(order.Id, out var change)) change.TrySetResult(order);
    }

    /// <summary>
    /// The order as soon as <paramref name="done"/> holds, or as it stands after <paramref name="limit"/>. With too many
    /// requests waiting, or a store that cannot be read, it is the order as it was last seen.
    /// </summary>
    public async Task<Order> UntilAsync(Order order, Func<Order, bool> done, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (done(order) || limit <= TimeSpan.Zero) return order;
        var until = time.GetUtcNow() + limit;
        try
        {
            if (Interlocked.Increment(ref _waiting) > MaxWaiting) return order;
            while (true)
            {
                var change = _changes.GetOrAdd(order.Id, _ => new TaskCompletionSource<Order>(TaskCreationOptions.RunContinuationsAsynchronously));
                order = await orders.FindAsync(order.Id, cancellationToken) ?? order;
                var left = until - time.GetUtcNow();
                if (done(order) || left <= TimeSpan.Zero) return order;
                using var lookAgain = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                await Task.WhenAny(change.Task, Task.Delay(left < LookAgain ? left : LookAgain, time, lookAgain.Token));
                await lookAgain.CancelAsync();
                cancellationToken.ThrowIfCancellationRequested();
                if (change.Task.IsCompletedSuccessfully && done(order = await change.Task)) return order;
            }
        }
        catch (DependencyUnavailableException)
        {
            return order;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
            // Another request that waits for the same order looks again by itself.
            _changes.TryRemove(order.Id, out _);
        }
    }
}
