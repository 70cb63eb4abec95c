namespace OrderApp.Domain;

/// <summary>What becomes of something that was asked of an order. All of it is in the document when the caller hears of it.</summary>
internal abstract record OrderOutcome
{
    private OrderOutcome() { }

    /// <summary>This request placed the order.</summary>
    public sealed record Created(Order Order) : OrderOutcome;

    /// <summary>An earlier request with the same key and the same content placed it.</summary>
    public sealed record Replayed(Order Order) : OrderOutcome;

    /// <summary>The key belongs to another request.</summary>
    public sealed record KeyReused : OrderOutcome;

    /// <summary>The order is where the command leads, by this request or (<paramref name="IsReplay"/>) an earlier one.</summary>
    public sealed record Done(Order Order, bool IsReplay = false) : OrderOutcome;

    /// <summary>The command will be carried out, and is not yet; <paramref name="IsReplay"/>: an earlier request asked for it.</summary>
    public sealed record Accepted(Order Order, bool IsReplay = false) : OrderOutcome;

    /// <summary>The command is not allowed in the state the order is in.</summary>
    public sealed record Refused(Order Order) : OrderOutcome;

    /// <summary>Another payment has paid the order.</summary>
    public sealed record AlreadyPaid(Order Order) : OrderOutcome;

    /// <summary>The payment is not of the order's amount, or not of the one that it had when it was reported as <paramref name="Before"/>.</summary>
    public sealed record OtherAmount(Order Order, Payment? Before) : OrderOutcome;

    /// <summary>The order keeps no more payments; this one is recorded nowhere.</summary>
    public sealed record TooManyPayments(Order Order) : OrderOutcome;

    /// <summary>Inventory refused what the command needs; the order says why.</summary>
    public sealed record RefusedByInventory(Order Order, OrderRefusal Refusal) : OrderOutcome;

    /// <summary>The order was delivered too long ago to be refunded.</summary>
    public sealed record TooLate(Order Order) : OrderOutcome;

    /// <summary>Nothing was accepted, and the same command may be later: as many wait as may, or an earlier version may be deciding the order.</summary>
    public sealed record Busy(Order Order) : OrderOutcome;

    /// <summary>The key stands for an order that a version before groups placed, or will place, under this id.</summary>
    public sealed record Elsewhere(Guid OrderId) : OrderOutcome;

    /// <summary>There is no such order.</summary>
    public sealed record Unknown : OrderOutcome;

    /// <summary>The order is stored and cannot be read; it is left as it is until somebody repairs it.</summary>
    public sealed record Damaged : OrderOutcome;

    /// <summary>There was nothing to do.</summary>
    public sealed record Unchanged : OrderOutcome;
}
