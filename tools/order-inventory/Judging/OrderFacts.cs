namespace OrderInventory.Judging;

/// <summary>What is known of one order.</summary>
/// <param name="OrderId">Its id.</param>
/// <param name="Order">The order; null when order-app has none with this id.</param>
/// <param name="History">Its transitions, oldest first.</param>
/// <param name="Operations">What inventory recorded for it, of all products.</param>
/// <param name="BusySince">Since when it is on its way to another status; null when it rests, or is not known to move.</param>
internal sealed record OrderFacts(string OrderId, OrderDocument? Order, IReadOnlyList<TransitionDocument> History, IReadOnlyList<OperationDocument> Operations, DateTimeOffset? BusySince);

/// <summary>What an order that is on its way is allowed.</summary>
/// <param name="Now">When the facts were read.</param>
/// <param name="StuckAfter">How long an order may be on its way to another status.</param>
internal sealed record Patience(DateTimeOffset Now, TimeSpan StuckAfter)
{
    /// <summary>True when what began at <paramref name="since"/> takes too long.</summary>
    public bool Ended(DateTimeOffset since) => since + StuckAfter <= Now;
}
