using OrderApp.Domain;

namespace OrderApp.Intake;

/// <summary>What may be asked of one order. Everything that changes an order outside of its group's calls comes as one of these.</summary>
internal abstract record IntakeRequest
{
    private IntakeRequest() { }

    /// <summary>Place the order, or find it. <paramref name="IsClaimed"/>: it is known that the key stands for this id, and for none of an earlier version.</summary>
    public sealed record Place(Guid OrderId, PlacedOrder Placed, string IdempotencyKey, bool IsClaimed, string? TraceParent) : IntakeRequest;

    /// <summary>
    /// Carry out a client's command. To <paramref name="OnlyUser"/> only the user's own orders exist; null: all do.
    /// <paramref name="Key"/>: the client's idempotency key; null for none.
    /// </summary>
    public sealed record Give(OrderRequest Request, string? OnlyUser, string? Key = null) : IntakeRequest;

    /// <summary>Cancel it when nobody paid in time.</summary>
    public sealed record Overdue : IntakeRequest;

    /// <summary>
    /// Drive on what <paramref name="Group"/> drove, because its workflow is lost (null: an order of a version before groups).
    /// With <paramref name="Retell"/> what the group stored is also published again.
    /// </summary>
    public sealed record Resume(string? Group, bool Retell) : IntakeRequest;
}
