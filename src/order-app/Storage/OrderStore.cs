using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using OrderApp.Domain;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.State;

namespace OrderApp.Storage;

/// <summary>Order documents (<c>order:{orderId}</c>), each written under its ETag.</summary>
internal sealed class OrderStore(IStateStore state, IOptions<OrderOptions> options, TimeProvider time)
{
    private const int MaxAttempts = 8;

    // Fifty lines, a remark and a history of six.
    private const int MaxBytes = 128 * 1024;

    /// <summary>The order; null when there is none.</summary>
    /// <exception cref="DependencyUnavailableException">It cannot be read.</exception>
    public async Task<Order?> FindAsync(string orderId, CancellationToken cancellationToken) =>
        Parse(await state.GetAsync(Key(orderId), cancellationToken));

    /// <summary>The order.</summary>
    /// <exception cref="DependencyUnavailableException">It cannot be read, or there is none where one must be.</exception>
    public async Task<Order> GetAsync(string orderId, CancellationToken cancellationToken) =>
        await FindAsync(orderId, cancellationToken) ?? throw Missing(orderId);

    /// <summary>Finds many orders at once; ids without an order are left out.</summary>
    /// <exception cref="DependencyUnavailableException">Any of them cannot be read.</exception>
    public async Task<IReadOnlyDictionary<string, Order>> FindManyAsync(IReadOnlyCollection<string> orderIds, CancellationToken cancellationToken)
    {
        var entries = await state.GetManyAsync([.. orderIds.Select(Key)], MaxBytes, cancellationToken);
        return entries.Values.Select(Parse).OfType<Order>().ToDictionary(order => order.Id);
    }

    /// <summary>Stores a new order unless it is there already, and returns what is stored.</summary>
    /// <exception cref="DependencyUnavailableException">Unknown; creating it again is safe.</exception>
    public async Task<Order> CreateAsync(Order order, CancellationToken cancellationToken)
    {
        var save = new StateSave(Key(order.Id), Documents.Bytes(order, OrderJson.Default.Order), SaveCondition.Absent);
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await state.SaveAsync(save, cancellationToken)) return order;
            if (await FindAsync(order.Id, cancellationToken) is { } stored) return stored;
        }

        throw new DependencyUnavailableException("An order could not be stored.");
    }

    /// <summary>
    /// Applies <paramref name="command"/> once. Returns the order after it; an order that already left the state in which
    /// the command is allowed is returned as it is.
    /// </summary>
    /// <exception cref="DependencyUnavailableException">Unknown; applying it again is safe.</exception>
    public Task<Order> ApplyAsync(string orderId, OrderCommand command, string? reason, CancellationToken cancellationToken) => ChangeAsync(
        orderId,
        order => order.Apply(command, reason, time.GetUtcNow(), options.Value.AllowedIn(OrderTransitions.Target(command))),
        cancellationToken);

    /// <summary>
    /// Records that <paramref name="command"/> waits for inventory, once. An order that waits for it already, or in which
    /// the command is not allowed any more, is returned as it is.
    /// </summary>
    /// <exception cref="DependencyUnavailableException">Unknown; recording it again is safe.</exception>
    public Task<Order> WaitForAsync(string orderId, OrderCommand command, ImmutableArray<int> lines, string? reason, CancellationToken cancellationToken) => ChangeAsync(
        orderId,
        order => order.Waiting?.Command == command ? null : order.WaitFor(command, lines, reason, time.GetUtcNow()),
        cancellationToken);

    private async Task<Order> ChangeAsync(string orderId, Func<Order, Order?> change, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var entry = await state.GetAsync(Key(orderId), cancellationToken);
            var stored = Parse(entry) ?? throw Missing(orderId);
            if (change(stored) is not { } changed) return stored;
            var save = new StateSave(Key(orderId), Documents.Bytes(changed, OrderJson.Default.Order), SaveCondition.Unchanged, entry.ETag);
            if (await state.SaveAsync(save, cancellationToken)) return changed;
        }

        throw new DependencyUnavailableException("An order could not be stored.");
    }

    private static string Key(string orderId) => StateKey.Of("order", orderId);

    private static DependencyUnavailableException Missing(string orderId) => new($"The document of order {orderId} is missing.");

    private static Order? Parse(StateEntry entry) => Documents.Parse(entry, OrderJson.Default.Order);
}
