namespace InventoryApp.Domain;

/// <summary>What a command did: the operation as recorded, or a refusal that is not worth recording (an operator's mistake).</summary>
internal abstract record StockDecision
{
    private StockDecision() { }

    /// <summary>The operation is recorded; <paramref name="IsNew"/> is false when it was recorded before.</summary>
    public sealed record Recorded(StockOperation Operation, bool IsNew) : StockDecision;

    /// <summary>The total already is what was asked for.</summary>
    public sealed record Unchanged : StockDecision;

    /// <summary>The total would be below what orders hold.</summary>
    public sealed record BelowReserved(long Reserved) : StockDecision;

    /// <summary>The total would be above <see cref="StockLimits.MaxTotal"/>.</summary>
    public sealed record AboveMaximum(long Total) : StockDecision;

    /// <summary>The product is not as the command wants it.</summary>
    public sealed record ConditionFailed : StockDecision;

    /// <summary>Nobody created the product.</summary>
    public sealed record UnknownProduct : StockDecision;

    /// <summary>The operation id is recorded with another kind or quantity: the client used its idempotency key twice.</summary>
    public sealed record KeyReused : StockDecision;
}
