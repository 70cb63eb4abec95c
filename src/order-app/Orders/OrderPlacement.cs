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
/// Places an order in three steps that a retry resumes wherever they stopped: claim the key, store the order, schedule
/// its workflow. The order document decides whether a workflow may be scheduled, never the workflow (design rule 6).
/// </summary>
internal sealed class OrderPlacement(Claims claims, OrderStore orders, OrderWorkflows workflows, TimeProvider time)
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
        // A replay reads first: its order is nearly always there. Whoever finds it missing stores the same document.
        var order = isMine ? null : await orders.FindAsync(claim.OrderId.ToString(), cancellationToken);
        order ??= await orders.CreateAsync(Order.Place(claim.OrderId, placed, key, claim.CreatedAt), cancellationToken);
        if (order.Status == OrderStatus.Pending) await workflows.ScheduleAsync(order, cancellationToken);
        return isMine ? new Placement.Created(order) : new Placement.Replayed(order);
    }
}
