namespace OrderInventory.Contracts;

/// <summary>A status transition on topic <see cref="Topics.OrderStatusChanges"/>; one logical event for each, at least once on the wire.</summary>
public sealed record OrderStatusChangeMessage
{
    /// <summary>The order.</summary>
    public required string OrderId { get; init; }

    /// <summary>Status before; null for the first one.</summary>
    public string? OldStatus { get; init; }

    /// <summary>Status after.</summary>
    public required string NewStatus { get; init; }

    /// <summary>Code of the cause; null when there is nothing to explain.</summary>
    public string? Reason { get; init; }

    /// <summary>Number of the transition in its order: 1, 2, 3, … without a gap.</summary>
    public required int Sequence { get; init; }

    /// <summary>When the transition was recorded.</summary>
    public required DateTimeOffset Timestamp { get; init; }
}
