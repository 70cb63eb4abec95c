using System.Diagnostics;
using OrderApp.Domain;
using OrderApp.Storage;
using OrderApp.Workflows;

namespace OrderApp.Orders;

/// <summary>What became of a request to place an order.</summary>
internal abstract record Placement
{
    private Placement() { }

    /// <summary>This request placed the order.</summary>
    public sealed record Created(Order Order) : Placement;

    /// <summary>An earlier request with the same key and the same content placed it.</summary>
    public sealed record Replayed(Order Order) : Placement;

    /// <summary>The key belongs to another request.</summary>
    public sealed record KeyReused : Placement;
}

/// <summary>
/// Places an order in three steps that a retry resumes wherever they stopped: claim the key, store the order and enter it
/// in the lists, schedule its workflow. The order document decides whether a workflow may be scheduled, never the
/// workflow (design rule 6).
/// </summary>
internal sealed class OrderPlacement(Claims claims, OrderStore orders, UserOrders userOrders, OpenOrderStore open, OrderWorkflows workflows, TimeProvider time)
{
    /// <summary>Places the order or finds the one that the key stands for.</summary>
    /// <exception cref="OrderInventory.ServiceDefaults.DependencyUnavailableException">Unknown; the same request later gives the right answer.</exception>
    public async Task<Placement> PlaceAsync(PlacedOrder placed, string key, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var mine = new Claim(Guid.CreateVersion7(now), Fingerprint.Of(placed), now);
        var claim = await claims.ClaimAsync(placed.UserId, key, mine, cancellationToken);
        if (claim.Fingerprint != mine.Fingerprint) return new Placement.KeyReused();

        var isMine = claim.OrderId == mine.OrderId;
        // A replay reads first: its order is nearly always there, and decided.
        var order = isMine ? null : await orders.FindAsync(claim.OrderId.ToString(), cancellationToken);
        if (order is null || order.Status == OrderStatus.Pending)
        {
            order = await StoreAsync(order ?? Order.Place(claim.OrderId, placed, key, claim.CreatedAt) with { TraceParent = Activity.Current?.Id }, cancellationToken);
            await workflows.ScheduleAsync(order, cancellationToken);
        }

        return isMine ? new Placement.Created(order) : new Placement.Replayed(order);
    }

    /// <summary>Side by side, because the lists show only orders that are stored, and an order is accepted only when all are done.</summary>
    private async Task<Order> StoreAsync(Order order, CancellationToken cancellationToken)
    {
        var stored = orders.CreateAsync(order, cancellationToken);
        await Task.WhenAll(stored, userOrders.AddAsync(order.UserId, order.Id), open.AddAsync(order.Id));
        return await stored;
    }
}
