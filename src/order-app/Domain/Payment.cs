namespace OrderApp.Domain;

/// <summary>What a client says about a payment.</summary>
/// <param name="Id">Names it at whoever took the money; null when the client does not say.</param>
/// <param name="Amount">What was paid; null when the client does not say.</param>
internal sealed record PaymentReport(string? Id, decimal? Amount);

/// <summary>
/// A payment that an order got. <paramref name="IsLate"/>: the order was cancelled already, so somebody has to pay it back;
/// <paramref name="By"/> is the call that stored that and has to publish it (<see cref="GroupCall"/>).
/// </summary>
internal sealed record Payment(string Id, decimal? Amount, DateTimeOffset Time, bool IsLate, string By)
{
    /// <summary>True when the report can be about this payment.</summary>
    public bool IsAsIn(PaymentReport report) => Amount is null || report.Amount is null || Amount == report.Amount;
}
